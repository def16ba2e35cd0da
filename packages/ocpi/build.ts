/**
 * Makes the folder that is published: JavaScript, types and a package.json of its own. Inside the repository everybody
 * runs from source, so nothing has to be built before anything. `npm run build`, then `npm publish dist`.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

const room = import.meta.dirname
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

const REFERENCE = 'docs/reference/ocpi-endpoints.md'

/** Builds into `folder`, which is emptied first. */
export function build(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const project = join(room, 'tsconfig.build.json')
  execFileSync(process.execPath, [compiler, '-p', project, '--outDir', folder], { stdio: ['ignore', 2, 2] })
  const manifest = JSON.parse(readFileSync(join(room, 'package.json'), 'utf8')) as Record<string, unknown>
  const { private: _private, scripts: _scripts, exports: _exports, ...published } = manifest
  // One entry for each file: whoever imports a module loads that module.
  const exports = { './*': { types: './*.d.ts', default: './*.js' }, './package.json': './package.json' }
  const text = JSON.stringify({ ...published, exports, sideEffects: false }, null, 2)
  writeFileSync(join(folder, 'package.json'), `${text}\n`)
  const home = join(room, '..', '..')
  // The reference travels with the package.
  copyFileSync(join(home, REFERENCE), join(folder, 'REFERENCE.md'))
  const readme = readFileSync(join(room, 'README.md'), 'utf8').replaceAll(`../../${REFERENCE}`, 'REFERENCE.md')
  writeFileSync(join(folder, 'README.md'), readme)
  for (const name of ['LICENSE', 'NOTICE']) copyFileSync(join(home, name), join(folder, name))
}

if (import.meta.main) {
  const folder = join(room, 'dist')
  build(folder)
  process.stdout.write(
    `built ${relative(process.cwd(), folder)}; publish it with: npm publish ${relative(process.cwd(), folder)}\n`,
  )
}
