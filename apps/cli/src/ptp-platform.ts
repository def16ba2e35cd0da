/** The PTP platform of a process, from its settings. */
import type { Store } from '@plugtill/engine/store'
import { createPtp, type Ptp } from '@plugtill/ptp/ptp'
import { defaultSettings } from '@plugtill/ptp/settings'
import { type Identity, type Parts, shared } from './platform-parts.ts'
import type { Providers } from './provider.ts'

const SECOND = 1000

export interface PtpGiven {
  readonly store: Store
  readonly providers: Providers
  readonly identity: Identity
  /** Name of this process among several on one database. */
  readonly node?: string
  /** EVSEs of chargers that run faster by PLUGTILL_SPEED; absent: all. */
  readonly fastEvses?: readonly string[]
}

export function ptpOf(parts: Parts, { store, providers, identity, node, fastEvses }: PtpGiven): Ptp {
  const { config, publicUrl } = parts
  const { main, accounts } = providers
  return createPtp({
    ...shared(parts, 'ptp'),
    ...identity,
    store,
    psp: main.psp,
    pspAccounts: Object.fromEntries([...accounts].map(([name, { psp }]) => [name, psp])),
    baseUrl: `${publicUrl}/ptp/ocpi`,
    receiptsUrl: `${publicUrl}/ptp/receipts`,
    ...(main.ledger && { pspLedger: main.ledger }),
    ...(node !== undefined && { node }),
    settings: {
      ...defaultSettings,
      startGraceMs: config.startGraceS * SECOND,
      plugInWindowMs: config.plugInWindowS * SECOND,
      sessionPollMs: config.sessionPollS * SECOND,
      cdrDeadlineMs: config.cdrDeadlineS * SECOND,
      adviceRetryMaxMs: config.adviceRetryMaxS * SECOND,
      locationsPollMs: config.locationsPollS * SECOND,
      cdrsPollMs: config.cdrsPollS * SECOND,
      tokenRenewalMs: config.tokenRenewalS * SECOND,
      reconcileHour: config.reconcileHour,
      chargerSpeed: config.speed,
      ...(fastEvses !== undefined && { fastEvses }),
      cardTray: main.cardTray,
      keySecret: parts.keySecret,
    },
  })
}
