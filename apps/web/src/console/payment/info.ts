/** A payment as the admin API tells it. */
import type { MinorAmount } from '../../look/platform-api.ts'
import type { ExchangeInfo } from '../traffic/info.ts'

export interface PaymentInfo {
  readonly reference: string
  readonly state: string
  readonly peer?: string
  readonly terminal_id?: string
  readonly location_id?: string
  readonly evse_uid?: string
  readonly connector_id?: string
  readonly card?: { readonly brand?: string; readonly masked?: string } | null
  readonly asked?: MinorAmount | null
  readonly held?: MinorAmount | null
  readonly captured?: MinorAmount | null
  readonly captured_by?: string | null
  readonly refunded?: MinorAmount | null
  readonly session_id?: string | null
  readonly cdr_id?: string | null
  readonly advice?: {
    readonly id?: string
    readonly status?: string
    readonly amount?: MinorAmount | null
    readonly delivered_at?: string | null
  } | null
  readonly created_at?: string
  readonly due?: MinorAmount | null
  readonly tariff_id?: string
  readonly contract?: string | null
  readonly reason?: string | null
  readonly dispute?: { readonly reason?: string; readonly expected?: MinorAmount | null } | null
  readonly decisions?: readonly Decision[]
  readonly timeline?: readonly TimelineEntry[]
}

export type Decision = 'retry' | 'void' | 'capture-session' | 'accept-cdr' | 'refund'

/** `kind` says which of the other fields are there. */
export interface TimelineEntry extends ExchangeInfo {
  readonly at: string
  readonly kind: string
  readonly from?: string
  readonly to?: string
  readonly event?: string
  readonly [more: string]: unknown
}

export const FINAL = ['captured', 'voided', 'declined', 'stuck']

/** An `ocpi` entry carries the exchange itself, or holds it in one field. */
export function exchangeOf(entry: TimelineEntry): ExchangeInfo {
  const inner = entry['exchange']
  return typeof inner === 'object' && inner !== null ? { at: entry.at, ...inner } : entry
}
