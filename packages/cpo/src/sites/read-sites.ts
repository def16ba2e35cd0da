/** What an operator has written, checked: every mistake at once, each with its place, its value and what to do. */
import { findingsOf } from '@plugtill/ocpi/validate'
import type { Sites } from './configuration.ts'
import { contradictions } from './contradictions.ts'
import { SitesShape, unknownFields } from './shape.ts'

/** Sites that can be used, or every reason why they cannot. */
export function readSites(value: unknown): { readonly sites: Sites } | { readonly wrong: readonly string[] } {
  const at = (path: string) => placeOf(value, path)
  const wrong = [
    ...findingsOf(SitesShape, value).map(
      ({ path, rule, value: got }) => `${at(path)}: ${rule}${got === 'nothing' ? '' : ` (it is ${got})`}.`,
    ),
    ...unknownFields(SitesShape, value).map(({ path, known }) => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      const near = known.find((other) => looksLike(other, name))
      const advice =
        near === undefined ? 'Take it away, or begin the name of a field of your own with x_' : `Did you mean ${near}?`
      return `${at(path)}: there is no such field. ${advice}${near === undefined ? '.' : ''}`
    }),
  ]
  if (wrong.length > 0) return { wrong }
  const sites = value as Sites
  const contradicting = contradictions(sites)
  return contradicting.length > 0 ? { wrong: contradicting } : { sites }
}

/** `/locations/0/evses/1/uid` as `locations[LOC-1].evses[E2].uid`: people know their ids, not their counting. */
function placeOf(root: unknown, path: string): string {
  let value = root
  let place = ''
  for (const step of path.split('/').slice(1)) {
    const inner = (value as Readonly<Record<string, unknown>> | undefined)?.[step]
    place += Array.isArray(value) ? `[${nameOf(inner) ?? step}]` : `${place === '' ? '' : '.'}${step}`
    value = inner
  }
  return place === '' ? 'the file' : place
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, uid } = value as { readonly id?: unknown; readonly uid?: unknown }
  return typeof id === 'string' ? id : typeof uid === 'string' ? uid : undefined
}

/** A letter too many, too few, or two that changed places. */
function looksLike(known: string, typed: string): boolean {
  const letters = (text: string) => [...text.toLowerCase().replaceAll(/[^a-z]/g, '')].sort().join('')
  const [a, b] = [letters(known), letters(typed)]
  if (a === b) return true
  const [long, short] = a.length > b.length ? [a, b] : [b, a]
  return long.length - short.length === 1 && [...long].some((_, at) => long.slice(0, at) + long.slice(at + 1) === short)
}
