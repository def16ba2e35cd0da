/** Which product a bug was found in. A record is good for that one; the next may hide the bug. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGES = fileURLToPath(new URL('../../../', import.meta.url))

/** Of everything a storm runs: sources of all rooms and their SQL, without tests. */
export function sourcesHash(folder = PACKAGES): string {
  const hash = createHash('sha256')
  const files = globSync('*/{src/**/*.ts,sql/*.sql}', { cwd: folder }).filter((path) => !path.endsWith('.test.ts'))
  for (const path of files.sort())
    hash
      .update(`${path.split(sep).join('/')}\0`)
      .update(readFileSync(join(folder, path)))
      .update('\0')
  return hash.digest('hex').slice(0, 12)
}

/** A line for people: nobody is made to run two hours for a comma. */
export function ageOf(shown: Readonly<Record<string, { readonly product?: string }>>, now: string): string {
  const all = Object.values(shown)
  const same = all.filter(({ product }) => product === now).length
  const unsaid = all.filter(({ product }) => product === undefined).length
  const older = all.length - same - unsaid
  return `planted bugs: ${same} of ${all.length} were found in these sources (${now}), ${older} in others, ${unsaid} do not say in which`
}
