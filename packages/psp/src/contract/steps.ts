import assert from 'node:assert/strict'
import type { Authorization, Money, Psp, PspErrorKind } from '../psp.ts'
import { PspError } from '../psp.ts'

/** A fresh provider, and what a case may do to the world around it. */
export interface ContractSubject {
  readonly psp: Psp
  readonly now: () => number
  /** Moves the provider's clock. */
  readonly advance: (ms: number) => void | Promise<void>
  /** What the provider has sent by itself so far, with a body of the same kind that it did not sign. */
  readonly messages?: () => Promise<readonly Message[]>
  /** The same provider after a restart, with everything it had booked. */
  readonly reopen?: () => Psp | Promise<Psp>
}

export interface Message {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** The body with another content, which the headers do not sign. */
  readonly forged: string
}

/** After this a capture that was accepted is decided. */
export const LATER_MS = 10_000

/** Which token stands for which kind of card. */
export interface ContractCards {
  readonly approved: string
  /** A second card, not the same as `approved`. */
  readonly other: string
  readonly declined?: string
  readonly partialApproval?: string
  readonly authorizeAnswerLost?: string
  readonly authorizeRequestLost?: string
  readonly unavailable?: string
  readonly captureRefused?: string
  readonly captureUnavailableOnce?: string
  readonly captureAnswerLost?: string
  readonly voidRefused?: string
  readonly voidUnavailableOnce?: string
  readonly pinNeeded?: string
  /** The same, of a provider that leaves the PIN to our device. */
  readonly pinOnDevice?: string
  readonly incrementDeclined?: string
  readonly incrementAnswerLost?: string
  readonly captureLater?: string
  readonly captureLaterRefused?: string
  readonly captureFailsAfterwards?: string
  readonly captureTwice?: string
}

export type Case = (subject: ContractSubject) => Promise<void>
export type Cases = Readonly<Record<string, Case>>

export const eur = (amountMinor: number): Money => ({ amountMinor, currency: 'EUR' })

/** The hold nearly every case starts with: EUR 50. */
export function hold(psp: Psp, card: string, amount: Money = eur(50_00), name = 'p1'): Promise<Authorization> {
  return psp.authorize({ key: `${name}-auth`, reference: name, terminalId: 't1', card, amount })
}

/** The error of this kind, or the case fails. */
export async function fails(kind: PspErrorKind, work: Promise<unknown>): Promise<PspError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof PspError, `expected a PspError, got ${String(error)}`)
  assert.equal(error.kind, kind)
  return error
}

/** The cases of a card the provider may not have. */
export function withCard(card: string | undefined, cases: (card: string) => Cases): Cases {
  return card === undefined ? {} : cases(card)
}
