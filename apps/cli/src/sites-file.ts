/** The sites of an operator, from a file he has written: YAML or JSON. */
import type { Sites } from '@plugtill/cpo/sites/configuration'
import { readSites } from '@plugtill/cpo/sites/read-sites'
import { parse, YAMLParseError } from 'yaml'
import { couldNotRun } from './exit.ts'
import { parsedOf, readText } from './lint/read-json.ts'

/** Every mistake in it at once; the exit status says that nothing was started. */
export async function loadSites(file: string): Promise<Sites> {
  const read = readSites(parsedFile(file, await readText(file)))
  if ('sites' in read) return read.sites
  const count = read.wrong.length === 1 ? 'one mistake' : `${read.wrong.length} mistakes`
  throw couldNotRun(`${file} has ${count}:\n${read.wrong.map((line) => `  ${line}`).join('\n')}`)
}

function parsedFile(file: string, text: string): unknown {
  if (file.endsWith('.json')) {
    const read = parsedOf(text)
    if ('refused' in read) throw couldNotRun(`${file} is no JSON: ${read.refused}`)
    return read.value
  }
  try {
    return parse(text) as unknown
  } catch (error) {
    if (error instanceof YAMLParseError) throw couldNotRun(`${file} is no YAML: ${error.message}`)
    throw error
  }
}
