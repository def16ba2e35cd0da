import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ACCOUNT, type Card } from '../../test/adyen/routes.ts'
import { type AdyenStandIn, adyenStandIn, HMAC_KEY } from '../../test/adyen/stand-in.ts'
import type { ContractSubject } from '../contract/steps.ts'
import { pspContract } from '../contract.ts'
import { httpSend } from '../http/client.ts'
import type { Psp } from '../psp.ts'
import { READER } from '../psp.ts'
import { openNotes } from './notes.ts'
import { createAdyenPsp } from './provider.ts'

const visa = (last4: string, more: Partial<Card> = {}): Card => ({ brand: 'visa', last4, ...more })

/** Cards a driver may hold before the terminal, by the name the suite calls them. */
const wallet = {
  approved: visa('1111'),
  other: { brand: 'mc', last4: '4444' },
  declined: visa('0002', { failure: ['Refusal', 'Not enough balance'] }),
  pinNeeded: visa('0003', { failure: ['Refusal', 'Online PIN required'] }),
  partialApproval: visa('0014', { part: 0.5 }),
  authorizeAnswerLost: visa('0004', { first: { payment: 'cut-after' } }),
  authorizeRequestLost: visa('0005', { first: { payment: 'cut-before' } }),
  unavailable: visa('0006', { failure: ['Busy', ''] }),
  captureRefused: visa('0007', { refused: ['captures'] }),
  captureUnavailableOnce: visa('0008', { first: { captures: 'rate-limited' } }),
  captureAnswerLost: visa('0009', { first: { captures: 'cut-after' } }),
  voidRefused: visa('0010', { refused: ['cancels'] }),
  voidUnavailableOnce: visa('0011', { first: { cancels: 'rate-limited' } }),
  incrementDeclined: visa('0012', { fails: ['amountUpdates'] }),
  incrementAnswerLost: visa('0013', { first: { amountUpdates: 'cut-after' } }),
  captureLater: visa('0015', { capture: 'later' }),
  captureLaterRefused: visa('0016', { capture: 'later-refused' }),
  captureFailsAfterwards: visa('0017', { capture: 'failed-afterwards' }),
  captureTwice: visa('0018', { capture: 'twice' }),
} satisfies Readonly<Record<string, Card>>
const cards = Object.fromEntries(Object.keys(wallet).map((name) => [name, name])) as Record<keyof typeof wallet, string>

const ends: (() => unknown)[] = []
const open: AdyenStandIn[] = []
const spoken = new Set<string>()
afterEach(async () => {
  const findings = open.flatMap((one) => one.findings)
  for (const one of open.splice(0)) for (const words of one.spoken) spoken.add(words)
  for (const end of ends.splice(0).reverse()) await end()
  expect(findings).toEqual([])
})

/** A driver stands before the terminal with the card that the case names. */
function withDriver(psp: Psp, { present }: AdyenStandIn): Psp {
  const held = (card: string) => {
    const found = wallet[card as keyof typeof wallet] as Card | undefined
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
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-adyen-'))
  ends.push(() => rmSync(folder, { recursive: true }))
  let psp: Psp | undefined
  const adyen = await adyenStandIn({ now: () => now, deliver: async (message) => psp?.ingest(message) })
  open.push(adyen)
  ends.push(adyen.close)
  const clock = {
    now: () => now,
    after: (delayMs: number, task: () => void) => {
      const timer = setTimeout(task, delayMs)
      return () => clearTimeout(timer)
    },
  }
  let ids = 0
  const make = () => {
    const notes = openNotes({ file: join(folder, 'notes.sqlite') })
    ends.push(notes.close)
    psp = createAdyenPsp({
      ...{ clock, notes, send: httpSend, readerOf: async () => 'V400m-1', ids: () => `id-${++ids}` },
      config: {
        ...{ apiKey: 'key-of-the-stand-in-for-adyen', merchantAccount: ACCOUNT, environment: 'test' },
        ...{ hmacKeys: ['00'.repeat(32), HMAC_KEY], baseUrl: adyen.url, settleMs: 300, pollMs: 5 },
      },
    })
    return withDriver(psp, adyen)
  }
  return {
    psp: make(),
    now: () => now,
    advance: async (ms) => {
      now += ms
      await adyen.due()
    },
    messages: async () => adyen.messages,
    reopen: make,
  }
}

describe('Adyen, on a stand-in that is held against its public descriptions', () => {
  pspContract(test, subject, { cards })
  test('the suite spoke every operation that is described, and the terminal', () => {
    const names = [...spoken].map((one) => one.replace(/ (\d+|cut)$/, ''))
    expect([...new Set(names)].sort()).toEqual([
      `POST /v1/merchants/${ACCOUNT}/devices/V400m-1/sync`,
      'POST /v72/payments/{paymentPspReference}/amountUpdates',
      'POST /v72/payments/{paymentPspReference}/cancels',
      'POST /v72/payments/{paymentPspReference}/captures',
      'POST /v72/payments/{paymentPspReference}/refunds',
    ])
  })
})
