/** A time as an operator types it. */
import { parseDateTime } from '@plugtill/ocpi/types'
import { readable } from '../readable.ts'

/** ms since 1970; NaN for what is no time. A day is its first moment, and a time without a zone is UTC, wherever the server stands. */
export const instantOf = (text: string): number =>
  readable(() => parseDateTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)) ?? Number.NaN
