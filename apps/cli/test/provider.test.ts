import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { httpSend } from '@plugtill/psp/http/client'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { listen } from '@plugtill/psp/simulated/standalone/listen'
import { createSimulatedService } from '@plugtill/psp/simulated/standalone/serve'
import { afterEach, expect, test } from 'vitest'
import { masked, originsOf, readConfig } from '../src/config.ts'
import type { Exit } from '../src/exit.ts'
import { type Provider, providerOf, refuseStrangers } from '../src/provider.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function provider(env: Readonly<Record<string, string>>): Promise<Provider> {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-provider-'))
  const made = await providerOf(readConfig({ env }), { folder, readerOf: async () => undefined })
  ends.push(() => rmSync(folder, { recursive: true }), made.close)
  return made
}

const hmac = 'A'.repeat(64)
const stripe = {
  PLUGTILL_PSP: 'stripe',
  PLUGTILL_PSP_API_KEY: 'sk_test_12345678',
  PLUGTILL_PSP_WEBHOOK_SECRETS: 'whsec_12345678',
}
const adyen = {
  PLUGTILL_PSP: 'adyen',
  PLUGTILL_PSP_API_KEY: 'AQE-a-key-of-adyen-000',
  PLUGTILL_PSP_MERCHANT_ACCOUNT: 'PlugtillNL',
  PLUGTILL_PSP_WEBHOOK_SECRETS: `${hmac},${hmac}`,
}

test.each([
  [{}, 'simulated', 'approved'],
  [stripe, 'stripe', 'reader'],
  [adyen, 'adyen', 'reader'],
  [
    {
      PLUGTILL_PSP: 'simulated-http',
      PLUGTILL_PSP_URL: 'http://127.0.0.1:1',
      PLUGTILL_PSP_API_KEY: 'k',
      PLUGTILL_PSP_WEBHOOK_SECRETS: 's',
    },
    'simulated-http',
    'approved',
  ],
])('%j is the provider %s, and its first card is %s', async (env, name, card) => {
  const { psp, cardTray } = await provider(env as Record<string, string>)
  expect([psp.name, cardTray[0]]).toEqual([name, card])
})

test.each([
  [
    { PLUGTILL_PSP: 'paypal' },
    'PLUGTILL_PSP is "paypal"; it has to be one of simulated, simulated-http, stripe, adyen.',
  ],
  [
    { PLUGTILL_PSP: 'stripe' },
    'The payment provider is stripe: set PLUGTILL_PSP_API_KEY, PLUGTILL_PSP_WEBHOOK_SECRETS as well.',
  ],
  [
    { ...adyen, PLUGTILL_PSP_MERCHANT_ACCOUNT: '' },
    'The payment provider is adyen: set PLUGTILL_PSP_MERCHANT_ACCOUNT as well.',
  ],
  [
    { PLUGTILL_PSP_API_KEY: 'sk_test_12345678' },
    'PLUGTILL_PSP_API_KEY is set, but the payment provider is simulated: set PLUGTILL_PSP to the provider it belongs to.',
  ],
  [
    { ...stripe, PLUGTILL_PSP_API_KEY: 'pk_test_12345678' },
    'The payment provider cannot work like this: the Stripe API key has to begin with sk_test_, sk_live_, rk_test_ or rk_live_.',
  ],
  [
    { ...adyen, PLUGTILL_PSP_WEBHOOK_SECRETS: 'secret-hmac' },
    'The payment provider cannot work like this: an Adyen HMAC key has 64 hexadecimal digits.',
  ],
  [
    { ...adyen, PLUGTILL_PSP_ENVIRONMENT: 'live' },
    'The payment provider cannot work like this: Adyen live needs the live prefix of its endpoints.',
  ],
])('%j stops with one line', (env, line) => {
  let told: Exit | undefined
  try {
    readConfig({ env: env as Record<string, string> })
  } catch (error) {
    told = error as Exit
  }
  expect([told?.status, told?.message]).toEqual([2, line])
  expect(line).not.toMatch(/_test_12345678|secret-hmac/)
})

test('keys of a provider are shown as stars', () => {
  const shown = originsOf({ env: { ...adyen } }).map((origin) => [origin.setting.env, masked(origin)])
  expect(Object.fromEntries(shown)).toMatchObject({
    PLUGTILL_PSP: 'adyen',
    PLUGTILL_PSP_API_KEY: '***',
    PLUGTILL_PSP_WEBHOOK_SECRETS: '***',
    PLUGTILL_PSP_MERCHANT_ACCOUNT: 'PlugtillNL',
  })
})

test('a key that does not fit stops the start with one line; a provider that is away does not', async () => {
  const clock = { now: Date.now, after: () => () => undefined }
  const ledger = openLedger()
  const service = createSimulatedService({ ledger, clock, random: () => 0, apiKey: 'right' })
  const listening = await listen(service)
  ends.push(ledger.close)
  const env = { PLUGTILL_PSP: 'simulated-http', PLUGTILL_PSP_URL: listening.url, PLUGTILL_PSP_WEBHOOK_SECRETS: 's' }
  const away: unknown[] = []
  const ask = async (key: string) =>
    refuseStrangers({ main: await provider({ ...env, PLUGTILL_PSP_API_KEY: key }) }, (error) => away.push(error))
  await ask('right')
  await expect(ask('wrong')).rejects.toMatchObject({
    status: 3,
    message: 'The payment provider simulated-http does not let us in. The API key is missing or wrong.',
  })
  expect(away).toEqual([])
  await listening.close()
  await ask('right')
  expect(away).toMatchObject([{ kind: 'unavailable' }])
})

test('the ledger of a provider of its own is read over HTTP', async () => {
  const clock = { now: () => 1_772_366_400_000, after: () => () => undefined }
  const ledger = openLedger()
  const listening = await listen(createSimulatedService({ ledger, clock, random: () => 0, apiKey: 'right' }))
  ends.push(ledger.close, listening.close)
  const made = await provider({
    ...{ PLUGTILL_PSP: 'simulated-http', PLUGTILL_PSP_URL: listening.url },
    ...{ PLUGTILL_PSP_API_KEY: 'right', PLUGTILL_PSP_WEBHOOK_SECRETS: 's' },
  })
  const amount = { amountMinor: 5000, currency: 'EUR' }
  await made.psp.authorize({ key: 'k', reference: 'p1', terminalId: 't', card: 'approved', amount })
  expect(await made.ledger?.()).toEqual([
    {
      reference: 'p1',
      operation: 'authorize',
      amount: { amount_minor: 5000, currency: 'EUR' },
      status: 'approved',
      at: '2026-03-01T12:00:00.000Z',
    },
  ])
  expect(
    (await httpSend({ method: 'GET', url: `${listening.url}/v1/ledger`, headers: {}, timeoutMs: 5_000 })).status,
  ).toBe(401)
})
