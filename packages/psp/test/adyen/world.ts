/** The provider of Adyen on the stand-in, with a clock that a test moves. */
import { openNotes } from '../../src/adyen/notes.ts'
import { createAdyenPsp } from '../../src/adyen/provider.ts'
import { httpSend } from '../../src/http/client.ts'
import type { Money, Psp } from '../../src/psp.ts'
import { READER } from '../../src/psp.ts'
import { ACCOUNT, type Card } from './routes.ts'
import { type AdyenStandIn, adyenStandIn, HMAC_KEY } from './stand-in.ts'

export const visa: Card = { brand: 'visa', last4: '1111' }
export const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const open: AdyenStandIn[] = []
const ends: (() => unknown)[] = []

/** Ends every world of a case; what did not fit the descriptions. */
export async function endWorlds(): Promise<readonly string[]> {
  const findings = open.splice(0).flatMap((one) => one.findings)
  for (const end of ends.splice(0).reverse()) await end()
  return findings
}

export const settings = {
  apiKey: 'key-of-the-stand-in-for-adyen',
  merchantAccount: ACCOUNT,
  environment: 'test',
} as const

/** One driver before a terminal of Adyen; `deaf`: no message arrives by itself. */
export async function world(card: Card = visa, { deaf = false }: { readonly deaf?: boolean } = {}) {
  const time = { now: Date.parse('2026-03-01T12:00:00Z') }
  const hears = { is: !deaf }
  let psp: Psp | undefined
  let ids = 0
  const deliver = async (message: { body: string; headers: Readonly<Record<string, string>> }) =>
    hears.is ? psp?.ingest(message) : undefined
  const adyen = await adyenStandIn({ now: () => time.now, deliver })
  open.push(adyen)
  const notes = openNotes()
  ends.push(notes.close, adyen.close)
  adyen.present(card)
  const clock = {
    now: () => time.now,
    after: (delayMs: number, task: () => void) => {
      const timer = setTimeout(task, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const config = { ...settings, hmacKeys: [HMAC_KEY], baseUrl: adyen.url, settleMs: 50, pollMs: 5 }
  const readerOf = async (terminalId: string) => ({ t1: 'V400m-1', t3: 'V400m-3' })[terminalId]
  psp = createAdyenPsp({ config, clock, notes, send: httpSend, readerOf, ids: () => `id-${++ids}` })
  const hold = (key = 'k', amount: Money = eur(50_00)) =>
    (psp as Psp).authorize({ key, reference: 'p1', terminalId: 't1', card: READER, amount })
  return { psp, adyen, time, hold, hears, notes }
}
