/** Whether locations, EVSEs and connectors read one by one are those of the list. (locations › GET object) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, type Ruling } from '../check.ts'
import type { Kind, ValueOf } from '../kinds.ts'
import type { Seen } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'
import { REGISTERED } from './credentials.ts'
import { said } from './said.ts'

const LISTED = [...REGISTERED, 'locations.list/1', 'locations.list/2']

type Part = 'Location' | 'EVSE' | 'Connector'

interface Row<K extends Part> {
  readonly kind: K
  readonly place: string
  readonly name: string
  readonly id: (value: ValueOf<K>) => string
  readonly readable: string
  readonly equal: string
  readonly after: readonly string[]
}

const idsIn = (url: string, count: number): readonly string[] =>
  (url.split(/[?#]/)[0] ?? '').replace(/\/+$/, '').split('/').slice(-count).map(decodeURIComponent)

/** The order of fields means nothing, and null is the same as absent. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  )
}

/** The first field, from the outside, in which two objects differ. */
export function difference(
  a: unknown,
  b: unknown,
  path = '',
): { readonly path: string; readonly a: unknown; readonly b: unknown } | undefined {
  const [left, right] = [sorted(a), sorted(b)]
  if (JSON.stringify(left) === JSON.stringify(right)) return undefined
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return { path, a: left, b: right }
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const inner = difference(
      (left as Readonly<Record<string, unknown>>)[name],
      (right as Readonly<Record<string, unknown>>)[name],
      `${path}/${name}`,
    )
    if (inner !== undefined) return inner
  }
  return undefined
}

const listed = (view: View, kind: Part) => view.valid(kind).filter(({ seen }) => seen.place === 'locations.list')

function one<K extends Part>({ kind, place, name, id, readable, equal, after }: Row<K>): readonly Check[] {
  /** Only what stands in the list can be asked for. */
  const asked = (view: View): readonly { readonly seen: Seen }[] => {
    const ids = listed(view, kind).map(({ value }) => id(value as ValueOf<K>))
    return view
      .of('us', place)
      .filter(({ url }) => ids.some((known) => sameCi(known, idsIn(url, 1)[0] ?? '')))
      .map((seen) => ({ seen }))
  }
  return [
    each(readable, {
      needs: `${name} of the list has to be read alone`,
      after,
      of: asked,
      judge: ({ seen }): Ruling => {
        const data = seen.answer?.data
        if (isYes(seen) && typeof data === 'object' && data !== null && !Array.isArray(data)) return 'ok'
        const actual = isYes(seen)
          ? `${said(seen)} and data ${JSON.stringify(data)?.slice(0, 40) ?? 'missing'}`
          : said(seen)
        return { message: `${name} of the list cannot be read alone.`, expected: `the ${kind}`, actual, field: '/data' }
      },
    }),
    each(equal, {
      needs: `${name} of the list has to be read alone`,
      after: [...after, readable],
      of: (view) => view.valid(kind as Kind).filter(({ seen }) => seen.by === 'us' && seen.place === place),
      judge: ({ seen, value, pointer }, view): Ruling => {
        const alone = value as ValueOf<K>
        const wanted = idsIn(seen.url, 1)[0] ?? ''
        if (!sameCi(id(alone), wanted)) {
          const message = `Another ${kind} was returned than was asked for.`
          return { message, expected: wanted, actual: id(alone), field: pointer }
        }
        const parents = idsIn(seen.url, DEPTH[kind])
        // What has changed in between says so.
        const same = listed(view, kind).filter(
          (other) =>
            sameCi(id(other.value as ValueOf<K>), wanted) &&
            within(view, other, parents) &&
            (other.value as { last_updated: string }).last_updated === alone.last_updated,
        )
        const wrong = same.map((other) => difference(other.value, alone)).find((found) => found !== undefined)
        if (wrong === undefined) return same.length === 0 ? undefined : 'ok'
        return {
          message: `The ${kind} differs from the one in the list although last_updated is the same.`,
          expected: JSON.stringify(wrong.a) ?? 'nothing',
          actual: JSON.stringify(wrong.b) ?? 'nothing',
          field: `${pointer}${wrong.path}`,
        }
      },
    }),
  ]
}

const DEPTH = { Location: 1, EVSE: 2, Connector: 3 } as const

/** Whether an object of a list stands in this location and EVSE: connector ids are unique within their EVSE only. */
function within(view: View, { seen, pointer }: Found, [location = '', evse]: readonly string[]): boolean {
  const owner = (kind: 'Location' | 'EVSE') =>
    view.found(kind).find((one) => one.seen === seen && `${pointer}/`.startsWith(`${one.pointer}/`))?.value
  const { id } = (owner('Location') ?? {}) as { id?: unknown }
  const { uid } = (owner('EVSE') ?? {}) as { uid?: unknown }
  return sameCi(String(id), location) && (evse === undefined || sameCi(String(uid), evse))
}

export const locationsObjectsChecks: readonly Check[] = [
  ...one({
    kind: 'Location',
    place: 'locations.location',
    name: 'A location',
    id: ({ id }) => id,
    readable: 'locations.get/1',
    equal: 'locations.get/2',
    after: LISTED,
  }),
  ...one({
    kind: 'EVSE',
    place: 'locations.evse',
    name: 'An EVSE',
    id: ({ uid }) => uid,
    readable: 'locations.get/3',
    equal: 'locations.get/4',
    after: LISTED,
  }),
  ...one({
    kind: 'Connector',
    place: 'locations.connector',
    name: 'A connector',
    id: ({ id }) => id,
    readable: 'locations.get/5',
    equal: 'locations.get/6',
    after: LISTED,
  }),
]
