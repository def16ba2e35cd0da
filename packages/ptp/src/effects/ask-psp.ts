/** The way to the provider: the account of the payment's contract, one key per operation, every answer in the timeline. */
import type { Journal } from '@plugtill/engine/journal'
import { type Psp, PspError, type PspErrorKind, type PspPayment } from '@plugtill/psp/psp'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { type PspOperation, pspKey, type Round } from './psp-key.ts'

export interface MoneyParts {
  readonly psp: Psp
  /** Further accounts, by the name that contracts give them. */
  readonly pspAccounts?: Readonly<Record<string, Psp>>
  readonly journal: Journal
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly keySecret: string
  /** Whether the provider answered: taps are refused while it does not. (F74) */
  readonly onPsp?: (account: string | undefined, answered: boolean) => void
}

export type MoneyEffect = (payment: Payment, attempt: number) => Promise<PaymentEvent | void>

type Accounts = Pick<MoneyParts, 'psp' | 'pspAccounts'>

/** Undefined: it is configured no longer. */
export const configuredPsp = (parts: Accounts, account: string | undefined): Psp | undefined =>
  account === undefined ? parts.psp : parts.pspAccounts?.[account]

/** An account that is gone from the configuration is a fault of ours: nothing moves over another one instead. */
export function pspOf(parts: Accounts, account: string | undefined): Psp {
  const found = configuredPsp(parts, account)
  if (!found)
    throw new PspError(
      'unavailable',
      `No provider account "${account}" is configured. Configure it again: its payments wait.`,
    )
  return found
}

export const accountOf = (payment: Payment): string | undefined => payment.terms?.pspAccount

/** Calls the provider and writes what it said into the payment's timeline. */
export async function ask<T extends object>(
  parts: MoneyParts,
  payment: Payment,
  { operation, call }: { readonly operation: PspOperation; readonly call: (psp: Psp) => Promise<T> },
): Promise<T | PspError> {
  const account = accountOf(payment)
  const named = {
    operation,
    provider: (account && parts.pspAccounts?.[account]?.name) ?? parts.psp.name,
    ...(account && { account }),
  }
  try {
    const answer = await call(pspOf(parts, account))
    parts.onPsp?.(account, true)
    await parts.journal.write(payment.id, 'psp', { ...named, answer })
    return answer
  } catch (error) {
    if (!(error instanceof PspError)) throw error
    parts.onPsp?.(account, error.answered)
    await parts.journal.write(payment.id, 'psp', { ...named, error: { kind: error.kind, message: error.message } })
    return error
  }
}

/** The provider's own record of the payment: the truth after an unknown outcome. */
export async function lookUp(parts: MoneyParts, payment: Payment): Promise<PspPayment | undefined> {
  const { pspReference } = payment
  const psp = pspOf(parts, accountOf(payment))
  const found = await psp.query(pspReference ? { pspReference } : { reference: payment.id })
  await parts.journal.write(payment.id, 'psp', {
    operation: 'query',
    provider: psp.name,
    answer: found ?? 'no record',
  })
  return found
}

/** The provider has taken money, whatever our books say. (F75) */
export const hasTaken = ({ captureCount, captured }: PspPayment): boolean =>
  captureCount > 0 && captured.amountMinor > 0

/** What it has taken, for books that do not know of it. */
export const captureIn = (record: PspPayment, { adviceId, at }: { readonly adviceId: string; readonly at: number }) =>
  ({
    type: 'capture-found',
    captured: record.captured,
    held: record.authorized,
    paidBack: record.refunded,
    pspReference: record.pspReference,
    captureBefore: record.captureBefore,
    eftData: record.eftData,
    adviceId,
    at,
  }) as const satisfies PaymentEvent

export const keyOf = (parts: MoneyParts, payment: Payment, of: readonly [PspOperation, Round?]) =>
  pspKey(parts.keySecret, payment.id, of)

/** It surely did not happen, and asking again does not help. */
export const happenedNot = (kind: PspErrorKind): boolean =>
  kind === 'refused' || kind === 'not-supported' || kind === 'declined'
