/** A furnished world for each story, on each database. */
import { openPostgres } from '@plugtill/engine/postgres'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import type { PaymentView } from '@plugtill/terminal/link'
import { type Furnished, furnish } from '@plugtill/world/furnish'
import { createWorld, type World, type WorldParts } from '@plugtill/world/world'
import { unexplained } from './openapi.ts'

export interface Database {
  readonly name: string
  readonly open: (label: string) => Promise<Store>
}

const postgresUrl = process.env['PLUGTILL_TEST_DATABASE_URL']
if (process.env['CI'] && !postgresUrl) {
  throw new Error(
    'CI must run the stories on PostgreSQL too: set PLUGTILL_TEST_DATABASE_URL to a server that may be written to.',
  )
}

let schemas = 0
const postgres: Database = {
  name: 'PostgreSQL',
  open: async (label) => {
    const schema = `story_${process.pid}_${label}_${++schemas}`
    const store = await openPostgres({ url: postgresUrl!, schema })
    return {
      ...store,
      close: async () => {
        await store.query(`DROP SCHEMA ${schema} CASCADE`)
        await store.close()
      },
    }
  },
}

/** Every story is told on both. */
export const databases: readonly Database[] = [
  { name: 'the embedded database', open: () => openSqlite({ file: ':memory:' }) },
  ...(postgresUrl ? [postgres] : []),
]

export interface PaymentRecord {
  readonly reference: string
  readonly state: string
  readonly held: { amount_minor: number; currency: string } | null
  readonly captured: { amount_minor: number; currency: string } | null
  readonly due: { amount_minor: number } | null
  readonly session_id: string | null
  readonly cdr_id: string | null
  readonly advice: { id: string; status: string; delivered_at: string | null } | null
  readonly reason: string | null
  readonly timeline: readonly { readonly kind: string; readonly [field: string]: unknown }[]
}

export interface Story extends World, Furnished {
  readonly terminal: string
  /** A driver taps at the first terminal; which EVSE, which card. */
  readonly tap: (options?: {
    readonly card?: string
    readonly evse?: string
    readonly priceId?: string
  }) => Promise<PaymentView>
  readonly stop: (reference: string, card?: string) => Promise<PaymentView>
  readonly payment: (reference: string) => Promise<PaymentRecord>
  readonly reaches: (reference: string, state: string, limitMs?: number) => Promise<PaymentRecord>
  /** Until nothing is left to do: final, and the advice delivered when there is one. */
  readonly ends: (reference: string, limitMs?: number) => Promise<PaymentRecord>
  /** The provider's books for this payment. */
  readonly booked: (reference: string) => Promise<readonly { operation: string; amountMinor: number; status: string }[]>
  /** Bodies of the requests that were served, newest last. */
  readonly sent: (method: string, urlPart: string) => readonly Record<string, unknown>[]
}

let taps = 0

export async function tell(database: Database, parts: Partial<WorldParts> = {}): Promise<Story> {
  const world = await createWorld({ seed: 1, openStore: (name) => database.open(name), ...parts })
  const furnished = await world.flow(
    furnish({ ptp: world.ptp().admin, cpo: world.cpo.admin, clock: world.clock, version: parts.version }),
  )
  const terminal = furnished.terminals.find(({ location_ids }) => location_ids.includes('LOC-CITY'))!.terminal_id
  await world.until('the chargers are available', async () =>
    (await world.ptp().link.offers(terminal)).chargers.every((offer) => offer.available),
  )
  const payment = (reference: string) => world.ptpAdmin.get<PaymentRecord>(`/payments/${reference}`)
  const when = async (reference: string, what: string, check: (record: PaymentRecord) => boolean, limitMs?: number) => {
    await world.until(`payment ${reference} ${what}`, async () => check(await payment(reference)), limitMs)
    return payment(reference)
  }
  return {
    ...world,
    ...furnished,
    terminal,
    payment,
    tap: ({ card = 'approved', evse = 'NLPLGE101', priceId } = {}) =>
      world.ptp().link.tap(terminal, {
        locationId: 'LOC-CITY',
        evseUid: evse,
        connectorId: '1',
        card,
        ...(priceId !== undefined && { priceId }),
        language: 'en',
        tapId: `tap-${++taps}`,
      }),
    stop: (reference, card = 'approved') => world.ptp().link.stop(terminal, { reference, card }),
    reaches: (reference, state, limitMs) =>
      when(reference, `reaches ${state}`, (record) => record.state === state, limitMs),
    ends: (reference, limitMs) => when(reference, 'ends', isOver, limitMs),
    booked: async (reference) => {
      const all = (await world.ledger.entries()).filter((entry) => entry.reference === reference)
      return all.map(({ operation, amount, status }) => ({ operation, amountMinor: amount.amountMinor, status }))
    },
    close: async () => {
      await world.close()
      const wrong = unexplained(world.network.passed)
      if (wrong.length > 0) throw new Error(`Against the official OpenAPI documents:\n${wrong.join('\n')}`)
    },
    sent: (method, urlPart) =>
      world.network.passed
        .filter(({ request }) => request.method === method && request.url.includes(urlPart))
        .map(({ request }) => JSON.parse(request.body || '{}') as Record<string, unknown>),
  }
}

function isOver({ state, advice }: PaymentRecord): boolean {
  if (!['captured', 'voided', 'declined', 'stuck'].includes(state)) return false
  return !advice || advice.delivered_at !== null
}
