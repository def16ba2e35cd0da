/** The answers of the scripted CPO, in bytes. */
import type { WireResponse } from '@plugtill/ocpi/wire'
import { iso } from './cpo-objects.ts'

interface Now {
  readonly now: () => number
}

export const json = { 'content-type': 'application/json' }
export const answer = (clock: Now, data: unknown, headers: Record<string, string> = {}): WireResponse => ({
  status: 200,
  headers: { ...json, ...headers },
  body: JSON.stringify({ data, status_code: 1000, timestamp: iso(clock.now()) }),
})
export const failure = (clock: Now, status: number, code: number, message: string): WireResponse => ({
  status,
  headers: json,
  body: JSON.stringify({ status_code: code, status_message: message, timestamp: iso(clock.now()) }),
})
