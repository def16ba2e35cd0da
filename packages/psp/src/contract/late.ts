import assert from 'node:assert/strict'
import type { Psp } from '../psp.ts'
import type { Cases, ContractCards } from './steps.ts'
import { eur, fails, hold, LATER_MS, withCard } from './steps.ts'

const take = (psp: Psp, pspReference: string) =>
  psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })

/** Answers that need another try, and holds that cannot be raised. */
export function declineCases(cards: ContractCards): Cases {
  return {
    ...withCard(cards.pinNeeded, (card) => ({
      'a card that needs its PIN is declined with that word, and nothing is held': async ({ psp }) => {
        const answer = await hold(psp, card)
        assert.deepEqual([answer.status, answer.decline], ['declined', 'pin-needed'])
        assert.deepEqual((await psp.query({ reference: 'p1' }))?.held, eur(0))
      },
    })),
    ...withCard(cards.incrementDeclined, (card) => ({
      'an increment the issuer declines leaves the hold as it was': async ({ psp }) => {
        const { pspReference } = await hold(psp, card)
        const ask = { key: 'i', pspReference, newTotal: eur(60_00) }
        assert.equal((await fails('declined', psp.increment(ask))).retry, false)
        await fails('declined', psp.increment(ask))
        assert.deepEqual((await psp.query({ pspReference }))?.held, eur(50_00))
        await fails('refused', psp.capture({ key: 'c', pspReference, amount: eur(50_01), cdrRef: 'cdr' }))
      },
    })),
    ...withCard(cards.incrementAnswerLost, (card) => ({
      'an increment whose answer was lost is seen by query and is not counted twice': async ({ psp }) => {
        const { pspReference } = await hold(psp, card)
        const ask = { key: 'i', pspReference, newTotal: eur(60_00) }
        await fails('unknown-outcome', psp.increment(ask))
        assert.deepEqual((await psp.query({ pspReference }))?.held, eur(60_00))
        assert.deepEqual((await psp.increment(ask)).authorized, eur(60_00))
        assert.deepEqual((await psp.query({ pspReference }))?.held, eur(60_00))
      },
    })),
  }
}

/** Captures that are decided after they were answered. */
export function lateCaptureCases(cards: ContractCards): Cases {
  return {
    ...withCard(cards.captureLater, (card) => ({
      'a capture that is only accepted is pending, and query tells when the money has come': async ({
        psp,
        advance,
      }) => {
        const { pspReference } = await hold(psp, card)
        assert.equal((await take(psp, pspReference)).status, 'pending')
        const before = await psp.query({ pspReference })
        assert.deepEqual([before?.state, before?.captureCount, before?.captured], ['capture-pending', 0, eur(0)])
        await fails('refused', psp.void({ key: 'v', pspReference, reason: 'test' }))
        await advance(LATER_MS)
        const after = await psp.query({ pspReference })
        assert.deepEqual([after?.state, after?.captureCount, after?.captured], ['captured', 1, eur(10_00)])
      },
    })),
    ...withCard(cards.captureLaterRefused, (card) => ({
      'a capture that is accepted and then refused took nothing; a hold that is still there can be given back': async ({
        psp,
        advance,
      }) => {
        const { pspReference } = await hold(psp, card)
        assert.equal((await take(psp, pspReference)).status, 'pending')
        await advance(LATER_MS)
        const after = await psp.query({ pspReference })
        assert.deepEqual([after?.captureCount, after?.captured], [0, eur(0)])
        await fails('refused', psp.refund({ key: 'r', pspReference, amount: eur(1), creditRef: 'credit' }))
        if (after?.state === 'capture-failed') return assert.deepEqual(after.held, eur(0))
        assert.deepEqual([after?.state, after?.held], ['authorized', eur(50_00)])
        assert.equal((await psp.void({ key: 'v', pspReference, reason: 'test' })).status, 'voided')
      },
    })),
    ...withCard(cards.captureFailsAfterwards, (card) => ({
      'a capture that fails after it was done is seen by query': async ({ psp, advance }) => {
        const { pspReference } = await hold(psp, card)
        await take(psp, pspReference)
        await advance(LATER_MS)
        const after = await psp.query({ pspReference })
        assert.deepEqual([after?.state, after?.captureCount, after?.captured], ['capture-failed', 0, eur(0)])
      },
    })),
    ...withCard(cards.captureTwice, (card) => ({
      'a double capture is seen by query, and what was too much can be refunded': async ({ psp }) => {
        const { pspReference } = await hold(psp, card)
        await take(psp, pspReference)
        const twice = await psp.query({ pspReference })
        assert.deepEqual([twice?.captureCount, twice?.captured], [2, eur(20_00)])
        await psp.refund({ key: 'r', pspReference, amount: eur(10_00), creditRef: 'double-capture' })
        assert.deepEqual((await psp.query({ pspReference }))?.refunded, eur(10_00))
      },
    })),
  }
}
