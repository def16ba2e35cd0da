/** Payments on a real engine whose effects never run: what is kept, and under which names it is found. */
import { documents } from '@plugtill/engine/documents'
import { createEngine } from '@plugtill/engine/engine'
import { journal } from '@plugtill/engine/journal'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { paymentKind } from '../src/effects/payment-kind.ts'
import { createIntake } from '../src/intake.ts'
import type { Payment } from '../src/payment/payment.ts'
import { events, paymentIn, T0 } from './samples.ts'

export async function shelf() {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const time = { now: T0 }
  const clock = { now: () => time.now, after: () => () => undefined }
  const kind = paymentKind({ clock, random: () => 0.5 } as unknown as Parameters<typeof paymentKind>[0])
  const engine = createEngine({ store, clock, random: () => 0.5, kinds: [kind] })
  const payments = engine.of(kind)
  const [books, log] = [documents(store, clock), journal(store, clock)]
  const intake = createIntake({ payments, documents: books, journal: log, clock, ids: () => 'new-id' })
  const tap = async (id: string, change: Partial<Payment> = {}) => {
    const own = { id, tapId: `tap-${id}`, tokenUid: `TOKEN-${id}`, evseUid: `E-${id}`, startCommandId: `cmd-${id}` }
    await payments.create(paymentIn('authorizing', { ...own, ...change }), events.tapped)
  }
  /** Tapped and approved: it waits for its session. */
  const start = async (id: string, change: Partial<Payment> = {}) => {
    await tap(id, change)
    await payments.apply(id, events.authorized)
  }
  return { time, clock, engine, payments, documents: books, journal: log, intake, tap, start, close: store.close }
}
