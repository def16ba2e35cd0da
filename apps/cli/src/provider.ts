/** The payment providers that the settings name, with what differs from one to the other. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { wallClock } from '@plugtill/engine/clock'
import { httpSend } from '@plugtill/psp/http/client'
import { type Psp, PspError, READER } from '@plugtill/psp/psp'
import { simulatedCards } from '@plugtill/psp/simulated/cards'
import type { Ledger, LedgerEntry } from '@plugtill/psp/simulated/ledger'
import { couldNotRun } from './exit.ts'
import { loadAccounts } from './psp-accounts.ts'
import { adyenConfig, type PspConfig, secretsOf, stripeConfig } from './psp-settings.ts'

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

/** The account of every contract that names none, and the others by the name that contracts give them. */
export interface Providers {
  readonly main: Provider
  readonly accounts: ReadonlyMap<string, Provider>
  readonly close: () => void
}

export interface ProviderParts {
  /** Where books and notes lie that a provider does not keep for us. */
  readonly folder: string
  readonly readerOf: (terminalId: string) => Promise<string | undefined>
  /** Of a further account. */
  readonly account?: string
}

/** As fast as a provider on the internet, so that the driver sees the waits that exist. */
const PSP_LATENCY_MS = 250
const PSP_TIMEOUT_MS = 3_000

const trayOfCards = simulatedCards.map(({ name }) => name)
const nothing = () => undefined

export async function providersOf(
  config: PspConfig & { readonly pspAccounts: string | undefined },
  parts: ProviderParts,
): Promise<Providers> {
  const opened: Provider[] = []
  const close = () => {
    for (const one of opened) one.close()
  }
  const open = async (settings: PspConfig, account?: string) => {
    const made = await providerOf(settings, { ...parts, ...(account !== undefined && { account }) })
    opened.push(made)
    return made
  }
  try {
    const further = config.pspAccounts === undefined ? new Map() : await loadAccounts(config.pspAccounts)
    const main = await open(config)
    const accounts = new Map<string, Provider>()
    for (const [name, settings] of further) accounts.set(name, await open(settings, name))
    return { main, accounts, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Only the one that is used is loaded: an SDK costs a restart a quarter of a second. */
export async function providerOf(config: PspConfig, parts: ProviderParts): Promise<Provider> {
  if (config.psp === 'stripe') return stripe(config, parts)
  if (config.psp === 'adyen') return adyen(config, parts)
  if (config.psp === 'simulated-http') return simulatedService(config)
  return simulated(parts)
}

async function stripe(config: PspConfig, { readerOf }: ProviderParts): Promise<Provider> {
  const { createStripePsp } = await import('@plugtill/psp/stripe/provider')
  const { checkAccess } = await import('@plugtill/psp/stripe/access')
  const parts = { config: stripeConfig(config), clock: wallClock, readerOf, identifyCurrency: config.pspCurrency }
  return { psp: createStripePsp(parts), cardTray: [READER], checkAccess: () => checkAccess(parts), close: nothing }
}

async function adyen(config: PspConfig, { folder, readerOf, account }: ProviderParts): Promise<Provider> {
  const { createAdyenPsp } = await import('@plugtill/psp/adyen/provider')
  const { checkAccess } = await import('@plugtill/psp/adyen/access')
  const { openNotes } = await import('@plugtill/psp/adyen/notes')
  const notes = openNotes({ file: fileOf(folder, 'adyen', account) })
  const parts = {
    ...{ config: adyenConfig(config), clock: wallClock, readerOf, notes, send: httpSend },
    ids: () => randomUUID(),
  }
  return { psp: createAdyenPsp(parts), cardTray: [READER], checkAccess: () => checkAccess(parts), close: notes.close }
}

async function simulatedService(config: PspConfig): Promise<Provider> {
  const { createSimulatedHttpPsp } = await import('@plugtill/psp/simulated-http/provider')
  const { checkAccess } = await import('@plugtill/psp/simulated-http/access')
  const { createClient } = await import('@plugtill/psp/simulated-http/client')
  const service = { url: config.pspUrl ?? '', apiKey: config.pspApiKey ?? '', webhookSecrets: secretsOf(config) }
  const parts = { config: service, clock: wallClock, send: httpSend }
  return {
    psp: createSimulatedHttpPsp(parts),
    cardTray: trayOfCards,
    ledger: async () =>
      (await createClient(parts).get<{ entries: readonly LedgerEntry[] }>('/v1/ledger')).entries.map(ledgerRecord),
    checkAccess: () => checkAccess(parts),
    close: nothing,
  }
}

async function simulated({ folder, account }: ProviderParts): Promise<Provider> {
  const { createSimulatedPsp } = await import('@plugtill/psp/simulated/provider')
  const { openLedger } = await import('@plugtill/psp/simulated/ledger')
  const ledger = bookOf(openLedger, fileOf(folder, 'psp', account))
  return {
    psp: createSimulatedPsp({
      ...{ clock: wallClock, ledger, random: Math.random },
      ...{ latencyMs: PSP_LATENCY_MS, timeoutMs: PSP_TIMEOUT_MS },
    }),
    cardTray: trayOfCards,
    ledger: async () => ledger.entries().map(ledgerRecord),
    checkAccess: async () => undefined,
    close: ledger.close,
  }
}

const fileOf = (folder: string, name: string, account: string | undefined) =>
  join(folder, `${name}${account === undefined ? '' : `-${account}`}.db`)

function bookOf(open: (options: { readonly file: string }) => Ledger, file: string): Ledger {
  try {
    return open({ file })
  } catch (error) {
    throw couldNotRun(
      `The books of the simulated provider ${file} cannot be opened: ${(error as Error).message}. Choose another folder with --data.`,
    )
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
  { main, accounts }: { readonly main: Checked; readonly accounts?: ReadonlyMap<string, Checked> },
  onAway: (error: unknown, where: string) => void,
): Promise<void> {
  const all: readonly (readonly [string, Checked])[] = [['', main], ...(accounts ?? [])]
  await Promise.all(
    all.map(async ([account, { psp, checkAccess }]) => {
      const where = `payment provider ${psp.name}${account && `, account ${account}`}`
      try {
        await checkAccess()
      } catch (error) {
        if (error instanceof PspError && error.kind === 'refused')
          throw couldNotRun(`The ${where} does not let us in. ${error.message}`)
        onAway(error, where)
      }
    }),
  )
}

type Checked = Pick<Provider, 'psp' | 'checkAccess'>
