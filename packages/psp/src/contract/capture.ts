import assert from 'node:assert/strict'
import type { Psp } from '../psp.ts'
import type { Cases, ContractCards } from './steps.ts'
import { eur, fails, hold, withCard } from './steps.ts'

/** Raising and lowering a hold. */
export function adjustCases(cards: ContractCards): Cases {
  const held = async (psp: Psp) => (await hold(psp, cards.approved)).pspReference
  return {
    'an increment speaks the new total, not the difference': async ({ psp }) => {
      const pspReference = await held(psp)
      if (psp.capabilities.incremental === 'none') {
        await fails('not-supported', psp.increment({ key: 'i', pspReference, newTotal: eur(60_00) }))
        return
      }
      const after = await psp.increment({ key: 'i', pspReference, newTotal: eur(60_00) })
      assert.deepEqual(after.authorized, eur(60_00))
      assert.deepEqual(await psp.increment({ key: 'i', pspReference, newTotal: eur(60_00) }), after)
      assert.deepEqual((await psp.query({ pspReference }))?.held, eur(60_00))
    },
    'an increment to less or to another currency is refused and changes nothing': async ({ psp }) => {
      if (psp.capabilities.incremental === 'none') return
      const pspReference = await held(psp)
      await fails('refused', psp.increment({ key: 'i1', pspReference, newTotal: eur(50_00) }))
      await fails(
        'refused',
        psp.increment({ key: 'i2', pspReference, newTotal: { amountMinor: 60_00, currency: 'USD' } }),
      )
      assert.deepEqual((await psp.query({ pspReference }))?.held, eur(50_00))
    },
    'a hold is raised at most as often as the capabilities say': async ({ psp }) => {
      if (psp.capabilities.incremental === 'none') return
      const pspReference = await held(psp)
      const most = psp.capabilities.maxIncrements
      for (let n = 1; n <= most; n++) await psp.increment({ key: `i${n}`, pspReference, newTotal: eur(50_00 + n) })
      await fails('refused', psp.increment({ key: 'one-more', pspReference, newTotal: eur(60_00) }))
      assert.deepEqual((await psp.query({ pspReference }))?.held, eur(50_00 + most))
    },
    'an increment moves the end of the hold only when the capabilities say so': async ({ psp, advance }) => {
      if (psp.capabilities.incremental === 'none') return
      const first = await hold(psp, cards.approved)
      await advance(60_000)
      const after = await psp.increment({ key: 'i', pspReference: first.pspReference, newTotal: eur(60_00) })
      assert.equal(after.captureBefore > first.captureBefore, psp.capabilities.extendsValidity)
    },
    'a reduction gives a part of the hold back': async ({ psp }) => {
      const pspReference = await held(psp)
      if (!psp.capabilities.partialReversal) {
        await fails('not-supported', psp.reduce({ key: 'r', pspReference, newTotal: eur(20_00) }))
        return
      }
      assert.deepEqual((await psp.reduce({ key: 'r', pspReference, newTotal: eur(20_00) })).authorized, eur(20_00))
      await fails('refused', psp.reduce({ key: 'r2', pspReference, newTotal: eur(20_00) }))
      await fails('refused', psp.capture({ key: 'c', pspReference, amount: eur(20_01), cdrRef: 'cdr' }))
    },
  }
}

