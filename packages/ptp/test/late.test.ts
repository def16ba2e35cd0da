/** What waits too long is told, however much waits beside it. (I7) */
import type { Journal } from '@plugtill/engine/journal'
import { expect, test } from 'vitest'
import { type LateParts, sayWhatIsLate } from '../src/late.ts'
import type { PaymentDesk } from '../src/payment/desk.ts'
import { charged, rig } from './rig.ts'
import { paymentIn, T0 } from './samples.ts'
import { cdrFor, refusal } from './scripted-cpo.ts'
import { shelf } from './shelf.ts'

const HOUR = 3_600_000

test('the oldest of many undecided holds is told like any other when half of its day is over', async () => {
  const young = Array.from({ length: 12_000 }, (_, n) =>
    paymentIn('awaiting-cdr', { id: `P${n}`, releaseBy: T0 + 24 * HOUR }),
  )
  const all = [...young, paymentIn('stuck', { id: 'OLDEST', releaseBy: T0 + 12 * HOUR })]
  const list: PaymentDesk['list'] = async ({ limit = 1, before }) => {
    const first = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1
    return all.slice(first, first + limit)
  }
  const { documents, close } = await shelf()
  const told: string[] = []
  const write: Journal['write'] = async (reference, _kind, body) =>
    void told.push(`${reference} ${String((body as { readonly code?: string }).code)}`)
  await sayWhatIsLate({
    ...{ payments: { list }, journal: { write }, clock: { now: () => T0 }, intervalMs: HOUR, documents },
    engine: { effects: async () => [] },
  } as unknown as LateParts)
  expect(told).toEqual(['OLDEST HOLD_OVERDUE'])
  await close()
})

test('each stage is told once, however far apart the looks are, and the first look after an outage tells what came to pass in it (I7)', async () => {
  const { documents, close } = await shelf()
  const undecided = paymentIn('stuck', { id: 'P', releaseBy: T0 + 24 * HOUR })
  const told: string[] = []
  let hours = 0
  const parts = {
    ...{
      payments: { list: async () => [undecided] },
      engine: { effects: async () => [] },
      intervalMs: HOUR,
      documents,
    },
    journal: { write: async (_id: string, _kind: string, { message }: { message: string }) => told.push(message) },
    clock: { now: () => T0 + hours * HOUR },
  } as unknown as LateParts
  const toldBy = async (...looks: readonly number[]) => {
    for (hours of looks) await sayWhatIsLate(parts)
    return told.splice(0).map((message) => /(\d+) %/.exec(message)?.[1])
  }
  expect(await toldBy(10.95, 12.04, 12.95)).toEqual(['50'])
  expect(await toldBy(19.15, 20.1)).toEqual(['80'])
  expect(await toldBy(22.7, 23.8)).toEqual(['95'])
  await close()
})

test('an advice that nobody took while the platform was down is told by the sweep of the process after it (F68)', async () => {
  const one = await charged()
  one.cpo.advice = refusal(503)
  await one.bill(cdrFor(10))
  await one.pass(HOUR / 2)
  await one.sweep.once()
  await one.engine.stop()
  await one.pass(2 * HOUR)
  const two = await rig({ after: one })
  const overdue = async () => (await two.codes()).filter((code) => code === 'ADVICE_OVERDUE')
  await two.sweep.once()
  await two.sweep.once()
  expect(await overdue()).toHaveLength(1)
  await two.close()
})
