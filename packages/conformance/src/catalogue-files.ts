/** The catalogue as it lies in the folder `spec`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Catalogue, catalogueOf, readMilestone, readRequirements } from './catalogue.ts'
import type { Example } from './example.ts'

/** Reads all of it; throws CatalogueError with file and place. */
export function loadCatalogue(specFolder: string): Catalogue {
  const filesIn = (name: string) =>
    readdirSync(join(specFolder, name))
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => ({ file: `${name}/${file}`, text: readFileSync(join(specFolder, name, file), 'utf8') }))
  return catalogueOf(
    filesIn('requirements').flatMap(({ file, text }) => readRequirements(text, file)),
    filesIn('milestones').map(({ file, text }) => readMilestone(text, file)),
  )
}

/** Example messages by name, as `example` of a requirement names them. */
export function loadExamples(specFolder: string): ReadonlyMap<string, Example> {
  const folder = join(specFolder, 'requirements', 'examples')
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => [file.slice(0, -'.json'.length), JSON.parse(readFileSync(join(folder, file), 'utf8')) as Example]),
  )
}
