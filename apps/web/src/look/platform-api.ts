/** Reading the admin APIs of both platforms: fetch, poll, and the shapes that are promised to the outside. */

import { useEffect, useState } from 'react'
import { goToLogin } from './login-page.ts'
import { pathPart } from './path-part.ts'

export type Side = 'ptp' | 'cpo'

/** By way of the admin API, which gives this browser the key of the terminal where one is needed. */
export const kioskUrl = (terminalId: string, layout?: 'tablet'): string =>
  `/ptp/api/terminals/${pathPart(terminalId)}/kiosk${layout ? `?layout=${layout}` : ''}`

export interface MinorAmount {
  readonly amount_minor: number
  readonly currency: string
}

export interface PlatformInfo {
  readonly name?: string
  readonly country_code?: string
  readonly party_id?: string
  readonly role?: string
  readonly versions_url?: string
  readonly [more: string]: unknown
}

export interface TerminalInfo {
  readonly terminal_id: string
  readonly model?: string
  readonly reference?: string
  readonly customer_reference?: string
  readonly country_code?: string
  readonly party_id?: string
  readonly location_ids?: readonly string[]
  readonly evse_uids?: readonly string[]
  readonly invoice_creator?: string
  readonly invoice_base_url?: string
  readonly last_updated?: string
}

export interface PeerInfo {
  readonly id: string
  readonly status: string
  readonly version?: string
  readonly versions_url?: string
  readonly roles?: readonly {
    readonly role: string
    readonly country_code: string
    readonly party_id: string
    readonly business_details?: { readonly name?: string }
  }[]
}

/** A charging session as the charging side keeps it. */
export interface SessionInfo {
  readonly id: string
  readonly state?: string
  readonly reference?: string | null
  readonly evse_uid?: string
  readonly charger_id?: string
  readonly started_at?: string | null
  readonly energy_wh?: number
  readonly cost?: MinorAmount
  readonly stop_reason?: string | null
  readonly cdr_id?: string | null
  readonly cdr_acknowledged?: boolean
  readonly advice?: { readonly id?: string; readonly status?: string } | null
}

export interface ChargerInfo {
  readonly id: string
  readonly connected?: boolean
  readonly protocol?: string | null
  /** `configured`, `quarantined` or `adopted`. */
  readonly adoption?: string
  readonly vendor?: string | null
  readonly model?: string | null
  readonly firmware?: string | null
  readonly booted_at?: string | null
  /** `connector` is its number at the charger. */
  readonly connectors?: readonly {
    readonly connector?: number
    readonly evse_uid?: string
    readonly connector_id?: string
  }[]
  readonly [more: string]: unknown
}

/** What a page knows about one address: the last good answer stays on show while a later one fails. */
export interface Reading<T> {
  readonly data?: T
  /** Plain words; absent while all is well. */
  readonly problem?: string
  /** The address does not exist there: that side does not run, or has no such thing. */
  readonly absent?: boolean
}

const ANSWER_MS = 10_000

export async function read<T>(path: string): Promise<Reading<T>> {
  try {
    const response = await fetch(path, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    if (response.status === 404) return { absent: true }
    if (response.status === 401) goToLogin()
    if (!response.ok) return { problem: `${path} answered ${response.status}.` }
    return { data: (await response.json()) as T }
  } catch {
    return { problem: `${path} could not be reached. Trying again.` }
  }
}

/** Reads an address now and every `everyMs` while the page is visible. */
export function usePoll<T>(path: string | undefined, everyMs = 2_000): Reading<T> {
  const [reading, setReading] = useState<Reading<T> & { readonly path?: string }>({})
  useEffect(() => {
    if (path === undefined) return
    let stopped = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let last = ''
    const ask = async (): Promise<void> => {
      if (document.visibilityState === 'visible') {
        const next = await read<T>(path)
        if (stopped) return
        const text = JSON.stringify(next)
        // The same answer again draws nothing again: open panels and selections stay as they are.
        if (text !== last)
          setReading((before) => ({
            ...(before.path === path && next.data === undefined && !next.absent ? { data: before.data } : {}),
            ...next,
            path,
          }))
        last = text
      }
      timer = setTimeout(() => void ask(), everyMs)
    }
    void ask()
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [path, everyMs])
  return reading.path === path ? reading : {}
}

/** Lists are bare arrays everywhere; anything else is no list. */
export function listOf<T>(reading: Reading<readonly T[]>): readonly T[] {
  return Array.isArray(reading.data) ? reading.data : []
}
