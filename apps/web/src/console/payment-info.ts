/** A payment as the admin API tells it. */
import type { MinorAmount } from '../look/platform-api.ts'
import type { ExchangeInfo } from './exchange.tsx'

export interface PaymentInfo {
  readonly reference: string
  readonly state: string
  readonly terminal_id?: string
  readonly location_id?: string
  readonly evse_uid?: string
  readonly connector_id?: string
  readonly held?: MinorAmount | null
  readonly captured?: MinorAmount | null
  readonly session_id?: string | null
  readonly cdr_id?: string | null
  readonly advice?: { readonly id?: string; readonly status?: string; readonly delivered_at?: string | null } | null
  readonly created_at?: string
  readonly due?: MinorAmount | null
  readonly tariff_id?: string
  readonly reason?: string | null
  readonly timeline?: readonly TimelineEntry[]
}

/** `kind` says which of the other fields are there. */
export interface TimelineEntry extends ExchangeInfo {
  readonly at: string
  readonly kind: string
  readonly from?: string
  readonly to?: string
  readonly event?: string
  readonly [more: string]: unknown
}

export function openedAt(payment: PaymentInfo): string | undefined {
  return payment.created_at ?? payment.timeline?.[0]?.at
}

/** An `ocpi` entry carries the exchange itself, or holds it in one field. */
export function exchangeOf(entry: TimelineEntry): ExchangeInfo {
  const inner = entry['exchange']
  return typeof inner === 'object' && inner !== null ? { at: entry.at, ...inner } : entry
}

const KNOWN = ['at', 'kind', 'from', 'to', 'event', 'text', 'message', 'reference', 'state', 'seq', 'verdict']

/** What an entry says in one line, and what is left to unfold. */
export function entrySays(entry: TimelineEntry): {
  readonly line: string
  readonly rest: readonly (readonly [string, unknown])[]
} {
  const rest = Object.entries(entry).filter(
    ([name, value]) => !KNOWN.includes(name) && value !== undefined && value !== null,
  )
  const words = [
    entry['text'],
    entry['message'],
    entry['act'],
    entry['operation'],
    entry['provider'],
    entry['status'],
    answerStatus(entry),
    entry['refused'],
    entry['reason'],
    entry['code'],
  ].filter((w) => typeof w === 'string')
  const said = ['act', 'operation', 'provider', 'status', 'reason', 'refused', 'code']
  return {
    line: words.join(' · ') || entry.event || '',
    rest: rest.filter(([name, value]) => !(said.includes(name) && typeof value === 'string')),
  }
}

/** What the provider answered, in its one telling word. */
function answerStatus(entry: TimelineEntry): string | undefined {
  const told = entry['answer'] ?? entry['error']
  if (typeof told === 'string') return told
  if (typeof told !== 'object' || told === null) return undefined
  const word = 'status' in told ? told.status : 'kind' in told ? told.kind : undefined
  return typeof word === 'string' ? word : undefined
}
