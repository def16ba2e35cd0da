import assert from 'node:assert/strict'
import type { Cases, ContractCards } from './steps.ts'
import { eur, fails, hold, withCard } from './steps.ts'

/** Taking a hold. */
export function authorizeCases(cards: ContractCards): Cases {
  return {
    'an approved card holds the amount asked for': async ({ psp, now }) => {
      const held = await hold(psp, cards.approved)
      assert.equal(held.status, 'approved')
      assert.deepEqual(held.authorized, eur(50_00))
      assert.ok(held.captureBefore > now())
      assert.notEqual(held.pspReference, '')
    },
    'the hold window is the one of the brand': async ({ psp, now }) => {
      const held = await hold(psp, cards.approved)
      const windows = psp.capabilities.holdWindowMs
      assert.ok(Math.abs(held.captureBefore - now() - (windows[held.card.brand] ?? windows.other)) <= 60_000)
    },
    'receipt data is printable ASCII, at least one line, none above 255 characters': async ({ psp }) => {
      const { eftData } = await hold(psp, cards.approved)
      assert.ok(eftData.length > 0)
      for (const line of eftData) assert.match(line, /^[\x20-\x7e]{1,255}$/)
    },
    'no card number leaves the port, only the last four digits': async ({ psp }) => {
      const held = await hold(psp, cards.approved)
      assert.match(held.card.masked, /^[^0-9]*[0-9]{4}$/)
      assert.doesNotMatch(JSON.stringify(held.eftData), /\b[0-9]{12,19}\b/)
    },
    'an amount that is not a whole number of minor units above zero is refused': async ({ psp }) => {
      for (const wrong of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
        await fails('refused', hold(psp, cards.approved, eur(wrong)))
      }
      assert.equal(await psp.query({ reference: 'p1' }), undefined)
    },
    'a currency that is no code is refused': async ({ psp }) => {
      await fails('refused', hold(psp, cards.approved, { amountMinor: 100, currency: 'eur' }))
    },
    'one reference may hold twice under two keys, as two payments': async ({ psp }) => {
      const first = await hold(psp, cards.approved)
      const second = await psp.authorize({
        key: 'p1-auth-again',
        reference: 'p1',
        terminalId: 't1',
        card: cards.approved,
        amount: eur(50_00),
      })
      assert.notEqual(first.pspReference, second.pspReference)
      assert.equal((await psp.list({ since: 0 })).length, 2)
    },
  }
}

