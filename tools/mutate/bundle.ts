/** A package with its tests and its mutants as one script, which can be run anew for each mutant. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import type { Cells } from './cells.ts'
import { instrument, type Mutant } from './instrument.ts'

export interface Bundle {
  /** CommonJS; free names are `require`, `module`, `exports`, `$m` and `$loop`. */
  readonly code: string
  /** What it requires, resolved: name in the code -> file or name to import. */
  readonly externals: Readonly<Record<string, string>>
  readonly mutants: readonly Mutant[]
}

const entry = '\0every-test'

interface Chosen {
  readonly tests: readonly string[]
  readonly mutated: ReadonlySet<string>
  readonly cells?: Cells | undefined
}

/** `tests` and `mutated` are paths below `root`. */
export async function bundle(root: string, { tests, mutated, cells }: Chosen): Promise<Bundle> {
  const mutants: Mutant[] = []
  const names = new Set<string>()
  const load = (id: string): string | undefined => {
    if (id === entry) return tests.map((path) => `import ${JSON.stringify(join(root, path))}`).join('\n')
    if (!id.endsWith('.ts')) return undefined
    const path = relative(root, id).split(sep).join('/')
    const text = readFileSync(id, 'utf8')
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      .replaceAll('import.meta.dirname', JSON.stringify(join(id, '..')))
    const made = instrument(path, text, { firstId: mutants.length, mutate: mutated.has(path), cells })
    mutants.push(...made.mutants)
    return made.text
  }
  const resolveId = (name: string) => {
    if (name === entry) return entry
    if (name.startsWith('.') || name.startsWith('/')) return undefined
    names.add(name)
    return { id: name, external: true }
  }
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    plugins: [{ name: 'mutants', enforce: 'pre', resolveId, load }],
    build: {
      write: false,
      ssr: true,
      minify: false,
      target: 'esnext',
      rolldownOptions: { input: entry, treeshake: false, output: { format: 'cjs', codeSplitting: false } },
    },
  })
  const [output] = [built].flat()
  if (output === undefined || !('output' in output)) throw new Error('The bundler gave no output.')
  const require = createRequire(join(root, tests[0] ?? 'package.json'))
  const resolved = (name: string) => (name.startsWith('@plugtill/') ? require.resolve(name) : name)
  return {
    code: output.output[0].code,
    externals: Object.fromEntries([...names].map((name) => [name, resolved(name)])),
    mutants,
  }
}
