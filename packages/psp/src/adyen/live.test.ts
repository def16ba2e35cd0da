import { expect, test } from 'vitest'
import { httpSend } from '../http/client.ts'
import { READER } from '../psp.ts'
import { openNotes } from './notes.ts'
import { createAdyenPsp } from './provider.ts'

/** A key of your own test account. Never used in CI; docs/guides/payment-providers.md says how. */
const apiKey = process.env['PLUGTILL_TEST_ADYEN_KEY'] ?? ''
const merchantAccount = process.env['PLUGTILL_TEST_ADYEN_ACCOUNT'] ?? ''
/** A terminal of that account, with somebody who holds a test card before it. */
const poiId = process.env['PLUGTILL_TEST_ADYEN_TERMINAL'] ?? ''
const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

test.skipIf(apiKey === '' || merchantAccount === '' || poiId === '')(
  'Adyen in its test world: a hold on a terminal, asked about, captured below the hold',
  { timeout: 180_000 },
  async () => {
    const clock = {
      now: Date.now,
      after: (delayMs: number, task: () => void) => {
        const timer = setTimeout(task, delayMs)
        return () => clearTimeout(timer)
      },
    }
    const config = { apiKey, merchantAccount, hmacKeys: [], environment: 'test', settleMs: 1_000 } as const
    const notes = openNotes()
    const psp = createAdyenPsp({ config, clock, notes, send: httpSend, readerOf: async () => poiId, ids: () => 'id' })
    const run = `plugtill-${Date.now()}`
    const ask = { key: `${run}-a`, reference: run, terminalId: 't', card: READER, amount: money(50_00) }
    const held = await psp.authorize(ask)
    expect(held).toMatchObject({ status: 'approved', authorized: money(50_00) })
    expect(await psp.authorize(ask)).toEqual(held)
    const { pspReference } = held
    // Its messages go to the webhook of the account, not here: accepted is all there is to see.
    const capture = { key: `${run}-c`, pspReference, amount: money(12_34), cdrRef: 'cdr' }
    expect((await psp.capture(capture)).status).toBe('pending')
    expect((await psp.query({ reference: run }))?.state).toBe('capture-pending')
    notes.close()
  },
)