/** Taking money from a hold. */
export function captureCases(cards: ContractCards): Cases {
  const held = async (psp: Psp) => (await hold(psp, cards.approved)).pspReference
  const state = async (psp: Psp, pspReference: string) => (await psp.query({ pspReference }))?.state
  return {
    'a capture below the hold takes exactly that and releases the rest': async ({ psp }) => {
      const pspReference = await held(psp)
      const capture = await psp.capture({ key: 'c', pspReference, amount: eur(12_34), cdrRef: 'cdr-1' })
      assert.deepEqual(capture.captured, eur(12_34))
      assert.deepEqual(capture.released, eur(37_66))
      const payment = await psp.query({ pspReference })
      assert.deepEqual(payment?.held, psp.capabilities.autoReleaseOnCapture ? eur(0) : eur(37_66))
      assert.deepEqual([payment?.captured, payment?.captureCount, payment?.cdrRef], [eur(12_34), 1, 'cdr-1'])
    },
    'the whole hold may be captured': async ({ psp }) => {
      const pspReference = await held(psp)
      const capture = await psp.capture({ key: 'c', pspReference, amount: eur(50_00), cdrRef: 'cdr' })
      assert.deepEqual(capture.released, eur(0))
    },
    'a capture above the hold is refused and the hold stays': async ({ psp }) => {
      const pspReference = await held(psp)
      await fails('refused', psp.capture({ key: 'c', pspReference, amount: eur(50_01), cdrRef: 'cdr' }))
      assert.equal(await state(psp, pspReference), 'authorized')
    },
    'a capture in another currency is refused': async ({ psp }) => {
      const pspReference = await held(psp)
      const amount = { amountMinor: 10_00, currency: 'SEK' }
      await fails('refused', psp.capture({ key: 'c', pspReference, amount, cdrRef: 'cdr' }))
    },
    'a capture of nothing is refused: that is a void': async ({ psp }) => {
      const pspReference = await held(psp)
      await fails('refused', psp.capture({ key: 'c', pspReference, amount: eur(0), cdrRef: 'cdr' }))
    },
    'a hold is captured once: a second key is refused, the same key is answered': async ({ psp }) => {
      const pspReference = await held(psp)
      const first = await psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
      await fails('refused', psp.capture({ key: 'c2', pspReference, amount: eur(10_00), cdrRef: 'cdr' }))
      assert.deepEqual(await psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' }), first)
      assert.equal((await psp.query({ pspReference }))?.captureCount, 1)
    },
    'a hold that has run out cannot be captured': async ({ psp, advance, now }) => {
      const { pspReference, captureBefore } = await hold(psp, cards.approved)
      await advance(captureBefore - now())
      assert.equal(await state(psp, pspReference), 'expired')
      await fails('refused', psp.capture({ key: 'c', pspReference, amount: eur(1), cdrRef: 'cdr' }))
    },
    'a hold can be captured until just before its end': async ({ psp, advance, now }) => {
      const { pspReference, captureBefore } = await hold(psp, cards.approved)
      await advance(captureBefore - now() - 1)
      await psp.capture({ key: 'c', pspReference, amount: eur(1_00), cdrRef: 'cdr' })
      assert.equal(await state(psp, pspReference), 'captured')
    },
    'a payment nobody knows cannot be captured': async ({ psp }) => {
      await fails('refused', psp.capture({ key: 'c', pspReference: 'nobody', amount: eur(1_00), cdrRef: 'cdr' }))
    },
  }
}

/** Captures that go wrong. */
export function captureFailureCases(cards: ContractCards): Cases {
  const take = async (psp: Psp, pspReference: string) =>
    psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
  return {
    ...withCard(cards.captureRefused, (card) => ({
      'a refused capture stays refused and takes nothing': async ({ psp }) => {
        const { pspReference } = await hold(psp, card)
        assert.equal((await fails('refused', take(psp, pspReference))).retry, false)
        await fails('refused', take(psp, pspReference))
        assert.equal((await psp.query({ pspReference }))?.captureCount, 0)
      },
    })),
    ...withCard(cards.captureUnavailableOnce, (card) => ({
      'a capture that found the provider away works later with the same key': async ({ psp }) => {
        const { pspReference } = await hold(psp, card)
        assert.equal((await fails('unavailable', take(psp, pspReference))).retry, true)
        assert.equal((await psp.query({ pspReference }))?.state, 'authorized')
        assert.deepEqual((await take(psp, pspReference)).captured, eur(10_00))
      },
    })),
    ...withCard(cards.captureAnswerLost, (card) => ({
      'a capture whose answer was lost is seen by query and answered to the same key': async ({ psp }) => {
        const { pspReference } = await hold(psp, card)
        await fails('unknown-outcome', take(psp, pspReference))
        assert.equal((await psp.query({ pspReference }))?.state, 'captured')
        assert.deepEqual((await take(psp, pspReference)).captured, eur(10_00))
        assert.equal((await psp.query({ pspReference }))?.captureCount, 1)
      },
    })),
  }
}
