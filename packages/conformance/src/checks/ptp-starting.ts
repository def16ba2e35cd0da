/** What checks of START_SESSION have in common. */
import type { StartSession } from '@plugtill/ocpi/modules/commands'
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, type Ruling, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import type { Found, View } from '../view.ts'

export const SENT = 'commands.sender.start/1'
export const SHAPE = 'commands.sender.start/2'

export const starts = (view: View): readonly Seen[] => view.of('partner', 'commands.startSession')
export const valid = (view: View): readonly Found<StartSession>[] => view.valid('StartSession')

export type Judged = { readonly value: StartSession; readonly seen: Seen }

/** Something about each START_SESSION of the right shape. */
export const start = (rule: string, judge: (one: Judged, view: View) => Ruling, after: readonly string[] = []): Check =>
  each(rule, { needs: 'START_SESSION has to be sent', after: [SENT, SHAPE, ...after], of: valid, judge })

export const wrong = (message: string, expected: string, actual: string, field?: string) => ({
  message,
  expected,
  actual,
  ...(field === undefined ? {} : { field }),
})

/** The tap before this silence, the start that followed it, and whether another one came without a tap. */
export function silence(view: View, about: string): { readonly first: Seen; readonly again: boolean } | undefined {
  const quiet = view.facts.findIndex((one) => one.name === 'quiet' && one.about === about)
  const tapped = view.facts.slice(0, Math.max(0, quiet)).findLast(({ name }) => name === 'tapped')
  const first = view.seen.find(({ index }) => String(index) === tapped?.text)
  if (first === undefined) return undefined
  const until = view.facts[quiet]?.at ?? 0
  return { first, again: starts(view).some(({ index, at }) => index > first.index && at < until) }
}

/** No start without a tap after a charge of this kind. */
export const startsOnce = (
  rule: string,
  { about, message }: { readonly about: string; readonly message: string },
): Check =>
  whole(rule, {
    needs: 'a start has to go wrong after a tap',
    after: [SENT],
    judge: (view) => {
      const seen = silence(view, about)
      if (seen === undefined) return undefined
      if (!seen.again) return { ruling: 'ok', seen: seen.first }
      return {
        ruling: wrong(message, 'no START_SESSION until the next tap', 'another START_SESSION'),
        seen: seen.first,
      }
    },
  })

/** The same charge, whatever its response_url. */
export const sameStart = (a: StartSession, b: StartSession): boolean =>
  sameCi(a.location_id, b.location_id) && sameCi(a.evse_uid ?? '', b.evse_uid ?? '') && sameCi(a.token.uid, b.token.uid)
