/** What is written about payments in all books, read for many of them at once. */
import type { Documents } from '@plugtill/engine/documents'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import type { PeerStore } from '@plugtill/ocpi/peers'
import type { PspPayment } from '@plugtill/psp/psp'
import { billKeyOf } from '../cdr-intake.ts'
import { adviceKey, takesNoAdvice } from '../effects/advise.ts'
import { accountOf } from '../effects/ask-psp.ts'
import type { Payment } from '../payment/payment.ts'
import { readable } from '../readable.ts'
import type { Accounts } from './accounts.ts'
import type { Books } from './compare.ts'
import { issuedFor } from './receipt-check.ts'

export interface ProviderBooks {
  readonly accounts: Accounts
  readonly recordOf: (payment: Payment) => PspPayment | undefined
}

export interface WrittenDown {
  readonly documents: Pick<Documents, 'many'>
  readonly peers: Pick<PeerStore, 'get'>
}

export async function booksOf(
  { documents, peers }: WrittenDown,
  payments: readonly Payment[],
  { accounts, recordOf }: ProviderBooks,
): Promise<readonly Books[]> {
  const cdrs = await documents.many(
    'cdrs',
    payments.flatMap((payment) => billKeyOf(payment) ?? []),
  )
  const advices = await documents.many(
    'advices',
    payments.flatMap(({ peerId, advice }) => (advice ? [adviceKey(peerId, advice.id)] : [])),
  )
  const takes = await takersAmong(peers, payments)
  return payments.map((payment) => {
    const { peerId, advice } = payment
    const cdrDoc = cdrs.get(billKeyOf(payment) ?? '')
    const adviceDoc = advice && advices.get(adviceKey(peerId, advice.id))
    const record = recordOf(payment)
    const settled = accounts.settled(payment)
    const bill = cdrDoc && readable(() => JSON.parse(cdrDoc.body) as CdrReceived)
    const advised = adviceDoc && readable(() => JSON.parse(adviceDoc.body) as FinancialAdviceConfirmation)
    const receipt = issuedFor(payment, bill)
    return {
      payment,
      ...(bill && { cdr: bill, cdrUntouched: cdrDoc?.untouched === true }),
      ...(receipt && { receipt }),
      ...(advised && { advice: advised }),
      ...(record && { record }),
      ...(settled && { settled }),
      ...(!accounts.isRead(accountOf(payment)) && { unread: true as const }),
      takesAdvice: takes.has(peerId),
    }
  })
}

async function takersAmong(peers: WrittenDown['peers'], payments: readonly Payment[]): Promise<ReadonlySet<string>> {
  const takers = new Set<string>()
  for (const peerId of new Set(payments.map((payment) => payment.peerId)))
    if (!takesNoAdvice(await peers.get(peerId))) takers.add(peerId)
  return takers
}
