/** What Adyen does: its terminal, and the changes of a payment that it accepts first and decides later. */
import type { Json } from '../openapi/reduce.ts'
import type { Answered, Asked } from '../stand-in.ts'
import { terminal } from './description.ts'

/** What the card before the terminal makes Adyen do. */
export interface Card {
  readonly brand: 'visa' | 'mc'
  readonly last4: string
  /** An error condition of the terminal, and what the acquirer said. */
  readonly failure?: readonly [condition: string, reason: string]
  /** The hold stands all the same. */
  readonly stands?: true
  /** The terminal does not say which card it is. */
  readonly nameless?: true
  /** So much of what is asked for is on the card: the issuer declines, or approves that part where it may. */
  readonly part?: number
  /** The first request to this path is answered like this. */
  readonly first?: Readonly<Record<string, 'cut-before' | 'cut-after' | 'rate-limited'>>
  /** The same for the second one. */
  readonly second?: Readonly<Record<string, 'cut-after'>>
  readonly refused?: readonly string[]
  /** Modifications whose message says no. */
  readonly fails?: readonly string[]
  /** `later-refused`: the first one; another one is taken. */
  readonly capture?: 'later' | 'later-refused' | 'failed-afterwards' | 'refused-afterwards' | 'recaptured' | 'twice'
}

export interface Payment {
  readonly pspReference: string
  readonly reference: string
  readonly serviceId: string
  readonly currency: string
  readonly card: Card
  readonly response: Json
}

export interface World {
  readonly now: () => number
  readonly payments: Map<string, Payment>
  /** Of payments whose capture was refused once. */
  readonly refusedOnce: Set<string>
  /** Tells a message after so many milliseconds of the test's clock. */
  readonly tell: (event: Event, afterMs?: number) => void
  readonly reference: () => string
  card: Card
}

export interface Event {
  readonly code: string
  readonly payment: Payment
  readonly id: string
  readonly value: number
  readonly success: boolean
  readonly reason?: string
}

export const ACCOUNT = 'PlugtillTest'
/** A capture that is decided later is decided within what the suite waits. */
const LATER_MS = 5_000

export function failed(status: number, errorCode: string, message: string): Answered {
  return { status, body: { status, errorCode, message, errorType: 'validation' } }
}

const EVENTS: Readonly<Record<string, string>> = {
  amountUpdates: 'AUTHORISATION_ADJUSTMENT',
  cancels: 'CANCELLATION',
  captures: 'CAPTURE',
  refunds: 'REFUND',
}

/** Received; the message follows. */
export function modify(
  world: World,
  word: string,
  { body, payment }: { readonly body: Json; readonly payment: Payment },
): Answered {
  const { card, pspReference } = payment
  if (card.refused?.includes(word)) return failed(422, '167', 'Original pspReference required for this operation')
  const id = world.reference()
  const amount = body['amount'] as { readonly value: number } | undefined
  const event = {
    code: EVENTS[word] ?? '',
    payment,
    id,
    value: amount?.value ?? 0,
    success: !card.fails?.includes(word),
  }
  if (word !== 'captures') world.tell(event)
  else tellCapture(world, event)
  return {
    status: 201,
    body: {
      ...{ status: 'received', merchantAccount: ACCOUNT, pspReference: id, paymentPspReference: pspReference },
      ...{ reference: body['reference'], ...(amount && { amount }) },
    },
  }
}

function tellCapture(world: World, event: Event): void {
  const { card, pspReference } = event.payment
  const { capture } = card
  const refused = capture === 'later-refused' && !world.refusedOnce.has(pspReference)
  if (refused) world.refusedOnce.add(pspReference)
  world.tell({ ...event, success: !refused }, refused || capture === 'later' ? LATER_MS : 0)
  if (capture === 'failed-afterwards' || capture === 'recaptured')
    world.tell({ ...event, code: 'CAPTURE_FAILED' }, LATER_MS)
  if (capture === 'refused-afterwards') world.tell({ ...event, success: false }, LATER_MS)
  if (capture === 'recaptured') world.tell({ ...event, reason: 'Transaction Recaptured' }, 2 * LATER_MS)
  if (capture === 'twice') world.tell({ ...event, id: world.reference() })
}

