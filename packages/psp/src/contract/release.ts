import assert from 'node:assert/strict'
import type { Psp } from '../psp.ts'
import type { Cases, ContractCards } from './steps.ts'
import { eur, fails, hold, withCard } from './steps.ts'

/** Giving a hold back. */
export function voidCases(cards: ContractCards): Cases {
  const free = (psp: Psp, pspReference: string, key = 'v') => psp.void({ key, pspReference, reason: 'test' })
  return {
    'a void gives the whole hold back, and again under any key it is already done': async ({ psp }) => {
      const { pspReference } = await hold(psp, cards.approved)
      const first = await free(psp, pspReference)
      assert.equal(first.status, 'voided')
      assert.deepEqual(await free(psp, pspReference), first)
      assert.equal((await free(psp, pspReference, 'v2')).status, 'voided')
      const payment = await psp.query({ pspReference })
      assert.deepEqual([payment?.state, payment?.held], ['voided', eur(0)])
    },
    'a captured payment cannot be voided': async ({ psp }) => {
      const { pspReference } = await hold(psp, cards.approved)
      await psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
      await fails('refused', free(psp, pspReference))
      assert.equal((await psp.query({ pspReference }))?.state, 'captured')
    },
    'a voided payment cannot be captured': async ({ psp }) => {
      const { pspReference } = await hold(psp, cards.approved)
      await free(psp, pspReference)
      await fails('refused', psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' }))
    },
    'a void of a hold that has run out says so': async ({ psp, advance, now }) => {
      const { pspReference, captureBefore } = await hold(psp, cards.approved)
      await advance(captureBefore - now())
      assert.equal((await free(psp, pspReference)).status, 'expired')
      assert.equal((await psp.query({ pspReference }))?.state, 'expired')
    },
    ...withCard(cards.voidUnavailableOnce, (card) => ({
      'a void that found the provider away works later with the same key': async ({ psp }) => {
        const { pspReference } = await hold(psp, card)
        await fails('unavailable', free(psp, pspReference))
        assert.equal((await free(psp, pspReference)).status, 'voided')
      },
    })),
    ...withCard(cards.voidRefused, (card) => ({
      'a refused void leaves the hold until it runs out': async ({ psp, advance }) => {
        const { pspReference, captureBefore } = await hold(psp, card)
        await fails('refused', free(psp, pspReference))
        assert.equal((await psp.query({ pspReference }))?.state, 'authorized')
        await advance(captureBefore)
        assert.equal((await psp.query({ pspReference }))?.state, 'expired')
      },
    })),
  }
}

/** Giving money back. */
export function refundCases(cards: ContractCards): Cases {
  const captured = async (psp: Psp) => {
    const { pspReference } = await hold(psp, cards.approved)
    await psp.capture({ key: 'c', pspReference, amount: eur(30_00), cdrRef: 'cdr' })
    return pspReference
  }
  return {
    'refunds add up to at most what was captured': async ({ psp }) => {
      const pspReference = await captured(psp)
      await psp.refund({ key: 'r1', pspReference, amount: eur(10_00), creditRef: 'credit-1' })
      const second = await psp.refund({ key: 'r2', pspReference, amount: eur(20_00), creditRef: 'credit-2' })
      assert.deepEqual(second.refundedTotal, eur(30_00))
      await fails('refused', psp.refund({ key: 'r3', pspReference, amount: eur(1), creditRef: 'credit-3' }))
      assert.deepEqual((await psp.query({ pspReference }))?.refunded, eur(30_00))
    },
    'a refund with the same key happens once': async ({ psp }) => {
      const pspReference = await captured(psp)
      const ask = { key: 'r', pspReference, amount: eur(10_00), creditRef: 'credit' }
      assert.deepEqual(await psp.refund(ask), await psp.refund(ask))
      assert.deepEqual((await psp.query({ pspReference }))?.refunded, eur(10_00))
    },
    'what was not captured cannot be refunded': async ({ psp }) => {
      const { pspReference } = await hold(psp, cards.approved)
      await fails('refused', psp.refund({ key: 'r', pspReference, amount: eur(1_00), creditRef: 'credit' }))
    },
  }
}

/** Asking without moving money. */
export function readCases(cards: ContractCards): Cases {
  return {
    'query finds a payment by our reference and by the provider’s': async ({ psp, now }) => {
      const { pspReference } = await hold(psp, cards.approved)
      const payment = await psp.query({ reference: 'p1' })
      assert.deepEqual(payment, await psp.query({ pspReference }))
      assert.deepEqual([payment?.reference, payment?.terminalId, payment?.pspReference], ['p1', 't1', pspReference])
      assert.ok(payment !== undefined && payment.createdAt <= now())
    },
    'query of an unknown reference finds nothing': async ({ psp }) => {
      assert.equal(await psp.query({ reference: 'nobody' }), undefined)
      assert.equal(await psp.query({ pspReference: 'nobody' }), undefined)
    },
    'list gives the payments since an instant, oldest first': async ({ psp, advance, now }) => {
      await hold(psp, cards.approved, eur(1_00), 'p1')
      await advance(1_000)
      const since = now()
      await hold(psp, cards.approved, eur(2_00), 'p2')
      await advance(1_000)
      await hold(psp, cards.other, eur(3_00), 'p3')
      assert.deepEqual(
        (await psp.list({ since })).map((one) => one.reference),
        ['p2', 'p3'],
      )
      const before = await psp.list({ since: since - 1_000, until: since })
      assert.deepEqual(
        before.map((one) => one.reference),
        ['p1'],
      )
    },
    'a card is recognised without taking money, always the same': async ({ psp }) => {
      if (psp.capabilities.identify === 'none') {
        await fails('not-supported', psp.identify(cards.approved, { terminalId: 't1' }))
        return
      }
      const face = await psp.identify(cards.approved, { terminalId: 't1' })
      assert.deepEqual(await psp.identify(cards.approved, { terminalId: 't1' }), face)
      assert.deepEqual((await hold(psp, cards.approved)).card, face)
      assert.notEqual((await psp.identify(cards.other, { terminalId: 't1' })).fingerprint, face.fingerprint)
      assert.equal((await psp.list({ since: 0 })).length, 1)
    },
  }
}
