/**
 * The words in which checks are written. Scenarios act, checks only look: a check is a pure function of what was seen,
 * so the same one serves a run of `plugtill check` and the live board. Expected values are literals; a constant taken
 * from the package under judgement would repeat its mistakes.
 */
import type { Kind } from './kinds.ts'
import type { Seen } from './seen.ts'
import type { Found, View } from './view.ts'

/** What is wrong, in the manner of a good compiler: what, where, what was expected, what was there. */
export interface Wrong {
  readonly message: string
  readonly expected?: string
  readonly actual?: string
  /** JSON pointer into the body of the message that is wrong. */
  readonly field?: string
}

/** `ok`: seen to hold. undefined: this one says nothing about the rule. */
export type Ruling = 'ok' | Wrong | undefined

export interface Ruled {
  readonly ruling: Exclude<Ruling, undefined>
  readonly seen: Seen | undefined
}

export interface Check {
  /** Id of the requirement. */
  readonly rule: string
  /** What has to be seen before this can be said, as it follows "Not testable: ". */
  readonly needs: string
  /** Requirements whose failure explains a failure or a silence of this one. */
  readonly after: readonly string[]
  /** Why it is not asked for here at all, when it is not: the platform does not claim the ability it is about. */
  readonly unless?: (view: View) => string | undefined
  readonly look: (view: View) => readonly Ruled[]
}

interface Item {
  readonly seen?: Seen
}

export interface Each<T extends Item> {
  readonly needs: string
  readonly after?: readonly string[]
  readonly unless?: Check['unless']
  readonly of: (view: View) => readonly T[]
  readonly judge: (item: T, view: View) => Ruling
}

/** Something that has to hold for each item. */
export function each<T extends Item>(rule: string, { needs, after = [], unless, of, judge }: Each<T>): Check {
  return {
    rule,
    needs,
    after,
    unless,
    look: (view) =>
      of(view).flatMap((item): readonly Ruled[] => {
        const ruling = judge(item, view)
        return ruling === undefined ? [] : [{ ruling, seen: item.seen }]
      }),
  }
}

/** Each exchange, as an item for `each`. */
export const exchanges = (list: readonly Seen[]): readonly { readonly seen: Seen }[] => list.map((seen) => ({ seen }))

export interface Whole {
  readonly needs: string
  readonly after?: readonly string[]
  readonly unless?: Check['unless']
  readonly judge: (view: View) => Ruling | { readonly ruling: Ruling; readonly seen?: Seen }
}

/** Something that has to hold once, for all that was seen together. */
export function whole(rule: string, { needs, after = [], unless, judge }: Whole): Check {
  return {
    rule,
    needs,
    after,
    unless,
    look: (view) => {
      const said = judge(view)
      const { ruling, seen } = typeof said === 'object' && 'ruling' in said ? said : { ruling: said, seen: undefined }
      return ruling === undefined ? [] : [{ ruling, seen }]
    },
  }
}

export interface Fields {
  readonly kind: Kind
  readonly needs: string
  readonly after?: readonly string[]
  readonly unless?: Check['unless']
  /**
   * Which requirement a wrong field belongs to: the first pattern that matches the pointer below the object. What none
   * matches belongs to `rest`.
   */
  readonly owners: readonly (readonly [pattern: RegExp, rule: string])[]
  readonly rest: string
  /** Only objects of these; default all of the kind. Those inside of other objects are judged with their own kind. */
  readonly of?: (found: Found, view: View) => boolean
}

/** Fields of one kind of object that are checked as kinds of their own. */
const INNER: Partial<Readonly<Record<Kind, RegExp>>> = {
  Location: /^\/evses\/\d+(\/|$)/,
  EVSE: /^\/connectors\/\d+(\/|$)/,
  CDR: /^\/tariffs\/\d+(\/|$)/,
}

/** The shape of an object, one requirement per group of fields. */
export function fields({ kind, needs, after = [], unless, owners, rest, of = () => true }: Fields): readonly Check[] {
  const ruleOf = (below: string) => owners.find(([pattern]) => pattern.test(below))?.[1] ?? rest
  const rules = [...new Set([...owners.map(([, rule]) => rule), rest])]
  return rules.map((rule) => ({
    rule,
    needs,
    after,
    unless,
    look: (view) =>
      view
        .found(kind)
        .filter((found) => of(found, view))
        .flatMap((found): readonly Ruled[] => {
          const wrong = view
            .findings(kind, found)
            .map((finding) => ({ ...finding, below: finding.path.slice(found.pointer.length) }))
            .filter(({ below }) => !INNER[kind]?.test(below) && ruleOf(below) === rule)
          if (wrong.length === 0) return [{ ruling: 'ok', seen: found.seen }]
          return wrong.map(({ path, below, rule: expected, value }) => ({
            ruling: { message: `${kind}${below.replaceAll('/', '.')} is wrong.`, expected, actual: value, field: path },
            seen: found.seen,
          }))
        }),
  }))
}
