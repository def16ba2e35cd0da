/** A paid payment, its books compared, and hands that write into them. */
import { type ChainedLine, hashOfText, headAfter } from '@plugtill/engine/chain'
import type { Payment } from '../src/payment/payment.ts'
import { type ReconcileParts, reconcile } from '../src/reconcile/reconcile.ts'
import { charged, type Rig, type RigParts } from './rig.ts'
import { T0 } from './samples.ts'
import { cdrFor, HOUR } from './scripted-cpo.ts'

export const DAY = 24 * HOUR

export const partsOf = (one: Rig, change: Partial<ReconcileParts> = {}): ReconcileParts => ({
  payments: one.payments,
  documents: one.documents,
  peers: { get: async () => undefined },
  psp: one.psp,
  clock: one.clock,
  ownsTerminal: async (id) => id === 'T-1',
  ...change,
})
export const run = (one: Rig, change?: Partial<ReconcileParts>) =>
  reconcile(partsOf(one, change), { from: T0 - DAY, to: T0 + DAY })
export const ids = async (one: Rig, change?: Partial<ReconcileParts>) =>
  (await run(one, change)).findings.map(({ id }) => id)

/** Captured, 6.05 EUR; two hours later. */
export async function paid(parts: RigParts = {}): Promise<Rig> {
  const one = await charged(parts)
  await one.bill(cdrFor(10))
  await one.pass(2 * HOUR)
  return one
}

/** Somebody writes into our own books who knows how their log holds together: only the other books tell. */
export async function forge({ store }: Rig, change: (payment: Payment) => Payment): Promise<void> {
  const [row] = await store.query<{ body: string }>("SELECT body FROM entity WHERE kind = 'payment'")
  const payment = change(JSON.parse(row!.body) as Payment)
  const [body, to] = [JSON.stringify(payment), payment.state]
  const log = await store.query<ChainedLine & Record<'from_state' | 'chain_hash' | 'after_hash', string>>(
    "SELECT * FROM event WHERE kind = 'payment' ORDER BY seq",
  )
  const [before, last] = log.slice(-2)
  const after = hashOfText(body)
  const head = { chain: before!.chain_hash, entity: before!.after_hash }
  const { chain } = headAfter(head, { ...last!, from: last!.from_state, to }, after)
  await store.query(
    "UPDATE event SET to_state = $1, after_hash = $2, chain_hash = $3 WHERE kind = 'payment' AND seq = $4",
    [to, after, chain, last!.seq],
  )
  await store.query("UPDATE entity SET state = $1, body = $2, chain_hash = $3 WHERE kind = 'payment'", [
    to,
    body,
    chain,
  ])
}

export const withoutRefunds =
  ({ psp }: Rig) =>
  async (period: { since: number; until: number }) =>
    (await psp.settlement(period)).filter(({ kind }) => kind !== 'refund')
