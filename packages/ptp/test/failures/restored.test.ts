/** F75: a database put back to an older copy, on both real databases. What the provider took in between is not forgotten. */
import type { Store } from '@plugtill/engine/store'
import { PspError } from '@plugtill/psp/psp'
import { describe, expect } from 'vitest'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { charged, type Rig, type RigParts, rig } from '../rig.ts'
import { eur, T0 } from '../samples.ts'
import { cdrFor, HOUR, MINUTE, sessionAt } from '../scripted-cpo.ts'
import { backup, drillsOn, stores } from './older-copy.ts'

const AUTHORIZED = 'authorize 5000 approved'

/** Copied while the provider is asked for the hold; everything that comes then is lost. */
async function lostWhole(store: Store, cdrs: Rig['cpo']['cdrs']): Promise<Rig> {
  let restore: (() => Promise<void>) | undefined
  const parts: RigParts = {
    store,
    psp: (psp) => ({
      ...psp,
      authorize: async (o) => {
        restore = await backup(store)
        return psp.authorize(o)
      },
    }),
  }
  const one = await charged(parts)
  await one.bill(cdrFor(10))
  expect(await one.payment()).toMatchObject({ state: 'captured', captured: eur(605) })
  one.cpo.cdrs = cdrs
  await one.engine.stop()
  await restore?.()
  // Before anybody works on it: the next one may be quicker than a look.
  expect((await one.payment()).state).toBe('authorizing')
  return rig({ after: one })
}

const findings = async (one: Rig) => {
  const parts = { ...one, peers: { get: async () => undefined }, ownsTerminal: async (id: string) => id === 'T-1' }
  const { findings: found } = await reconcile(parts, { from: T0 - HOUR, to: T0 + 24 * HOUR })
  return found.map(({ id }) => id)
}

