/** The sites of an operator, from a file he has written: YAML or JSON. */
import type { Sites } from '@plugtill/cpo/sites/configuration'
import { readSites } from '@plugtill/cpo/sites/read-sites'
import { couldNotRun } from './exit.ts'
import { parsedFile } from './parsed-file.ts'

/** Every mistake in it at once; the exit status says that nothing was started. */
export async function loadSites(file: string): Promise<Sites> {
  const read = readSites(await parsedFile(file))
  if ('sites' in read) return read.sites
  const count = read.wrong.length === 1 ? 'one mistake' : `${read.wrong.length} mistakes`
  throw couldNotRun(`${file} has ${count}:\n${read.wrong.map((line) => `  ${line}`).join('\n')}`)
}
