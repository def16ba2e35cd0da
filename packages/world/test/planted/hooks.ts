/** Loads the product with one planted bug: `node --import hooks.ts`, with the case in PLUGTILL_PLANTED. */
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { BUGS, type Change } from './bugs.ts'

const row = process.env['PLUGTILL_PLANTED'] ?? ''
const changes = BUGS[row]
if (changes === undefined) throw new Error(`PLUGTILL_PLANTED is "${row}": no such planted bug.`)
const packages = fileURLToPath(new URL('../../../', import.meta.url))

export function planted(source: string, file: string, all: readonly Change[]): string {
  let text = source
  for (const { file: wanted, find, put } of all) {
    if (wanted !== file) continue
    if (!text.includes(find))
      throw new Error(`${row}: ${file} no longer says ${JSON.stringify(find)}. Plant the bug anew.`)
    text = text.replace(find, () => put)
  }
  return text
}

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    const file = url.startsWith('file:') ? fileURLToPath(url).slice(packages.length) : ''
    if (!changes.some((change) => change.file === file)) return loaded
    return { ...loaded, source: planted(String(loaded.source), file, changes) }
  },
})
