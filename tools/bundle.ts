/**
 * The command as few files instead of two thousand: reading those is most of the time that a restarted platform takes.
 * `npm run build` writes apps/cli/dist/plugtill.mjs beside the source, which goes on running as it is.
 */
import { rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'

const root = dirname(import.meta.dirname)
const folder = join(root, 'apps', 'cli', 'dist')

/** Read when they are used, from where they lie: they look for files beside themselves. */
const LEFT_OUT = [/^pdfkit$/, /^stripe(?:\/|$)/, /^@adyen\//, /^@fastify\/static$/]

/** Files beside a source are looked for beside the source, wherever the code that asks for them ended up. */
const staysAtHome: Plugin = {
  name: 'stays-at-home',
  transform: (code, id) => {
    if (!id.startsWith(root) || id.includes('node_modules') || !code.includes('import.meta.')) return null
    const home = JSON.stringify(relative(folder, id).replaceAll('\\', '/'))
    const url = `new URL(${home}, import.meta.url).href`
    const place = `process.getBuiltinModule('node:url').fileURLToPath(${url})`
    return code.replaceAll(/import\.meta\.(url|dirname)\b/g, (_, name) =>
      name === 'url' ? url : `process.getBuiltinModule('node:path').dirname(${place})`,
    )
  },
}

/** Resolves to the file that is started. */
export async function bundle(): Promise<string> {
  rmSync(folder, { recursive: true, force: true })
  const built = await rolldown({
    input: join(root, 'apps', 'cli', 'src', 'main.ts'),
    platform: 'node',
    logLevel: 'silent',
    external: LEFT_OUT,
    plugins: [staysAtHome],
  })
  try {
    await built.write({
      dir: folder,
      format: 'esm',
      entryFileNames: 'plugtill.mjs',
      chunkFileNames: '[name]-[hash].mjs',
    })
  } finally {
    await built.close()
  }
  return join(folder, 'plugtill.mjs')
}

if (import.meta.main) console.log(await bundle())
