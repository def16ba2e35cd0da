/** A payment terminal of Adyen, spoken to through its cloud: messages of the Terminal API and what they mean. */
import { createHash } from 'node:crypto'
import type { Authorization, CardFace, Decline } from '../psp.ts'
import { PspError } from '../psp.ts'
import { majorOf, minorOf } from './amounts.ts'
import { adyenCapabilities } from './capabilities.ts'
import type { Desk } from './desk.ts'
import type { AskedAuthorize } from './payment.ts'

const SALE_ID = 'Plugtill'

/** Ten characters that follow from the key: the same key is the same transaction for the terminal. */
export const serviceIdOf = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 10).toUpperCase()

/** What comes back from a terminal, as far as it matters here. */
interface Answer {
  readonly Response?: {
    readonly Result?: string
    readonly ErrorCondition?: string
    readonly AdditionalResponse?: string
  }
  readonly POIData?: { readonly POITransactionID?: { readonly TransactionID?: string } }
  readonly PaymentResult?: {
    readonly AmountsResp?: { readonly Currency?: string; readonly AuthorizedAmount?: number }
    readonly PaymentAcquirerData?: { readonly ApprovalCode?: string }
    readonly PaymentInstrumentData?: Instrument
  }
  readonly PaymentInstrumentData?: Instrument
  readonly RepeatedMessageResponse?: { readonly RepeatedResponseMessageBody?: { readonly PaymentResponse?: Answer } }
}

interface Instrument {
  readonly CardData?: {
    readonly PaymentBrand?: string
    readonly MaskedPan?: string
    readonly EntryMode?: readonly string[]
    readonly PaymentToken?: { readonly TokenValue?: string }
  }
}

type Category = 'Payment' | 'TransactionStatus' | 'Abort' | 'CardAcquisition' | 'EnableService'

async function say(
  { client, config }: Desk,
  category: Category,
  { poiId, serviceId, body }: { readonly poiId: string; readonly serviceId: string; readonly body: object },
): Promise<Answer> {
  const { devices } = await client()
  const header = {
    ...{ ProtocolVersion: '3.0', MessageClass: 'Service', MessageCategory: category, MessageType: 'Request' },
    ...{ ServiceID: serviceId, SaleID: SALE_ID, POIID: poiId },
  }
  const request = { SaleToPOIRequest: { MessageHeader: header, [`${category}Request`]: body } }
  const answer: unknown = await devices.sync(config.merchantAccount, poiId, request as never)
  const { SaleToPOIResponse: response } = (answer ?? {}) as { SaleToPOIResponse?: Record<string, Answer> }
  const found = response?.[`${category}Response`]
  // The cloud answers with an event when it heard nothing from the terminal: the request may have arrived there.
  if (!found)
    throw new PspError('unknown-outcome', `Terminal ${poiId} gave no answer. Ask with query.`, { answered: true })
  return found
}

/** `busy`: the terminal did not take the request up. */
export type Word = Authorization | 'busy' | 'in-progress' | 'not-found'

export async function pay(desk: Desk, asked: AskedAuthorize, reference: string): Promise<Word> {
  const body = {
    SaleData: {
      SaleTransactionID: { TransactionID: reference, TimeStamp: asked.timeStamp },
      // Without the option an issuer that has less than this on the card declines. (F05)
      SaleToAcquirerData: `tenderOption=AllowPartialAuthorisation&authorisationType=PreAuth&manualCapture=true&metadata.plugtill_terminal=${encodeURIComponent(asked.terminalId)}`,
    },
    PaymentTransaction: {
      AmountsReq: { Currency: asked.amount.currency, RequestedAmount: majorOf(asked.amount) },
    },
  }
  const answer = await say(desk, 'Payment', { poiId: asked.poiId, serviceId: asked.serviceId, body })
  return wordOf(answer, asked)
}

/** Asks the terminal what became of an earlier request. (Verify transaction status, by its ServiceID) */
export async function statusOf(desk: Desk, asked: AskedAuthorize, now: number): Promise<Word> {
  const reference = { MessageCategory: 'Payment', SaleID: SALE_ID, ServiceID: asked.serviceId }
  const answer = await say(desk, 'TransactionStatus', {
    poiId: asked.poiId,
    serviceId: serviceIdOf(`${asked.serviceId}|${now}`),
    body: { MessageReference: reference },
  })
  const repeated = answer.RepeatedMessageResponse?.RepeatedResponseMessageBody?.PaymentResponse
  if (repeated) return wordOf(repeated, asked)
  const condition = answer.Response?.ErrorCondition
  if (condition === 'NotFound') return 'not-found'
  if (condition === 'InProgress') return 'in-progress'
  throw new PspError(
    'unavailable',
    `Terminal ${asked.poiId} does not tell what became of the payment (${condition}).`,
    { answered: true },
  )
}

/** Frees the terminal. Whether that came in time, the status tells. */
export async function abort(desk: Desk, asked: AskedAuthorize): Promise<void> {
  const reference = { MessageCategory: 'Payment', SaleID: SALE_ID, ServiceID: asked.serviceId }
  const serviceId = serviceIdOf(`${asked.serviceId}|abort`)
  const body = { AbortReason: 'MerchantAbort', MessageReference: reference }
  await say(desk, 'Abort', { poiId: asked.poiId, serviceId, body }).catch(() => undefined)
}

