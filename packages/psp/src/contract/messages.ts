import assert from 'node:assert/strict'
import type { Cases, ContractCards, ContractSubject } from './steps.ts'
import { eur, fails, hold, LATER_MS, withCard } from './steps.ts'

const CARD_NUMBER = '4242424242424242'

/** What the provider tells by itself: a hint that is genuine or none. */
export function messageCases(cards: ContractCards): Cases {
  const sent = async ({ psp, messages }: ContractSubject) => {
    const { pspReference } = await hold(psp, cards.approved)
    await psp.capture({ key: 'c', pspReference, amount: eur(12_34), cdrRef: 'cdr' })
    const all = (await messages?.()) ?? []
    assert.ok(all.length > 0, 'a provider with messages sends one for a capture')
    return { pspReference, all }
  }
  return {
    'a genuine message names the payment by our reference or the provider’s': async (subject) => {
      if (!subject.psp.capabilities.webhooks) return
      const { pspReference, all } = await sent(subject)
      for (const message of all) {
        const [hint] = await subject.psp.ingest(message)
        assert.ok(hint?.eventId)
        assert.ok(hint.reference === 'p1' || hint.pspReference === pspReference)
      }
    },
    'the same message twice is the same event': async (subject) => {
      if (!subject.psp.capabilities.webhooks) return
      const [message] = (await sent(subject)).all
      assert.ok(message)
      assert.deepEqual(await subject.psp.ingest(message), await subject.psp.ingest(message))
    },
    'messages in any order and number change nothing that query tells': async (subject) => {
      if (!subject.psp.capabilities.webhooks) return
      const { pspReference, all } = await sent(subject)
      const before = await subject.psp.query({ pspReference })
      for (const message of [...all, ...all].reverse()) await subject.psp.ingest(message)
      assert.deepEqual(await subject.psp.query({ pspReference }), before)
    },
    'a message that was changed, has no signature or another one is refused': async (subject) => {
      if (!subject.psp.capabilities.webhooks) return
      const { psp } = subject
      for (const { body, headers, forged } of (await sent(subject)).all) {
        assert.notEqual(forged, body)
        await fails('refused', psp.ingest({ body: forged, headers }))
        await fails('refused', psp.ingest({ body: `${body}`.slice(0, -1), headers }))
      }
      await fails('refused', psp.ingest({ body: '', headers: {} }))
      await fails('refused', psp.ingest({ body: '[]', headers: {} }))
    },
    'without messages a message is answered with not-supported': async ({ psp }) => {
      if (!psp.capabilities.webhooks) await fails('not-supported', psp.ingest({ body: '{}', headers: {} }))
    },
  }
}

/** No card number passes the port. */
export function cardNumberCases(cards: ContractCards): Cases {
  return {
    'a card number in place of a token is refused, and nothing is asked': async ({ psp }) => {
      const error = await fails('refused', hold(psp, CARD_NUMBER))
      assert.doesNotMatch(error.message, /\d{5}/)
      assert.equal(await psp.query({ reference: 'p1' }), undefined)
    },
    'of a message that is not genuine nothing is repeated': async ({ psp }) => {
      if (!psp.capabilities.webhooks) return
      const body = `{"number":"${CARD_NUMBER}"}`
      const error = await fails('refused', psp.ingest({ body, headers: { number: CARD_NUMBER } }))
      assert.doesNotMatch(error.message, /\d{5}/)
    },
    'a card has a fingerprint, a brand and four digits': async ({ psp }) => {
      const { card } = await hold(psp, cards.approved)
      assert.ok(card.fingerprint.length > 0 && card.brand.length > 0)
      assert.match(card.masked, /^[^0-9]*[0-9]{4}$/)
    },
  }
}

/** What the provider will pay out. */
export function settlementCases(cards: ContractCards): Cases {
  return {
    'the settlement of a period holds its captures and refunds, each once': async ({ psp, now, advance }) => {
      const since = now()
      if (!psp.capabilities.settlementReport) {
        await fails('not-supported', psp.settlement({ since, until: since + 1 }))
        return
      }
      const { pspReference } = await hold(psp, cards.approved)
      await psp.capture({ key: 'c', pspReference, amount: eur(30_00), cdrRef: 'cdr' })
      await advance(60_000)
      await psp.refund({ key: 'r', pspReference, amount: eur(10_00), creditRef: 'credit' })
      const all = await psp.settlement({ since, until: now() + 1_000 })
      assert.deepEqual(
        all.map(({ reference, kind, amount }) => [reference, kind, amount]),
        [
          ['p1', 'capture', eur(30_00)],
          ['p1', 'refund', eur(10_00)],
        ],
      )
      assert.deepEqual(await psp.settlement({ since: now() + 1_000, until: now() + 2_000 }), [])
    },
    ...withCard(cards.captureFailsAfterwards, (card) => ({
      'the settlement shows a capture that failed afterwards as taken and taken back': async ({
        psp,
        now,
        advance,
      }) => {
        const since = now()
        if (!psp.capabilities.settlementReport) return
        const { pspReference } = await hold(psp, card)
        await psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
        await advance(LATER_MS)
        await psp.query({ pspReference })
        const all = await psp.settlement({ since, until: now() + 1_000 })
        assert.deepEqual(
          all.map(({ kind, amount }) => [kind, amount]),
          [
            ['capture', eur(10_00)],
            ['reversal', eur(10_00)],
          ],
        )
      },
    })),
  }
}
