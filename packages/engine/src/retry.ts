/** When a failed effect is tried again, if the kind does not say otherwise. */

const FIRST_MS = 1_000
const LONGEST_MS = 3_600_000
/** About 90 days at the longest delay (half an hour on average with full jitter). */
const EXPECTED_MAX = 4_320
/** An error that says nothing about retrying is most likely our own mistake: a few tries, then a person must look. */
const UNEXPECTED_MAX = 10

/** Exponential with full jitter: partners that came back are not met by everybody in the same second. */
export function delayAfter(attempt: number, error: unknown, random: () => number): number | 'give-up' {
  const says = retryOf(error)
  if (says === false) return 'give-up'
  if (attempt >= (says === true ? EXPECTED_MAX : UNEXPECTED_MAX)) return 'give-up'
  return Math.floor(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20)))
}

/** What an error says about trying again; undefined when it says nothing. */
export function retryOf(error: unknown): boolean | undefined {
  if (typeof error !== 'object' || error === null || !('retry' in error)) return undefined
  return typeof error.retry === 'boolean' ? error.retry : undefined
}

/** A pause that the other side asked for and that is granted, at most. */
const LONGEST_PAUSE_MS = 3_600_000

/** How long the other side asks to be left alone, as an HTTP Retry-After says; 0 when it does not. */
export function pauseAfter(error: unknown): number {
  const asked = wordOf(error) ?? (error instanceof Error ? wordOf(error.cause) : undefined) ?? 0
  return asked > 0 ? Math.min(asked, LONGEST_PAUSE_MS) : 0
}

function wordOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return undefined
  return typeof error.retryAfterMs === 'number' ? error.retryAfterMs : undefined
}
