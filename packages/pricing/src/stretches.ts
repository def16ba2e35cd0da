import type { Switches } from './compiled-tariff.ts'
import { localCuts } from './local-time.ts'

/** The starts of the parts of a period between which the clock or the duration may change the price. (G-08 to G-11) */
export function partsOf(
  switches: Switches,
  timeZone: string,
  { start, end, origin }: { readonly start: number; readonly end: number; readonly origin: number },
): readonly number[] {
  const clock = switches.minutes.length === 0 ? [] : localCuts(start, end, timeZone, switches.minutes)
  const durations: number[] = []
  for (const after of switches.durations)
    if (origin + after > start && origin + after < end) durations.push(origin + after)
  if (durations.length === 0) return [start, ...clock]
  return [...new Set([start, ...clock, ...durations])].sort((a, b) => a - b)
}

/** How much of `ms`, spread evenly from `start` to `end`, lies before `at`. Whole milliseconds, half up, exactly. */
export function sharedUpTo(ms: number, at: number, start: number, end: number): number {
  const doubled = 2 * ms * (at - start) + (end - start)
  const divisor = 2 * (end - start)
  if (Number.isSafeInteger(doubled)) return (doubled - (doubled % divisor)) / divisor
  return Number((2n * BigInt(ms) * BigInt(at - start) + BigInt(end - start)) / BigInt(divisor))
}
