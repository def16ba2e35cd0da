import { expect, test } from 'vitest'
import { httpSend } from '../http/client.ts'
import { READER } from '../psp.ts'
import { createStripePsp } from './provider.ts'

/** A test key of your own account: sk_test_…. Never used in CI; docs/guides/payment-providers.md says how. */
const apiKey = process.env['PLUGTILL_TEST_STRIPE_KEY'] ?? ''
/** A simulated reader of that account: tmr_…, registered with the code simulated-wpe. */
const readerId = process.env['PLUGTILL_TEST_STRIPE_READER'] ?? ''
const currency = process.env['PLUGTILL_TEST_STRIPE_CURRENCY'] ?? 'EUR'
const money = (amountMinor: number) => ({ amountMinor, currency })

test.skipIf(!apiKey.startsWith('sk_test_') || readerId === '')(
  'Stripe in its test mode: hold, capture below the hold, refund, and a hold given back',
  { timeout: 120_000 },
  async () => {
    const clock = {
      now: Date.now,
      after: (delayMs: number, task: () => void) => {
        const timer = setTimeout(task, delayMs)
        return () => clearTimeout(timer)
      },
    }
    const psp = createStripePsp({ config: { apiKey, webhookSecrets: [] }, clock, readerOf: async () => readerId })
    const run = `plugtill-${Date.now()}`
    const tap = async () => {
      await new Promise((done) => setTimeout(done, 3_000))
      const url = `https://api.stripe.com/v1/test_helpers/terminal/readers/${readerId}/present_payment_method`
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/x-www-form-urlencoded' }
      expect((await httpSend({ method: 'POST', url, headers, body: '', timeoutMs: 20_000 })).status).toBe(200)
    }
    const hold = async (name: string) => {
      const ask = {
        key: `${run}-${name}`,
        reference: `${run}-${name}`,
        terminalId: 't',
        card: READER,
        amount: money(50_00),
      }
      const [held] = await Promise.all([psp.authorize(ask), tap()])
      expect(held).toMatchObject({ status: 'approved', authorized: money(50_00) })
      return held.pspReference
    }
    const pspReference = await hold('a')
    expect((await psp.query({ reference: `${run}-a` }))?.state).toBe('authorized')
    const capture = { key: `${run}-c`, pspReference, amount: money(12_34), cdrRef: 'cdr' }
    expect(await psp.capture(capture)).toMatchObject({ status: 'captured', released: money(37_66) })
    await psp.refund({ key: `${run}-r`, pspReference, amount: money(2_34), creditRef: 'credit' })
    expect(await psp.query({ pspReference })).toMatchObject({ captured: money(12_34), refunded: money(2_34) })
    const second = await hold('b')
    expect((await psp.void({ key: `${run}-v`, pspReference: second, reason: 'test' })).status).toBe('voided')
  },
)
