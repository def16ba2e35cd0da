/** What somebody wrote into a YAML or JSON file, as data. */
import { couldNotRun } from './exit.ts'
import { parsedOf, readText } from './lint/read-json.ts'

/** JSON where the name says so, else YAML. A file that is neither is one line and exit status 3. */
export async function parsedFile(file: string): Promise<unknown> {
  const text = await readText(file)
  if (file.endsWith('.json')) {
    const read = parsedOf(text)
    if ('refused' in read) throw couldNotRun(`${file} is no JSON: ${read.refused}`)
    return read.value
  }
  const { parse, YAMLParseError } = await import('yaml')
  try {
    return parse(text) as unknown
  } catch (error) {
    if (error instanceof YAMLParseError) throw couldNotRun(`${file} is no YAML: ${error.message}`)
    throw error
  }
}
