/** What the CPO writes into a terminal, and when the terminal was last changed. (C.7) */
import { merge, TERMINAL_MERGE } from '@plugtill/ocpi/merge'
import type { Terminal, TerminalChange } from '@plugtill/ocpi/modules/payments'
import { formatDateTime, parseDateTime } from '@plugtill/ocpi/types'
import { hashOf } from '../content-hash.ts'
import { type Dated, datedByNow } from '../word-order.ts'
import type { PaymentTerminal } from './terminal.ts'

/** What the CPO may write. `terminal_id` and `reference` are the PTP's. (C.7, column "Writer") */
const CPO_WRITES = [
  'customer_reference',
  'party_id',
  'country_code',
  'address',
  'city',
  'postal_code',
  'state',
  'country',
  'coordinates',
  'invoice_base_url',
  'invoice_creator',
  'location_ids',
  'evse_uids',
] as const

/** The latest moment that has a spelling. */
const END_OF_TIME = Date.parse('9999-12-31T23:59:59.999Z')

/** A CPO keeps what is newer, by whose clock ever it was written: each word of ours is newer than all that were said before. (E-11) */
export const newerThan = ({ last_updated }: Pick<Terminal, 'last_updated'>, now: number): string =>
  formatDateTime(Math.min(END_OF_TIME, Math.max(now, parseDateTime(last_updated) + 1)))

export interface WriteOptions {
  /** What the word does not name is taken away. (A-20, E-05) */
  readonly replace: boolean
  /** Agreed in the contract: no word of the CPO takes it away. */
  readonly agreed?: string | undefined
  readonly now: number
}

/**
 * The terminal as a CPO's word leaves it. A word that was overtaken by newer ones still says what those did not: by the CPO's own
 * clock, field by field, so that the order in which they come does not count. Without `last_updated` it counts as it comes. (E-06, F27)
 */
export function writtenOver(
  { terminal: before, writtenAt = {} }: Pick<PaymentTerminal, 'terminal' | 'writtenAt'>,
  word: TerminalChange,
  { replace, agreed, now }: WriteOptions,
): Required<Pick<PaymentTerminal, 'terminal' | 'writtenAt'>> {
  const { last_updated } = word
  const timeOf = (one: Dated) => parseDateTime(one.last_updated)
  const said = last_updated == null ? undefined : { last_updated }
  // A word with a time to come is newer than all before, and shuts out none that comes after it. (F41)
  const at = said && timeOf(datedByNow(said, now))
  const open = CPO_WRITES.filter((name) => at === undefined || at >= (writtenAt[name] ?? at))
  const named = open.filter((name) => replace || word[name] !== undefined)
  const kept = replace ? without(before, open) : before
  const merged = merge(kept, Object.fromEntries(named.map((name) => [name, word[name]])), TERMINAL_MERGE)
  const customer_reference = merged.customer_reference ?? agreed
  const terminal = { ...merged, ...(customer_reference && { customer_reference }) }
  return {
    terminal: { ...terminal, last_updated: lastUpdated(before, terminal, { at: said && timeOf(said), now }) },
    writtenAt: { ...writtenAt, ...(at !== undefined && Object.fromEntries(named.map((name) => [name, at]))) },
  }
}

function lastUpdated(
  before: Terminal,
  after: Terminal,
  { at, now }: { readonly at: number | undefined; readonly now: number },
): string {
  if (at !== undefined && at > parseDateTime(before.last_updated)) return formatDateTime(at)
  return hashOf({ ...after, last_updated: before.last_updated }) === hashOf(before)
    ? before.last_updated
    : newerThan(before, now)
}

function without(terminal: Terminal, names: readonly string[]): Terminal {
  return Object.fromEntries(Object.entries(terminal).filter(([name]) => !names.includes(name))) as Terminal
}
