/** The hold at the terminal, and what became of one whose answer was lost. */
import { checkKey, checkMoney, checkReader, readerAt } from '../checks.ts'
import type { Authorization, AuthorizeRequest, PspPayment } from '../psp.ts'
import { PspError } from '../psp.ts'
import { adyenCapabilities } from './capabilities.ts'
import type { Desk } from './desk.ts'
import type { Note } from './notes.ts'
import type { AskedAuthorize, Decided } from './payment.ts'
import { abort, endOf, pay, serviceIdOf, statusOf, type Word } from './terminal.ts'

const EXAMPLE = 'V400m-324688179'

export async function authorize(desk: Desk, o: AuthorizeRequest): Promise<Authorization> {
  const { key, ...rest } = o
  checkKey(key, adyenCapabilities)
  checkMoney(o.amount)
  checkReader(o.card)
  const poiId = await readerAt(desk.readerOf, o.terminalId, EXAMPLE)
  const { reference, terminalId, card, consentRef, amount } = rest
  const request = JSON.stringify([
    'authorize',
    reference,
    terminalId,
    card,
    consentRef,
    amount.amountMinor,
    amount.currency,
  ])
  return desk.once(key, request, async () => {
    const noted = desk.notes.find({ key }).find(({ kind }) => kind === 'asked')
    const decided = noted && (decidedOf(desk, noted)?.body as Decided | undefined)
    if (decided && 'authorized' in decided) return standing(desk, decided)
    // Asked before without an answer, or never taken up: the terminal is asked what it knows before it is asked again.
    const earlier = noted && !decided ? await resolve(desk, noted) : undefined
    if (earlier && earlier !== 'not-found') return standing(desk, answerOf(earlier))
    return begin(desk, noted ?? ask(desk, { key, reference, request, poiId, terminalId, amount }))
  })
}

/** Approved is what stands: a hold that has been given back since, or has run out, pays for no energy. */
function standing(desk: Desk, answer: Authorization): Authorization {
  const { state = '' } = desk.foldOf(answer.pspReference)?.payment ?? {}
  if (answer.status === 'declined' || !/^(voided|expired)$/.test(state)) return answer
  const authorized = { ...answer.authorized, amountMinor: 0 }
  const gone = { decline: 'no-card', reason: 'The card was approved, and the hold is gone again.' } as const
  return { ...answer, status: 'declined', authorized, ...gone }
}

/** The last word about it. Where the terminal said that there is no hold, a signed message about one knows better. */
export function decidedOf(desk: Desk, noted: Note): Note | undefined {
  const last = () => desk.notes.find({ key: noted.key }).findLast(({ kind }) => kind === 'decided')
  const known = last()
  return known && !isApproved(known) && isNewest(desk, noted) && adopt(desk, noted) ? last() : known
}

const isApproved = ({ body }: Note) => (body as Decided).status === 'approved'

/** A reference may have been tried again under another key: what is told of it then belongs to that one. */
const isNewest = ({ notes }: Desk, { key, reference }: Note): boolean =>
  notes.find({ reference }).findLast(({ kind, operation }) => kind === 'asked' && operation === 'authorize')?.key ===
  key

function ask(
  desk: Desk,
  o: Pick<AuthorizeRequest, 'key' | 'reference' | 'terminalId' | 'amount'> & {
    readonly request: string
    readonly poiId: string
  },
): Note {
  const { key, reference, ...rest } = o
  const timeStamp = new Date(desk.clock.now()).toISOString()
  const body: AskedAuthorize = { ...rest, serviceId: serviceIdOf(key), timeStamp }
  const note = desk.note({ kind: 'asked', operation: 'authorize', key, reference, pspReference: '', body })
  if (note === undefined) throw new PspError('unavailable', 'The notes about Adyen cannot be written.')
  return note
}

async function begin(desk: Desk, noted: Note): Promise<Authorization> {
  const asked = noted.body as AskedAuthorize
  try {
    return answerOf(keep(desk, noted, await pay(desk, asked, noted.reference)))
  } catch (error) {
    if (error instanceof PspError && error.kind === 'unknown-outcome') await abort(desk, asked)
    throw error
  }
}

/** What the terminal or a message of Adyen tells about a request without an answer. */
export async function resolve(desk: Desk, noted: Note): Promise<Word> {
  return adopt(desk, noted) ?? keep(desk, noted, await statusOf(desk, noted.body as AskedAuthorize, desk.clock.now()))
}

/** What is told without asking the terminal. */
export function adopt(desk: Desk, noted: Note): Word | undefined {
  const adopted = adoptedFrom(desk, noted)
  return adopted && keep(desk, noted, adopted)
}

function keep(desk: Desk, { key, reference }: Note, word: Word): Word {
  if (word === 'in-progress' || word === 'not-found') return word
  const body: Decided = word === 'busy' ? { status: 'not-taken' } : word
  const pspReference = word === 'busy' ? '' : word.pspReference
  desk.note({ kind: 'decided', operation: 'authorize', key, reference, pspReference, body })
  return word
}

function answerOf(word: Word): Authorization {
  if (typeof word === 'object') return word
  if (word === 'busy')
    throw new PspError('unavailable', 'The terminal is busy or cannot work. Nothing is held.', { answered: true })
  throw new PspError('unknown-outcome', 'The terminal is still at work. Ask with query.', { answered: true })
}

/** The signed message about an approved hold that the terminal has not told. A refusal the terminal tells. */
function adoptedFrom({ notes }: Desk, { reference, body }: Note): Authorization | undefined {
  const all = notes.find({ reference })
  const claimed = all.filter((one) => one.kind === 'decided' && isApproved(one)).map(({ pspReference }) => pspReference)
  const told = all.find(
    (one) =>
      one.kind === 'told' &&
      one.operation === 'AUTHORISATION' &&
      (one.body as Seen).success &&
      !claimed.includes(one.pspReference),
  )
  if (told === undefined) return undefined
  const { pspReference } = told
  const { amount, cardSummary = '', paymentMethod = 'card', alias = '' } = told.body as Seen
  const brand = paymentMethod === 'mc' ? 'Mastercard' : paymentMethod.charAt(0).toUpperCase() + paymentMethod.slice(1)
  const masked = `**** ${cardSummary}`.trimEnd()
  return {
    status: 'approved',
    pspReference,
    authorized: amount,
    captureBefore: endOf(body as AskedAuthorize, brand),
    card: { fingerprint: alias || pspReference, brand, masked },
    eftData: [`${brand} ${masked}`, `PSP REFERENCE ${pspReference}`],
  }
}

interface Seen {
  readonly success: boolean
  readonly amount: Authorization['authorized']
  readonly cardSummary?: string
  readonly paymentMethod?: string
  readonly alias?: string
}

/** The view of a request the terminal is still at work with. */
export function pending({ at, reference, body }: Note): PspPayment {
  const { terminalId, amount } = body as AskedAuthorize
  const nothing = { amountMinor: 0, currency: amount.currency }
  return {
    ...{ reference, terminalId, state: 'pending', pspReference: '', createdAt: at, captureBefore: at, captureCount: 0 },
    ...{ authorized: nothing, held: nothing, captured: nothing, refunded: nothing },
    card: { fingerprint: '', brand: 'Card', masked: '****' },
    eftData: [],
  }
}
