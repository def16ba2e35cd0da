/** Objects that stand in a list more than once. */
import type { Wrong } from '../check.ts'
import type { Kind } from '../kinds.ts'
import type { Seen } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'

interface Listed {
  readonly seen: Seen
  readonly wrong: Wrong | undefined
}

const idOf = ({ value }: Found): string | undefined => {
  const { country_code, party_id, id } = (value ?? {}) as Readonly<Record<string, unknown>>
  // Without an id of its form it has a requirement of its own.
  if (typeof id !== 'string') return undefined
  return [country_code, party_id, id].map((part) => String(part).toLowerCase()).join('*')
}

/** A list begins with the page that nobody was led to by a link. */
const isFirst = ({ url }: Seen): boolean => {
  const offset = new URL(url).searchParams.get('offset')
  return offset === null || offset === '0'
}

/** Each page of each read, with what stood there or on an earlier page of the same read already. */
export function twice(view: View, { place, kind }: { readonly place: string; readonly kind: Kind }): readonly Listed[] {
  const byPage = Map.groupBy(view.found(kind), ({ seen }) => seen)
  const met = new Set<string>()
  return view
    .of('us', place)
    .filter(isYes)
    .map((seen): Listed => {
      if (isFirst(seen)) met.clear()
      for (const found of byPage.get(seen) ?? []) {
        const id = idOf(found)
        if (id === undefined) continue
        if (met.has(id)) {
          const actual = id.split('*').at(-1) ?? ''
          const message = `${kind} ${actual} stands in the list twice.`
          return { seen, wrong: { message, expected: 'each once', actual, field: `${found.pointer}/id` } }
        }
        met.add(id)
      }
      return { seen, wrong: undefined }
    })
}
