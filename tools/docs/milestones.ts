/**
 * The frozen lists in `spec/milestones`: which requirements each milestone asks for. They stand in files so that a
 * change of what is asked for is seen in a review; `npm run docs` writes them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MILESTONES, readRequirements, type Target } from '@plugtill/conformance/catalogue'

const spec = join(import.meta.dirname, '..', '..', 'spec')

const requirements = () =>
  readdirSync(join(spec, 'requirements'))
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => readRequirements(readFileSync(join(spec, 'requirements', file), 'utf8'), file))

function milestone(id: string): string {
  const text = readFileSync(join(spec, 'milestones', `${id}.yaml`), 'utf8')
  const listed = (target: Target) => {
    const ids = requirements().filter((one) => one.milestone === id && one.against.includes(target))
    return ids.length === 0 ? `${target}: []\n` : `${target}:\n${ids.map((one) => `  - ${one.id}\n`).join('')}`
  }
  return text.slice(0, text.search(/^cpo:/m)) + listed('cpo') + listed('ptp')
}

/** Each file keeps its head, which is written by hand. */
export const milestonePages: Readonly<Record<string, () => string>> = Object.fromEntries(
  MILESTONES.map((id) => [`spec/milestones/${id}.yaml`, () => milestone(id)]),
)
