/** Adyen's standard webhook: items, each with its own HMAC over the fields that matter. */
import type { NotificationRequestItem } from '@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js'
import type { PspHint } from '../psp.ts'
import { PspError } from '../psp.ts'
import { masked } from '../without-card-numbers.ts'
import type { AdyenClient } from './client.ts'
import type { AdyenConfig } from './config.ts'
import type { Note } from './notes.ts'

/** One genuine item: what it tells, and which payment it is about. */
export interface Message {
  readonly hint: PspHint
  readonly note: Omit<Note, 'seq' | 'at'>
}

/** Events about a payment of ours; everything else is genuine and not our concern. */
const OURS =
  /^(AUTHORISATION|AUTHORISATION_ADJUSTMENT|CAPTURE|CAPTURE_FAILED|CANCELLATION|CANCEL_OR_REFUND|TECHNICAL_CANCEL|REFUND|REFUND_FAILED|REFUNDED_REVERSED|EXPIRE)$/

const MOST_ITEMS = 100

export function messagesIn(body: string, { hmac }: Pick<AdyenClient, 'hmac'>, config: AdyenConfig): readonly Message[] {
  const items = itemsIn(body)
  if (!items.every((item) => signed(item, hmac, config)))
    throw new PspError('refused', 'The message is not genuine: no HMAC key signed it, or it is for another account.')
  // What is noted stays: whatever looks like a card number in any of its fields, genuine or by chance, is masked before. (T30)
  return items.filter(({ eventCode }) => OURS.test(String(eventCode))).map((item) => messageOf(masked(item)))
}

function itemsIn(body: string): readonly NotificationRequestItem[] {
  try {
    const { notificationItems } = JSON.parse(body) as {
      notificationItems?: readonly { NotificationRequestItem?: NotificationRequestItem }[]
    }
    const items = (notificationItems ?? []).flatMap(({ NotificationRequestItem: item }) => item ?? [])
    if (items.length > 0 && items.length <= MOST_ITEMS && items.length === notificationItems?.length) return items
  } catch {
    // Said below, for everything that is no such message.
  }
  throw new PspError('refused', 'The message is no standard webhook of Adyen.')
}

/** Two keys are valid while one replaces the other. Without an amount nothing can be signed, and the library throws. */
function signed(item: NotificationRequestItem, hmac: AdyenClient['hmac'], config: AdyenConfig): boolean {
  const { merchantAccountCode, additionalData, amount } = item
  const signature: unknown = additionalData?.['hmacSignature']
  if (merchantAccountCode !== config.merchantAccount || typeof signature !== 'string') return false
  if (typeof amount !== 'object' || amount === null) return false
  return config.hmacKeys.map((key) => hmac.validateHMAC(item, key)).includes(true)
}

function messageOf(item: NotificationRequestItem): Message {
  const { pspReference, originalReference, merchantReference = '', amount, reason = '' } = item
  const code = String(item.eventCode)
  const success = String(item.success) === 'true'
  const payment = originalReference || pspReference
  // The same capture may be told as done, as failed and as done again: only its date makes that another event.
  const eventId = [code, pspReference, success, item.eventDate].join(':')
  const money = { amountMinor: amount.value ?? 0, currency: amount.currency ?? '' }
  const { cardSummary, paymentMethod, alias } = { paymentMethod: item.paymentMethod, ...item.additionalData } as {
    readonly [name: string]: string | undefined
  }
  return {
    hint: { eventId, pspReference: payment, ...(merchantReference && { reference: merchantReference }) },
    note: {
      kind: 'told',
      operation: code,
      key: '',
      reference: merchantReference,
      pspReference: payment,
      eventId,
      body: {
        id: pspReference,
        success,
        date: Date.parse(String(item.eventDate)),
        amount: money,
        reason,
        cardSummary,
        paymentMethod,
        alias,
      },
    },
  }
}
