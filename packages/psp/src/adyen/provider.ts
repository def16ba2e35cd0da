import { checkReader, readerAt } from '../checks.ts'
import { inOwnUnits } from '../own-units.ts'
import type { Psp, PspHint, PspPayment } from '../psp.ts'
import { PspError, whenReading } from '../psp.ts'
import { withoutCardNumbers } from '../without-card-numbers.ts'
import { adyenUnits } from './amounts.ts'
import { adopt, authorize, decidedOf, pending, resolve } from './authorize.ts'
import { adyenCapabilities } from './capabilities.ts'
import { adjust, capture, refund, voidHold } from './changes.ts'
import { type AdyenParts, createDesk, type Desk } from './desk.ts'
import type { Note } from './notes.ts'
import type { AskedAuthorize } from './payment.ts'
import { acquire } from './terminal.ts'
import { messagesIn } from './webhooks.ts'

/** Adyen behind the port: a pre-authorisation on a terminal in its cloud, changed and captured by its Checkout API. */
export function createAdyenPsp(parts: AdyenParts): Psp {
  const desk = createDesk(parts)
  const psp: Psp = {
    name: 'adyen',
    capabilities: adyenCapabilities,
    authorize: (o) => authorize(desk, o),
    increment: (o) => adjust(desk, 'increment', o),
    reduce: (o) => adjust(desk, 'reduce', o),
    capture: (o) => capture(desk, o),
    void: (o) => voidHold(desk, o),
    refund: (o) => refund(desk, o),
    query: async ({ reference, pspReference }) => {
      if (pspReference !== undefined) return foldedPayment(desk, pspReference)
      const asked = desk.notes.find({ reference: reference ?? '' })
      const newest = asked.findLast(({ kind, operation }) => kind === 'asked' && operation === 'authorize')
      return newest && paymentOf(desk, newest)
    },
    list: (period) => listed(desk, period),
    settlement: async () => {
      throw new PspError('not-supported', 'Adyen gives its settlement detail report as a file to a report user.')
    },
    ingest: (message) => ingest(desk, message.body),
    identify: async (card, at) => {
      checkReader(card)
      return acquire(desk, await readerAt(desk.readerOf, at?.terminalId ?? '', 'V400m-324688179'), desk.ids())
    },
  }
  return withoutCardNumbers(inOwnUnits(psp, adyenUnits))
}

/** A terminal that is away hides no other payment: its own are pending, for nobody can say yet, and it is asked once. */
async function listed(
  desk: Desk,
  { since, until = Number.POSITIVE_INFINITY }: Parameters<Psp['list']>[0],
): Promise<readonly PspPayment[]> {
  const payments: PspPayment[] = []
  const away = new Set<string>()
  for (const noted of desk.notes.authorizations(since).filter(({ at }) => at < until)) {
    const { poiId } = noted.body as AskedAuthorize
    const isUntold = away.has(poiId) && decidedOf(desk, noted) === undefined && adopt(desk, noted) === undefined
    const payment = isUntold
      ? pending(noted)
      : await paymentOf(desk, noted).catch((error: unknown) => {
          if (!(error instanceof PspError)) throw error
          away.add(poiId)
          return pending(noted)
        })
    if (payment) payments.push(payment)
  }
  return payments
}

/** The payment of an authorization that was asked: as noted, or as the terminal tells now. */
async function paymentOf(desk: Desk, noted: Note): Promise<PspPayment | undefined> {
  const known = decidedOf(desk, noted)
  if (known) return known.pspReference === '' ? undefined : foldedPayment(desk, known.pspReference)
  const word = await resolve(desk, noted).catch(whenReading)
  if (word === 'in-progress') return pending(noted)
  return typeof word === 'string' ? undefined : desk.foldOf(word.pspReference)?.payment
}

/** What Adyen has told. About a change whose answer was lost only a message tells, so one is waited for. */
async function foldedPayment(desk: Desk, pspReference: string): Promise<PspPayment | undefined> {
  const folded = await desk.settle(() => {
    const now = desk.foldOf(pspReference)
    return now === undefined || now.lost.length === 0 ? { now } : undefined
  })
  return (folded?.now ?? desk.foldOf(pspReference))?.payment
}

/** Every genuine item is noted, for there is no other way to learn it. */
async function ingest(desk: Desk, body: string): Promise<readonly PspHint[]> {
  const messages = messagesIn(body, await desk.client(), desk.config)
  for (const { note } of messages) desk.note(note)
  return messages.map(({ hint }) => hint)
}
