/**
 * A provider that keeps its own books and believes nobody: a capture under a new key is a second capture, and a hold that
 * has run out is gone. What it answers is chosen by the exploration.
 */
import { type Capabilities, type Psp, PspError, type PspPayment } from '@plugtill/psp/psp'
import type { Bank, World } from './world.ts'
import { HOLD_MS } from './world.ts'

/**
 * How the next order goes. `lost-done`: obeyed, the answer is lost. `lost`: it never arrived. `later`: taken, decided
 * later. `down`: no connection, surely nothing happened. `refused`: surely nothing happened, and it will not.
 */
export type Way = 'ok' | 'lost-done' | 'lost' | 'later' | 'down' | 'refused'

export interface Choice {
  readonly way: Way
  /** Reading its record fails too. */
  readonly blind?: boolean
  /** What is approved; 0 is a decline, -1 another currency. */
  readonly approve?: number
}

const capabilities: Capabilities = {
  incremental: 'total',
  maxIncrements: 3,
  extendsValidity: true,
  partialApproval: true,
  partialReversal: false,
  autoReleaseOnCapture: true,
  captureMode: 'async',
  queryByOurRef: true,
  idempotency: { retentionSafeMs: 3 * 3_600_000, maxKeyLength: 64 },
  holdWindowMs: { other: HOLD_MS },
  minCaptureMinor: 1,
  refund: true,
  webhooks: false,
  identify: 'token',
  modifications: 'async',
  settlementReport: false,
}

type Op = 'authorize' | 'capture' | 'void' | 'increment' | 'refund'

/** What has run out is noticed when somebody looks. */
export function expire({ bank, now }: World): void {
  if (bank.state === 'authorized' && now >= bank.captureBefore) bank.state = 'expired'
}

/** Does it, or says why not. The same key twice is the same once. */
function obey(world: World, op: Op, { key, minor }: { readonly key: string; readonly minor: number }): void {
  const { bank } = world
  expire(world)
  if (bank.done.includes(key)) return
  if (op === 'void' && bank.state === 'expired') return
  const fits: Record<Op, readonly Bank['state'][]> = {
    authorize: ['none'],
    increment: ['authorized'],
    capture: ['authorized', 'captured'],
    void: ['authorized'],
    refund: ['captured'],
  }
  if (!fits[op].includes(bank.state)) throw new PspError('refused', `It is ${bank.state}.`)
  if (bank.pending && bank.pending.op !== op) throw new PspError('refused', `A ${bank.pending.op} is being decided.`)
  bank.done = [...bank.done, key]
  delete bank.pending
  settle(world, op, minor)
}

function settle({ bank, now }: World, op: Op, minor: number): void {
  if (op === 'authorize') {
    bank.state = minor === 0 ? 'declined' : 'authorized'
    if (minor < 0) bank.currency = 'SEK'
    bank.authorized = Math.abs(minor)
    bank.captureBefore = now + HOLD_MS
  } else if (op === 'increment') {
    bank.authorized = Math.max(bank.authorized, minor)
  } else if (op === 'capture') {
    bank.state = 'captured'
    bank.captured += minor
    bank.captures++
  } else if (op === 'refund') bank.refunded += minor
  else bank.state = 'voided'
}

/** What was left open is decided now. */
export function decidePending(world: World, done: boolean): void {
  const { bank } = world
  const { pending } = bank
  if (!pending) return
  delete bank.pending
  expire(world)
  if (bank.state === 'capture-pending') bank.state = done ? 'authorized' : 'capture-failed'
  if (done) obey(world, pending.op, pending)
}

function perform(world: World, op: Op, order: { readonly key: string; readonly minor: number }, { way }: Choice): void {
  const { bank } = world
  if (way === 'refused') throw new PspError('refused', 'no')
  if (way === 'down') throw new PspError('unavailable', 'no connection')
  if (way === 'lost') throw new PspError('unknown-outcome', 'no answer')
  if (bank.pending?.key === order.key) throw new PspError('unknown-outcome', 'not decided yet')
  if (way === 'later' && op !== 'refund' && !bank.done.includes(order.key)) {
    expire(world)
    if (op !== 'authorize' && bank.state !== 'authorized') throw new PspError('refused', `It is ${bank.state}.`)
    bank.pending = { op, ...order }
    if (op === 'capture') bank.state = 'capture-pending'
    throw new PspError('unknown-outcome', 'decided later')
  }
  obey(world, op, order)
  if (way === 'lost-done') throw new PspError('unknown-outcome', 'no answer')
}

/** The provider's record, as it shows it: an authorization that is being decided is not there yet. */
export function recordOf(world: World): PspPayment | undefined {
  const { bank, payment } = world
  expire(world)
  if (bank.state === 'none') return undefined
  const money = (amountMinor: number) => ({ amountMinor, currency: bank.currency })
  return {
    reference: payment.id,
    pspReference: 'psp-1',
    terminalId: payment.terminalId,
    state: bank.state,
    authorized: money(bank.authorized),
    held: money(bank.state === 'authorized' || bank.state === 'capture-pending' ? bank.authorized : 0),
    captureCount: bank.captures,
    captured: money(bank.captured),
    refunded: money(bank.refunded),
    captureBefore: bank.captureBefore,
    card: payment.card,
    createdAt: payment.createdAt,
    eftData: ['VISA'],
  }
}

/** `choice` is for the first order; a second one in the same run goes as it should. */
export function bankOf(world: World, choice: Choice): Psp {
  const refused = async () => {
    throw new PspError('not-supported', 'no')
  }
  const { currency } = world.payment.asked
  const done = async (op: Op, key: string, minor: number) => perform(world, op, { key, minor }, choice)
  const hold = () => ({
    pspReference: 'psp-1',
    authorized: { amountMinor: world.bank.authorized, currency: world.bank.currency },
    captureBefore: world.bank.captureBefore,
  })
  const { card } = world.payment
  return {
    name: 'bank',
    capabilities,
    authorize: async ({ key, amount }) => {
      await done('authorize', key, choice.approve ?? amount.amountMinor)
      const status = world.bank.state === 'declined' ? 'declined' : 'approved'
      return { status, ...hold(), card, eftData: ['VISA'] }
    },
    increment: async ({ key, newTotal }) => {
      await done('increment', key, newTotal.amountMinor)
      return hold()
    },
    capture: async ({ key, amount }) => {
      await done('capture', key, amount.amountMinor)
      const captured = { amountMinor: world.bank.captured, currency }
      return { status: 'captured', pspReference: 'psp-1', captured, released: amount, at: world.now, eftData: ['VISA'] }
    },
    void: async ({ key }) => {
      await done('void', key, 0)
      const status = world.bank.state === 'expired' ? 'expired' : 'voided'
      return { status, pspReference: 'psp-1', at: world.now }
    },
    refund: async ({ key, amount }) => {
      await done('refund', key, amount.amountMinor)
      const refundedTotal = { amountMinor: world.bank.refunded, currency }
      return { pspReference: 'psp-1', refunded: amount, refundedTotal, at: world.now }
    },
    query: async () => {
      if (choice.blind) throw new PspError('unavailable', 'no connection')
      return recordOf(world)
    },
    reduce: refused,
    list: refused,
    ingest: refused,
    identify: async () => card,
    settlement: refused,
  }
}