describe.each(stores)('F75 on %s', (name, open) => {
  const drill = drillsOn(name, open)

  drill(
    'a payment whose whole way fell into the lost time is booked as the provider has it, and billed again',
    async (store) => {
      const one = await lostWhole(store, [cdrFor(10)])
      await one.pass(10 * MINUTE)
      expect(await one.payment()).toMatchObject({
        state: 'captured',
        captured: eur(605),
        cdr: { id: 'CDR1' },
        advice: { status: 'SUCCESS', amount: eur(605) },
      })
      expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
      expect(await one.codes()).toContain('CAPTURE_FOUND')
      expect(await findings(one)).toEqual([])
      return one
    },
  )

  drill('where no bill comes any more it stands before an operator, who may pay it back', async (store) => {
    const one = await lostWhole(store, [])
    await one.pass(3 * HOUR)
    expect(await one.payment()).toMatchObject({ state: 'captured', captured: eur(605) })
    expect(await findings(one)).toEqual(['CAPTURE_DIFFERS'])
    await one.decide('refund')
    await one.pass(MINUTE)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 605 done'])
    return one
  })

  drill('a hold that is to be given back, and was captured in the lost time, is no failed void', async (store) => {
    const one = await rig({ store })
    await one.tap()
    await one.result('ACCEPTED')
    const restore = await backup(store)
    await one.push(sessionAt(2))
    await one.pass(61 * MINUTE)
    await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
    await one.bill(cdrFor(10))
    expect((await one.payment()).state).toBe('captured')
    await one.engine.stop()
    await restore()
    const next = await rig({ after: one })
    await next.pass(HOUR)
    expect(await next.payment()).toMatchObject({ state: 'captured', captured: eur(605) })
    expect(next.booked().filter((line) => !line.endsWith('refused'))).toEqual([AUTHORIZED, 'capture 605 done'])
    expect(await next.codes()).toContain('CAPTURE_FOUND')
    return next
  })

  drill(
    'a hold of the lost time that could not be given back then is given back by the comparison (F04)',
    async (store) => {
      const one = await rig({ store, card: 'void-fails-once' })
      const restore = await backup(store)
      await one.tap()
      await one.result('REJECTED')
      expect(one.booked().at(-1)).toBe('void 5000 unavailable')
      await one.engine.stop()
      await restore()
      const next = await rig({ after: one })
      await next.pass(11 * MINUTE)
      await next.sweep.once()
      expect(next.booked().at(-1)).toBe('void 5000 done')
      return next
    },
  )

  drill('what was taken twice and paid back in the lost time is not paid back again (F64)', async (store) => {
    const one = await charged({ store, card: 'capture-twice' })
    await one.bill(cdrFor(10))
    await one.pass(20 * MINUTE)
    const restore = await backup(store)
    await one.sweep.once()
    await one.pass(MINUTE)
    expect(one.booked().at(-1)).toBe('refund 605 done')
    await one.engine.stop()
    await restore()
    const next = await rig({ after: one })
    await next.sweep.once()
    await next.pass(MINUTE)
    expect(next.booked().filter((line) => line.startsWith('refund'))).toEqual(['refund 605 done'])
    expect(await findings(next)).toEqual([])
    return next
  })

  drill(
    'taken twice, and paid back, long before the capture is asked about again: nothing more goes back (F63, F64)',
    async (store) => {
      const one = await charged({ store, card: 'capture-twice' })
      const restore = await backup(store)
      await one.bill(cdrFor(10))
      await one.pass(20 * MINUTE)
      await one.sweep.once()
      await one.pass(MINUTE)
      expect(one.booked().at(-1)).toBe('refund 605 done')
      await one.engine.stop()
      await restore()
      const capture = async () => Promise.reject(new PspError('unknown-outcome', 'no answer'))
      const next = await rig({ after: one, psp: (psp) => ({ ...psp, capture }), keyRetentionMs: 40 * MINUTE })
      await next.pass(HOUR)
      await next.bill(cdrFor(10))
      await next.pass(HOUR)
      await next.sweep.once()
      await next.pass(HOUR)
      expect(await next.payment()).toMatchObject({ state: 'captured', captured: eur(1210) })
      expect(next.booked().filter((line) => line.startsWith('refund'))).toEqual(['refund 605 done'])
      expect(await findings(next)).toEqual([])
      return next
    },
  )

  drill('a refund that is learned of again is told with the same advice, byte for byte (F51)', async (store) => {
    let restore: (() => Promise<void>) | undefined
    const one = await charged({
      store,
      psp: (psp) => ({
        ...psp,
        refund: async (o) => {
          restore ??= await backup(store)
          return psp.refund(o)
        },
      }),
    })
    await one.bill(cdrFor(10))
    await one.decide('refund')
    await one.pass(MINUTE)
    await one.engine.stop()
    await restore?.()
    const next = await rig({ after: one })
    await next.pass(MINUTE)
    const told = next.cpo.advicesTried.map((body) => JSON.parse(body) as { id: string; total_costs: object })
    expect(told.map(({ id }) => id)).toEqual([told[0]?.id, told[1]?.id, told[1]?.id])
    expect(next.cpo.advicesTried[2]).toBe(next.cpo.advicesTried[1])
    expect(next.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 605 done'])
    return next
  })

  drill('declined here, captured there: the comparison of the books finds it', async (store) => {
    let away = true
    const one = await rig({
      store,
      psp: (psp) => ({
        ...psp,
        query: async (o) => (away ? undefined : psp.query(o)),
        authorize: async (o) => {
          const answer = await psp.authorize(o)
          const { pspReference } = answer
          // What the life that is forgotten did afterwards.
          await psp.capture({ key: 'K4', pspReference, amount: eur(605), cdrRef: 'CDR1' })
          throw new PspError('unknown-outcome', 'no answer')
        },
      }),
    })
    await one.tap()
    await one.pass(5 * MINUTE)
    expect((await one.payment()).state).toBe('declined')
    expect(await findings(one)).toEqual(['PROVIDER_ONLY'])
    away = false
    await one.pass(5 * MINUTE)
    await one.sweep.once()
    await one.pass(0)
    expect(await one.payment()).toMatchObject({ state: 'captured', captured: eur(605) })
    expect(await one.codes()).toEqual(expect.arrayContaining(['PSP_DIFFERS', 'CAPTURE_FOUND']))
    return one
  })

  drill('a capture of a payment that is not known here is told once, and stays where it is', async (store) => {
    const one = await rig({ store })
    const take = async (reference: string, terminalId: string) => {
      const amount = eur(700)
      const asked = { key: reference, reference, terminalId, card: 'approved', amount }
      const { pspReference } = await one.psp.authorize(asked)
      await one.psp.capture({ key: `${reference}-4`, pspReference, amount, cdrRef: 'CDR7' })
    }
    await take('lost', 'T-1')
    await take('foreign', 'T-9')
    await one.pass(11 * MINUTE)
    await one.sweep.once()
    await one.sweep.once()
    expect(await one.codes('lost')).toEqual(['PSP_ORPHAN'])
    expect(await one.codes('foreign')).toEqual([])
    expect(one.ledger.entries().map(({ operation }) => operation)).toEqual([
      'authorize',
      'capture',
      'authorize',
      'capture',
    ])
    expect(await findings(one)).toEqual(['PROVIDER_ONLY'])
    return one
  })
})