/** Answers other than yes, and answers that do not arrive. */
export function approvalCases(cards: ContractCards): Cases {
  return {
    ...withCard(cards.declined, (card) => ({
      'a declined card holds nothing and says why': async ({ psp }) => {
        const answer = await hold(psp, card)
        assert.equal(answer.status, 'declined')
        assert.deepEqual(answer.authorized, eur(0))
        assert.ok(answer.reason)
        assert.equal((await psp.query({ reference: 'p1' }))?.state, 'declined')
      },
      'a declined payment cannot be captured': async ({ psp }) => {
        const { pspReference } = await hold(psp, card)
        await fails('refused', psp.capture({ key: 'c', pspReference, amount: eur(1), cdrRef: 'cdr' }))
      },
    })),
    ...withCard(cards.partialApproval, (card) => ({
      'a partial approval holds less than was asked, and no more can be captured': async ({ psp }) => {
        const { authorized, pspReference } = await hold(psp, card)
        assert.ok(authorized.amountMinor > 0 && authorized.amountMinor < 50_00)
        const amount = eur(authorized.amountMinor + 1)
        await fails('refused', psp.capture({ key: 'c1', pspReference, amount, cdrRef: 'cdr' }))
        const capture = await psp.capture({ key: 'c2', pspReference, amount: authorized, cdrRef: 'cdr' })
        assert.deepEqual(capture.captured, authorized)
      },
    })),
    ...withCard(cards.pinOnDevice, (card) => ({
      'a bank that wants the PIN says so, and holds once the device has verified it': async ({ psp }) => {
        const o = { reference: 'p1', terminalId: 't1', card, amount: eur(60_00) }
        const without = await psp.authorize({ ...o, key: 'p1-tap' })
        assert.equal(without.status, 'declined')
        assert.equal(without.decline, 'pin-needed')
        const withPin = await psp.authorize({ ...o, key: 'p1-pin', verified: 'pin' })
        assert.equal(withPin.status, 'approved')
        assert.deepEqual(withPin.authorized, eur(60_00))
        await fails('refused', psp.authorize({ ...o, key: 'p1-pin' }))
      },
    })),
    ...withCard(cards.authorizeAnswerLost, (card) => ({
      'a lost answer is an unknown outcome, and query tells that the hold exists': async ({ psp }) => {
        const error = await fails('unknown-outcome', hold(psp, card))
        assert.deepEqual([error.retry, error.answered], [true, false])
        assert.equal((await psp.query({ reference: 'p1' }))?.state, 'authorized')
      },
      'after a lost answer the same key gets the answer and no second hold': async ({ psp }) => {
        await fails('unknown-outcome', hold(psp, card))
        assert.equal((await hold(psp, card)).status, 'approved')
        assert.equal((await psp.list({ since: 0 })).length, 1)
      },
    })),
    ...withCard(cards.authorizeRequestLost, (card) => ({
      'a lost question is an unknown outcome, and query tells that nothing is held': async ({ psp }) => {
        await fails('unknown-outcome', hold(psp, card))
        assert.equal(await psp.query({ reference: 'p1' }), undefined)
      },
    })),
    ...withCard(cards.unavailable, (card) => ({
      'an unavailable provider holds nothing and may be asked again': async ({ psp }) => {
        assert.equal((await fails('unavailable', hold(psp, card))).retry, true)
        assert.equal(await psp.query({ reference: 'p1' }), undefined)
      },
    })),
  }
}

/** Keys. */
export function idempotencyCases(cards: ContractCards): Cases {
  return {
    'the same key with the same request gets the stored answer': async ({ psp }) => {
      const first = await hold(psp, cards.approved)
      assert.deepEqual(await hold(psp, cards.approved), first)
      assert.equal((await psp.list({ since: 0 })).length, 1)
    },
    'the same key with another request is refused': async ({ psp }) => {
      await hold(psp, cards.approved)
      await fails('refused', hold(psp, cards.approved, eur(60_00)))
      // Where the card is before the reader and not in the request, another card is not another request.
      if (psp.capabilities.identify === 'token') await fails('refused', hold(psp, cards.other))
    },
    'the order of the fields does not make it another request': async ({ psp }) => {
      const first = await hold(psp, cards.approved)
      const again = await psp.authorize({
        amount: { currency: 'EUR', amountMinor: 50_00 },
        card: cards.approved,
        terminalId: 't1',
        reference: 'p1',
        key: 'p1-auth',
      })
      assert.deepEqual(again, first)
    },
    'a key belongs to one operation': async ({ psp }) => {
      const { pspReference } = await hold(psp, cards.approved)
      await fails('refused', psp.void({ key: 'p1-auth', pspReference, reason: 'test' }))
    },
    'two calls at once with one key make one hold': async ({ psp }) => {
      const [a, b] = await Promise.all([hold(psp, cards.approved), hold(psp, cards.approved)])
      assert.deepEqual(a, b)
      assert.equal((await psp.list({ since: 0 })).length, 1)
    },
    'an empty or too long key is refused': async ({ psp }) => {
      const rest = { reference: 'p1', terminalId: 't1', card: cards.approved, amount: eur(1_00) }
      await fails('refused', psp.authorize({ ...rest, key: '' }))
      await fails('refused', psp.authorize({ ...rest, key: 'k'.repeat(psp.capabilities.idempotency.maxKeyLength + 1) }))
    },
    'what was booked and answered survives a restart': async ({ psp, reopen }) => {
      const first = await hold(psp, cards.approved)
      const later = (await reopen?.()) ?? psp
      assert.deepEqual(await hold(later, cards.approved), first)
      assert.equal((await later.list({ since: 0 })).length, 1)
    },
  }
}