/** The terminal's answer to one message. */
export function atTerminal(world: World, { body }: Asked): Answered {
  const { MessageHeader: header, ...rest } = body['SaleToPOIRequest'] as Json & { MessageHeader: Json }
  const category = String(header['MessageCategory'])
  const request = Object.values(rest)[0] as Json
  const answer = (content: Json): Answered => ({
    status: 200,
    body: {
      SaleToPOIResponse: { MessageHeader: { ...header, MessageType: 'Response' }, [`${category}Response`]: content },
    },
  })
  if (category === 'Payment') return answer(pay(world, String(header['ServiceID']), request))
  if (category === 'TransactionStatus') return answer(status(world, request, header))
  if (category === 'CardAcquisition') return answer(acquire(world, request))
  if (category === 'EnableService') return answer({ Response: { Result: 'Success' } })
  return { status: 200, body: 'ok' }
}

const poiData = (id: string) => ({ POITransactionID: { TransactionID: id, TimeStamp: '2026-03-01T12:00:00.000Z' } })

function instrument({ brand, last4, nameless }: Card): Json {
  if (nameless) return { PaymentInstrumentType: 'Card', CardData: { PaymentBrand: brand, EntryMode: ['Contactless'] } }
  const token = { TokenRequestedType: 'Customer', TokenValue: `alias-${brand}-${last4}` }
  const data = {
    PaymentBrand: brand,
    MaskedPan: `411111 **** ${last4}`,
    EntryMode: ['Contactless'],
    PaymentToken: token,
  }
  return { PaymentInstrumentType: 'Card', CardData: data }
}

function pay(world: World, serviceId: string, { SaleData, PaymentTransaction }: Json): Json {
  const { card } = world
  const options = new URLSearchParams(String((SaleData as Json)['SaleToAcquirerData'])).get('tenderOption')?.split(',')
  const short = card.part !== undefined && !options?.includes('AllowPartialAuthorisation')
  const [condition, reason] = card.failure ?? (short ? ['Refusal', 'Not enough balance'] : [])
  const { Currency, RequestedAmount } = (PaymentTransaction as Json)['AmountsReq'] as {
    Currency: string
    RequestedAmount: number
  }
  const pspReference = world.reference()
  const content = terminal.sample('PaymentResponse', {
    Response: condition
      ? {
          Result: 'Failure',
          ErrorCondition: condition,
          AdditionalResponse: new URLSearchParams({ refusalReason: reason ?? '' }).toString(),
        }
      : {
          Result: 'Success',
          AdditionalResponse: `pspReference=${pspReference}&AID=A0000000031010${card.nameless ? '' : `&alias=alias-${card.brand}-${card.last4}`}`,
        },
    SaleData,
    POIData: poiData(`TENDER1.${pspReference}`),
    PaymentResult: {
      AmountsResp: { Currency, AuthorizedAmount: condition ? 0 : RequestedAmount * (card.part ?? 1) },
      PaymentAcquirerData: { MerchantID: ACCOUNT, AcquirerPOIID: 'V400m-1', ApprovalCode: '123456' },
      PaymentInstrumentData: instrument(card),
    },
  })
  if (condition === 'Busy') return content
  const reference = String(((SaleData as Json)['SaleTransactionID'] as Json)['TransactionID'])
  const payment = { pspReference, reference, serviceId, currency: Currency, card, response: content }
  world.payments.set(pspReference, payment)
  const value = Math.round(RequestedAmount * (/^(CVE|IDR|JPY)$/.test(Currency) ? 1 : 100) * (card.part ?? 1))
  world.tell({
    code: 'AUTHORISATION',
    payment,
    id: pspReference,
    value,
    success: condition === undefined || card.stands === true,
  })
  return content
}

function status({ payments }: World, { MessageReference }: Json, header: Json): Json {
  const serviceId = (MessageReference as Json)['ServiceID']
  const found = [...payments.values()].find((one) => one.serviceId === serviceId)
  if (!found) return { Response: { Result: 'Failure', ErrorCondition: 'NotFound' } }
  return {
    Response: { Result: 'Success' },
    RepeatedMessageResponse: {
      MessageHeader: { ...header, MessageType: 'Response', MessageCategory: 'Payment' },
      RepeatedResponseMessageBody: { PaymentResponse: found.response },
    },
  }
}

function acquire({ card }: World, { SaleData }: Json): Json {
  return {
    ...{ Response: { Result: 'Success' }, SaleData, POIData: poiData('TENDER2') },
    PaymentInstrumentData: instrument(card),
  }
}
