/** The payment provider that the settings name, with what differs from one to the other. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { wallClock } from '@plugtill/engine/clock'
import { httpSend } from '@plugtill/psp/http/client'
import { type Psp, PspError, READER } from '@plugtill/psp/psp'
import { simulatedCards } from '@plugtill/psp/simulated/cards'
import type { LedgerEntry } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { checkAccess as checkSimulated } from '@plugtill/psp/simulated-http/access'
import { createClient } from '@plugtill/psp/simulated-http/client'
import { createSimulatedHttpPsp } from '@plugtill/psp/simulated-http/provider'
import { couldNotRun } from './exit.ts'
import { adyenConfig, type PspConfig, secretsOf, stripeConfig } from './psp-settings.ts'
import type { Stores } from './stores.ts'

export interface Provider {
  readonly psp: Psp
  /** What the kiosk offers to hold before the reader. */
  readonly cardTray: readonly string[]
  /** The simulated provider's own books. */
  readonly ledger?: () => Promise<readonly object[]>
  /** Throws when the provider does not know us. */
  readonly checkAccess: () => Promise<void>
  readonly close: () => void
}

export interface ProviderParts {
  readonly stores: Pick<Stores, 'folder' | 'ledger'>
  readonly readerOf: (terminalId: string) => Promise<string | undefined>
}

/** As fast as a provider on the internet, so that the driver sees the waits that exist. */
const PSP_LATENCY_MS = 250
const PSP_TIMEOUT_MS = 3_000

const trayOfCards = simulatedCards.map(({ name }) => name)
const nothing = () => undefined

/** Only the one that is used is loaded: an SDK costs a restart a quarter of a second. */
export async function providerOf(config: PspConfig, { stores, readerOf }: ProviderParts): Promise<Provider> {
  const clock = wallClock
  if (config.psp === 'stripe') {
    const { createStripePsp } = await import('@plugtill/psp/stripe/provider')
    const { checkAccess: checkStripe } = await import('@plugtill/psp/stripe/access')
    const parts = { config: stripeConfig(config), clock, readerOf, identifyCurrency: config.pspCurrency }
    return { psp: createStripePsp(parts), cardTray: [READER], checkAccess: () => checkStripe(parts), close: nothing }
  }
  if (config.psp === 'adyen') {
    const { createAdyenPsp } = await import('@plugtill/psp/adyen/provider')
    const { checkAccess: checkAdyen } = await import('@plugtill/psp/adyen/access')
    const { openNotes } = await import('@plugtill/psp/adyen/notes')
    const notes = openNotes({ file: join(stores.folder, 'adyen.db') })
    const parts = { config: adyenConfig(config), clock, readerOf, notes, send: httpSend, ids: () => randomUUID() }
    return { psp: createAdyenPsp(parts), cardTray: [READER], checkAccess: () => checkAdyen(parts), close: notes.close }
  }
  if (config.psp === 'simulated-http') {
    const service = { url: config.pspUrl ?? '', apiKey: config.pspApiKey ?? '', webhookSecrets: secretsOf(config) }
    const parts = { config: service, clock, send: httpSend }
    const ledger = async () =>
      (await createClient(parts).get<{ entries: readonly LedgerEntry[] }>('/v1/ledger')).entries.map(ledgerRecord)
    return {
      psp: createSimulatedHttpPsp(parts),
      cardTray: trayOfCards,
      ledger,
      checkAccess: () => checkSimulated(parts),
      close: nothing,
    }
  }
  return {
    psp: createSimulatedPsp({
      ...{ clock, ledger: stores.ledger, random: Math.random },
      ...{ latencyMs: PSP_LATENCY_MS, timeoutMs: PSP_TIMEOUT_MS },
    }),
    cardTray: trayOfCards,
    ledger: async () => stores.ledger.entries().map(ledgerRecord),
    checkAccess: async () => undefined,
    close: nothing,
  }
}

const ledgerRecord = ({ at, reference, operation, amount, status }: LedgerEntry) => ({
  reference,
  operation,
  amount: { amount_minor: amount.amountMinor, currency: amount.currency },
  status,
  at: new Date(at).toISOString(),
})

/** A key that does not fit stops the start; a provider that is away does not: it may come back. */
export async function refuseStrangers(
  { psp, checkAccess }: Pick<Provider, 'psp' | 'checkAccess'>,
  onAway: (error: unknown) => void,
): Promise<void> {
  try {
    await checkAccess()
  } catch (error) {
    if (error instanceof PspError && error.kind === 'refused')
      throw couldNotRun(`The payment provider ${psp.name} does not let us in. ${error.message}`)
    onAway(error)
  }
}
