/** The package as somebody else installs it: built, outside this repository, with nothing of ours but itself. */
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build } from '../build.ts'

const room = join(import.meta.dirname, '..')
const modules = join(room, '..', '..', 'node_modules')
const readme = readFileSync(join(room, 'README.md'), 'utf8')
const codeOf = (name: string) => new RegExp(`\`\`\`ts ${name}\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? ''

const home = realpathSync(mkdtempSync(join(tmpdir(), 'ocpi-alone-')))
const installed = join(home, 'node_modules', '@plugtill', 'ocpi')

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

beforeAll(async () => {
  build(installed)
  for (const name of ['typebox', 'undici', 'undici-types', '@types']) {
    symlinkSync(join(modules, name), join(home, 'node_modules', name))
  }
  const ports = { 8081: await freePort(), 8082: await freePort() }
  const write = (name: string, text: string) =>
    writeFileSync(
      join(home, name),
      text.replace(/808[12]/g, (port) => String(ports[port as '8081'])),
    )
  mkdirSync(home, { recursive: true })
  write('package.json', '{ "type": "module" }')
  write('cpo.ts', codeOf('cpo'))
  write('ptp.ts', `import { invitation } from './cpo.ts'\n${codeOf('ptp')}`)
  write('own-module.ts', codeOf('module'))
  write(
    'run.ts',
    `import { cpo } from './cpo.ts'
import { mounted } from './own-module.ts'
import { ptp, sites, started } from './ptp.ts'
console.log(JSON.stringify({ sites, started, own: mounted.module.id }))
await ptp.close()
await cpo.close()
`,
  )
}, 60_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

test('a CPO is 40 lines, a payment terminal platform that calls it is 20', () => {
  const lines = (name: string) =>
    codeOf(name)
      .split('\n')
      .filter((line) => line.trim() !== '').length
  expect(lines('cpo')).toBeGreaterThan(10)
  expect(lines('cpo')).toBeLessThanOrEqual(40)
  expect(lines('ptp')).toBeGreaterThan(10)
  expect(lines('ptp')).toBeLessThanOrEqual(20)
})

test('the code of the README runs on the built package: invited, registered, sites read, session started', () => {
  const told = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'run.ts'], {
    cwd: home,
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect(JSON.parse(told)).toEqual({
    sites: ['L1'],
    started: { result: 'ACCEPTED', timeout: 30 },
    own: 'nlabc-barriers',
  })
})

test('its types hold for whoever uses them, also with strict checks of libraries', () => {
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']
  const compiler = join(modules, 'typescript', 'bin', 'tsc')
  const check = () =>
    execFileSync(process.execPath, [compiler, ...options, '--allowImportingTsExtensions', 'run.ts'], {
      cwd: home,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  try {
    expect(check()).toBe('')
  } catch (error) {
    throw new Error(String((error as { stdout?: string }).stdout ?? error))
  }
})

test('nothing of our platforms, no test and no source is in it', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([])
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, object>
  expect(Object.keys(manifest['dependencies']!)).toEqual(['typebox', 'undici'])
  expect(manifest).not.toHaveProperty('private')
  for (const file of files.filter((name) => /\.(js|d\.ts)$/.test(name)))
    expect(readFileSync(join(installed, file), 'utf8'), file).not.toMatch(/from '@plugtill\//)
})
