/** The usual questions about an answer: was it a yes, was it a refusal, does it show what was said before. */
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import { type Check, each, exchanges, type Ruling } from '../check.ts'
import { type Kind, SHAPES, type ValueOf } from '../kinds.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { said } from './said.ts'

export interface Answered {
  /** What was done, as it begins a sentence: `A PATCH of the assignment`. */
  readonly what: string
  readonly probes?: readonly string[]
  /** Rows of ordinary questions that are judged too. */
  readonly places?: readonly string[]
  readonly after?: readonly string[]
  readonly unless?: Check['unless']
}

const seenIn =
  ({ probes = [], places = [] }: Answered) =>
  (view: View) =>
    exchanges([...view.of('us', ...places), ...probes.flatMap((name) => view.probes(name))])

const needsOf = ({ what }: Answered) => `${what.charAt(0).toLowerCase()}${what.slice(1)} has to be seen`

export const taken = (rule: string, answered: Answered): Check =>
  each(rule, {
    ...answered,
    needs: needsOf(answered),
    of: seenIn(answered),
    judge: ({ seen }) =>
      isYes(seen)
        ? 'ok'
        : { message: `${answered.what} was not accepted.`, expected: 'HTTP 200 with OCPI 1000', actual: said(seen) },
  })

/** `http`: exactly this status. Without it any refusal will do, but nothing that looks like a crash. */
export const refused = (rule: string, answered: Answered & { readonly http?: number }): Check =>
  each(rule, {
    ...answered,
    needs: needsOf(answered),
    of: seenIn(answered),
    judge: ({ seen }) => {
      const { http, what } = answered
      const status = seen.response?.status ?? 0
      const fits = http === undefined ? !isYes(seen) && status > 0 && status < 500 : status === http
      if (fits) return 'ok'
      const expected = http === undefined ? 'OCPI 2001 or HTTP 4xx' : `HTTP ${http}`
      return { message: `${what} was not refused.`, expected, actual: said(seen) }
    },
  })

/** Whatever the answer is, it must not be a crash or silence. */
export const coped = (rule: string, answered: Answered): Check =>
  each(rule, {
    ...answered,
    needs: needsOf(answered),
    of: seenIn(answered),
    judge: ({ seen }) =>
      seen.response !== undefined && seen.response.status < 500 && seen.answer !== undefined
        ? 'ok'
        : {
            message: `${answered.what} ended in a failure.`,
            expected: 'an OCPI answer, yes or no',
            actual: said(seen),
          },
  })

/** What stands in `data` of a yes, in the words of 2.3.0; undefined when it is no such object. */
export function dataOf<K extends Kind>(seen: Seen, kind: K): ValueOf<K> | undefined {
  if (!isYes(seen)) return undefined
  const read = codecOf(seen.version).read(SHAPES[kind], seen.answer?.data)
  return 'value' in read ? (read.value as ValueOf<K>) : undefined
}

export interface Shown<K extends Kind> extends Answered {
  readonly kind: K
  readonly expected: string
  /** The value that was found where it should be, or undefined when it fits. */
  readonly differs: (value: ValueOf<K>, seen: Seen, view: View) => unknown
}

/** An object that was read again has to show what was said before. */
export const shows = <K extends Kind>(rule: string, shown: Shown<K>): Check =>
  each(rule, {
    ...shown,
    needs: needsOf(shown),
    of: seenIn(shown),
    judge: ({ seen }, view): Ruling => {
      const value = dataOf(seen, shown.kind)
      if (value === undefined) return undefined
      const actual = shown.differs(value, seen, view)
      if (actual === undefined) return 'ok'
      return { message: `${shown.what} is not as it should be.`, expected: shown.expected, actual: textOf(actual) }
    },
  })

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')

/** Whether the partner's version details name this interface. */
export function offers(view: View, module: string, role: 'SENDER' | 'RECEIVER'): boolean {
  const details = view.found('VersionDetails').at(-1)?.value as { readonly endpoints?: unknown } | undefined
  if (!Array.isArray(details?.endpoints)) return true
  return details.endpoints.some((entry: unknown) => {
    const { identifier, role: said } = (entry ?? {}) as { identifier?: unknown; role?: unknown }
    return String(identifier).toLowerCase() === module && String(said).toUpperCase() === role
  })
}

export const unlessOffered =
  (module: string): NonNullable<Check['unless']> =>
  (view) =>
    offers(view, module, 'RECEIVER') ? undefined : `It does not take pushes of ${module}; it reads them.`
