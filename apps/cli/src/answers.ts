/** Shapes of the admin APIs that the commands read. (docs/reference/interfaces.md) */
export interface MinorAmount {
  readonly amount_minor: number
  readonly currency: string
}

export interface PeerAnswer {
  readonly id: string
  readonly platform: string
  readonly status: string
  readonly version: string | null
  readonly versions_url: string | null
  readonly roles: readonly { readonly role: string; readonly country_code: string; readonly party_id: string }[]
}

export interface InvitationAnswer {
  readonly id: string
  readonly versions_url: string
  readonly token: string
}

export interface TerminalAnswer {
  readonly terminal_id: string
  readonly model?: string
  readonly state?: string
  readonly peer?: string
  readonly contract?: string | null
  readonly reference?: string | null
  readonly location_ids?: readonly string[] | null
  readonly evse_uids?: readonly string[] | null
  readonly refusal?: string | null
}

export interface ContractAnswer {
  readonly id: string
  readonly peer: string
  readonly name: string
  readonly customer_reference: string | null
  readonly settings: Readonly<Record<string, unknown>>
  readonly effective?: Readonly<Record<string, unknown>>
  readonly terminals?: readonly string[]
}

export interface TimelineEntry {
  readonly at: string
  readonly kind: string
  readonly reference?: string
  readonly state?: string
  readonly [field: string]: unknown
}

export interface PaymentAnswer {
  readonly reference: string
  readonly state: string
  readonly created_at?: string
  readonly terminal_id: string
  readonly location_id: string
  readonly evse_uid: string
  readonly connector_id: string
  readonly held: MinorAmount | null
  readonly captured: MinorAmount | null
  readonly refunded?: MinorAmount | null
  readonly session_id: string | null
  readonly cdr_id: string | null
  readonly reason?: string | null
  readonly advice: { readonly id: string; readonly status: string; readonly delivered_at: string | null } | null
  readonly timeline?: readonly TimelineEntry[]
}

export interface LedgerAnswer {
  readonly reference: string
  readonly operation: string
  readonly amount: MinorAmount
  readonly status: string
  readonly at: string
}
