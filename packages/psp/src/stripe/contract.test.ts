import { afterEach, describe, expect, test } from 'vitest'
import type { Card } from '../../test/stripe/objects.ts'
import { READER_ID } from '../../test/stripe/routes.ts'
import { SECRET, type StripeStandIn, stripeStandIn } from '../../test/stripe/stand-in.ts'
import type { ContractSubject } from '../contract/steps.ts'
import { pspContract } from '../contract.ts'
import type { Psp } from '../psp.ts'
import { READER } from '../psp.ts'
import { createStripePsp } from './provider.ts'

/** Cards a driver may hold before the reader, by the name the suite calls them. */
const wallet: Readonly<Record<string, Card>> = {
  approved: { brand: 'visa', last4: '4242' },
  other: { brand: 'mastercard', last4: '4444' },
  declined: { brand: 'visa', last4: '0002', decline: 'generic_decline' },
  pinNeeded: { brand: 'visa', last4: '0003', decline: 'online_or_offline_pin_required' },
  authorizeAnswerLost: { brand: 'visa', last4: '0004', first: { process_payment_intent: 'cut-after' } },
  authorizeRequestLost: { brand: 'visa', last4: '0005', first: { payment_intents: 'cut-before' } },
  unavailable: { brand: 'visa', last4: '0006', first: { payment_intents: 'rate-limited' } },
  captureRefused: {
    brand: 'visa',
    last4: '0007',
    always: { capture: { status: 402, type: 'card_error', code: 'card_declined' } },
  },
  captureUnavailableOnce: { brand: 'visa', last4: '0008', first: { capture: 'rate-limited' } },
  captureAnswerLost: { brand: 'visa', last4: '0009', first: { capture: 'cut-after' } },
  voidRefused: { brand: 'visa', last4: '0010', always: { cancel: { code: 'payment_intent_unexpected_state' } } },
  voidUnavailableOnce: { brand: 'visa', last4: '0011', first: { cancel: 'rate-limited' } },
  incrementDeclined: {
    brand: 'visa',
    last4: '0012',
    always: { increment_authorization: { status: 402, type: 'card_error', code: 'card_declined' } },
  },
  incrementAnswerLost: { brand: 'visa', last4: '0013', first: { increment_authorization: 'cut-after' } },
}
const cards = Object.fromEntries(Object.keys(wallet).map((name) => [name, name])) as {
  readonly approved: string
  readonly other: string
}

const open: StripeStandIn[] = []
const spoken = new Set<string>()
afterEach(async () => {
  const findings = open.flatMap((one) => one.findings)
  for (const one of open.splice(0)) {
    for (const words of one.spoken) spoken.add(words)
    await one.close()
  }
  expect(findings).toEqual([])
})

/** A driver stands before the reader with the card that the case names. */
function withDriver(psp: Psp, { present }: StripeStandIn): Psp {
  const held = (card: string) => {
    const found = wallet[card]
    if (found) present(found)
    return found ? READER : card
  }
  return {
    ...psp,
    authorize: (o) => psp.authorize({ ...o, card: held(o.card) }),
    identify: (card, at) => psp.identify(held(card), at),
  }
}

async function subject(): Promise<ContractSubject> {
  let now = Date.parse('2026-03-01T12:00:00Z')
  const stripe = await stripeStandIn(() => now)
  open.push(stripe)
  const clock = {
    now: () => now,
    after: (delayMs: number, task: () => void) => {
      const timer = setTimeout(task, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const config = {
    apiKey: 'sk_test_standin0',
    webhookSecrets: ['whsec_next_secret', SECRET],
    baseUrl: stripe.url,
    pollMs: 2,
  }
  const make = () => withDriver(createStripePsp({ config, clock, readerOf: async () => READER_ID }), stripe)
  return {
    psp: make(),
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    messages: async () => stripe.messages,
    reopen: make,
  }
}

describe('Stripe, on a stand-in that is held against its public description', () => {
  pspContract(test, subject, { cards })
  test('the suite spoke every operation that is described', () => {
    const names = [...spoken].map((one) => one.replace(/ (\d+|cut)$/, ''))
    expect([...new Set(names)].sort()).toEqual([
      'GET /v1/balance_transactions',
      'GET /v1/payment_intents',
      'GET /v1/payment_intents/search',
      'GET /v1/payment_intents/{intent}',
      'GET /v1/refunds',
      'GET /v1/terminal/readers/{reader}',
      'POST /v1/payment_intents',
      'POST /v1/payment_intents/{intent}/cancel',
      'POST /v1/payment_intents/{intent}/capture',
      'POST /v1/payment_intents/{intent}/increment_authorization',
      'POST /v1/refunds',
      'POST /v1/terminal/readers/{reader}/collect_payment_method',
      'POST /v1/terminal/readers/{reader}/process_payment_intent',
    ])
  })
})