/** Which card the terminal sees; no money is asked for. */
export async function acquire(desk: Desk, poiId: string, id: string): Promise<CardFace> {
  const body = {
    SaleData: {
      SaleTransactionID: { TransactionID: id, TimeStamp: new Date(desk.clock.now()).toISOString() },
      TokenRequestedType: 'Customer',
    },
    CardAcquisitionTransaction: {},
  }
  const answer = await say(desk, 'CardAcquisition', { poiId, serviceId: serviceIdOf(id), body })
  const { Result, ErrorCondition } = answer.Response ?? {}
  if (Result !== 'Success')
    throw new PspError('refused', `The terminal could not read a card (${ErrorCondition ?? 'no reason'}).`)
  // Without this the terminal waits for the payment that usually follows.
  const end = { TransactionAction: 'AbortTransaction' }
  await say(desk, 'EnableService', { poiId, serviceId: serviceIdOf(`${id}|end`), body: end }).catch(() => undefined)
  return faceOf(answer.PaymentInstrumentData, additionalOf(answer), id)
}

/** The terminal is at work with something else, or cannot work: nothing was begun. */
const NOT_BEGUN = /^(Busy|DeviceOut|LoggedOut|UnavailableDevice|UnavailableService|UnreachableHost)$/

function wordOf(answer: Answer, asked: AskedAuthorize): Word {
  const { Result, ErrorCondition = '' } = answer.Response ?? {}
  if (ErrorCondition === 'InProgress') return 'in-progress'
  if (Result === 'Failure' && NOT_BEGUN.test(ErrorCondition)) return 'busy'
  const { AmountsResp, PaymentAcquirerData, PaymentInstrumentData } = answer.PaymentResult ?? {}
  const more = additionalOf(answer)
  const approved = Result === 'Success' || Result === 'Partial'
  const pspReference = referenceOf(answer, more) ?? `${asked.poiId}:${asked.serviceId}`
  const card = faceOf(PaymentInstrumentData, more, pspReference)
  const authorized = minorOf(AmountsResp?.AuthorizedAmount ?? 0, AmountsResp?.Currency ?? asked.amount.currency)
  const [entry] = PaymentInstrumentData?.CardData?.EntryMode ?? []
  const eftData = [
    `${card.brand} ${card.masked}${entry === 'Contactless' || entry === 'Tapped' ? ' CONTACTLESS' : ''}`,
    more.get('applicationLabel') && `APPLICATION ${more.get('applicationLabel')}`,
    more.get('AID') && `AID ${more.get('AID')}`,
    PaymentAcquirerData?.ApprovalCode && `AUTH CODE ${PaymentAcquirerData.ApprovalCode}`,
    `PSP REFERENCE ${pspReference}`,
  ].flatMap((line) => (line ? [line.replace(/[^\x20-\x7e]/g, '?').slice(0, 255)] : []))
  return {
    status: approved ? 'approved' : 'declined',
    pspReference,
    authorized: approved ? authorized : { amountMinor: 0, currency: asked.amount.currency },
    captureBefore: approved ? endOf(asked, card.brand) : Date.parse(asked.timeStamp),
    card,
    eftData,
    ...(!approved && declineOf(ErrorCondition, more)),
  }
}

/** Counted from our asking, however late the answer is read: at most the wait for the card too early, never too late. */
export function endOf({ timeStamp }: AskedAuthorize, brand: string): number {
  const windows = adyenCapabilities.holdWindowMs
  return Date.parse(timeStamp) + (windows[brand] ?? windows.other)
}

function declineOf(condition: string, more: URLSearchParams): { reason: string; decline: Decline } {
  const told = more.get('refusalReason') ?? more.get('message') ?? ''
  const pin = /pin/i.test(told) || condition === 'WrongPIN'
  const decline = pin
    ? 'pin-needed'
    : condition === 'Cancel'
      ? 'cancelled'
      : condition === 'Aborted'
        ? 'no-card'
        : 'issuer'
  return { decline, reason: `${condition}${told && `: ${told.slice(0, 200)}`}` || 'Refused.' }
}

/** Written as a form, or as JSON in base64 where the terminal is set so. */
function additionalOf({ Response }: Answer): URLSearchParams {
  const text = Response?.AdditionalResponse ?? ''
  if (!/^ey[\w+/=]+$/.test(text)) return new URLSearchParams(text)
  try {
    const { additionalData = {} } = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as {
      additionalData?: Record<string, string>
    }
    return new URLSearchParams(additionalData)
  } catch {
    return new URLSearchParams()
  }
}

/** `TENDER.PSPREFERENCE` in the terminal's own transaction id. */
const referenceOf = ({ POIData }: Answer, more: URLSearchParams) =>
  more.get('pspReference') ?? POIData?.POITransactionID?.TransactionID?.split('.')[1]

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mc: 'Mastercard',
  maestro: 'Maestro',
  cartebancaire: 'Cartes Bancaires',
  amex: 'American Express',
}

/** Where nothing tells one card from another, `own` stands for it: it is never the same as another one. */
function faceOf(instrument: Instrument | undefined, more: URLSearchParams, own: string): CardFace {
  const { PaymentBrand = more.get('paymentMethod') ?? 'card', MaskedPan, PaymentToken } = instrument?.CardData ?? {}
  const last4 = /(\d{4})\D*$/.exec(MaskedPan ?? '')?.[1] ?? more.get('cardSummary') ?? ''
  const alias = more.get('alias') ?? PaymentToken?.TokenValue
  // Without an alias the visible digits and the expiry have to do: rarely two cards share them.
  const digits = `${PaymentBrand}|${MaskedPan ?? last4}|${more.get('expiryYear') ?? ''}${more.get('expiryMonth') ?? ''}`
  const seen = last4 === '' ? `only ${own}` : createHash('sha256').update(digits).digest('hex').slice(0, 32)
  return {
    fingerprint: alias || seen,
    brand: BRANDS[PaymentBrand] ?? PaymentBrand.charAt(0).toUpperCase() + PaymentBrand.slice(1),
    masked: `**** ${last4}`.trimEnd(),
  }
}
