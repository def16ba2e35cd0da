/** All payments begun in a period, in all books, and what went back in it for those of before. Reads only; what can be mended by itself is the sweep's work. (F80) */
import type { Documents } from '@plugtill/engine/documents'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import type { PeerStore } from '@plugtill/ocpi/peers'
import type { Psp, PspPayment } from '@plugtill/psp/psp'
import { cdrKey } from '../cdr-intake.ts'
import { adviceKey, takesNoAdvice } from '../effects/advise.ts'
import { pspOf } from '../effects/ask-psp.ts'
import { byReference, everyPayment, type PaymentDesk, refundsOn } from '../payment/desk.ts'
import type { Payment } from '../payment/payment.ts'
import { type Books, differencesIn, providerBooks, refundsDiffer, refundsReported } from './compare.ts'
import { differs, type Finding } from './findings.ts'
import { type OpenHold, openHolds } from './open-holds.ts'
import { type Report, recordNow, recordsOf, reportOf } from './provider-report.ts'
import { issuedFor } from './receipt-check.ts'
import { createTotals, type Total } from './totals.ts'

export interface ReconcileParts {
  readonly payments: PaymentDesk
  readonly documents: Pick<Documents, 'many'>
  readonly peers: Pick<PeerStore, 'get'>
  readonly psp: Psp
  readonly pspAccounts?: Readonly<Record<string, Psp>>
  readonly clock: { readonly now: () => number }
  /** Whether a terminal is ours: money of another platform at the same account is none of our business. */
  readonly ownsTerminal: (terminalId: string) => Promise<boolean>
}

export interface Period {
  /** ms since 1970; payments begun at `from` or later and before `to`. */
  readonly from: number
  readonly to: number
}

export interface Reconciliation extends Period {
  readonly at: number
  readonly payments: number
  readonly accounts: readonly { readonly account: string | null; readonly provider: string; readonly report: boolean }[]
  readonly totals: readonly Total[]
  readonly findings: readonly Finding[]
  /** Findings beyond the most that are told. */
  readonly leftOut: number
  readonly openHolds: readonly OpenHold[]
  readonly openHoldsLeftOut: number
}

const PAGE = 5_000
const DAY_MS = 24 * 3_600_000
const FINDINGS_AT_MOST = 10_000

type Accounts = readonly { readonly name: string | undefined; readonly psp: Psp; readonly report: Report }[]

export async function reconcile(parts: ReconcileParts, period: Period): Promise<Reconciliation> {
  const now = parts.clock.now()
  const accounts = await accountsOf(parts, { ...period, now })
  const findings: Finding[] = []
  const totals = createTotals()
  const seen = new Set<string>()
  let count = 0
  let upper = period.to
  for (let before: string | undefined; ; ) {
    const range = { since: period.from, until: period.to, limit: PAGE, ...(before !== undefined && { before }) }
    const page = await parts.payments.list(range)
    const oldest = page.at(-1)
    const whole = oldest === undefined || page.length < PAGE
    const lower = whole ? period.from : oldest.createdAt
    for (const books of await booksOf(parts, { page, accounts, from: lower, to: upper, seen, findings })) {
      const found = await twice(parts, books, now)
      findings.push(...found.findings)
      totals.add(found.books)
    }
    count += page.length
    if (whole) break
    before = oldest.id
    upper = oldest.createdAt
  }
  findings.push(...(await earlierPayments(parts, period, { accounts, seen })))
  for (const { psp, report } of accounts) {
    findings.push(...(await unknownLines(parts, psp, { report, seen })))
    totals.fees(report.fees)
  }
  const holds = await openHolds(parts.payments, { now, until: period.to })
  findings.push(...holds.findings)
  return {
    ...period,
    at: now,
    payments: count,
    accounts: accounts.map(({ name, psp, report }) => ({
      account: name ?? null,
      provider: psp.name,
      report: report.given,
    })),
    totals: totals.sums(),
    findings: findings.slice(0, FINDINGS_AT_MOST),
    leftOut: Math.max(0, findings.length - FINDINGS_AT_MOST),
    openHolds: holds.open,
    openHoldsLeftOut: holds.leftOut,
  }
}

async function accountsOf(parts: ReconcileParts, period: Period & { readonly now: number }): Promise<Accounts> {
  const all = [[undefined, parts.psp] as const, ...Object.entries(parts.pspAccounts ?? {})]
  return Promise.all(all.map(async ([name, psp]) => ({ name, psp, report: await reportOf(psp, period) })))
}

interface Page extends Period {
  readonly page: readonly Payment[]
  readonly accounts: Accounts
  /** The provider's references that are explained. */
  readonly seen: Set<string>
  readonly findings: Finding[]
}

/** Everything that is written about the payments of a page, and what the provider has beside them. */
async function booksOf(
  parts: ReconcileParts,
  { page, accounts, seen, findings, ...time }: Page,
): Promise<readonly Books[]> {
  const cdrs = await parts.documents.many(
    'cdrs',
    page.flatMap(({ peerId, cdr }) => (cdr ? [cdrKey(peerId, cdr.id)] : [])),
  )
  const advices = await parts.documents.many(
    'advices',
    page.flatMap(({ peerId, advice }) => (advice ? [adviceKey(peerId, advice.id)] : [])),
  )
  for (const [reference, what] of await parts.payments.brokenChains(page.map(({ id }) => id)))
    findings.push(differs('BOOKS_CHANGED', reference, { what }))
  const takes = await takersAmong(parts, page)
  const records = new Map<string | undefined, ReadonlyMap<string, PspPayment>>()
  for (const { name, psp } of accounts) records.set(name, await recordsOf(psp, time))
  for (const { pspReference } of page) if (pspReference !== undefined) seen.add(pspReference)
  for (const { name, psp } of accounts)
    for (const record of records.get(name)?.values() ?? [])
      if (record.createdAt >= time.from && record.createdAt < time.to)
        findings.push(...(await unknownRecord(parts, psp, { record, seen })))
  return page.map((payment) => {
    const { peerId, cdr, advice, pspReference, terms, asked } = payment
    const cdrDoc = cdr && cdrs.get(cdrKey(peerId, cdr.id))
    const adviceDoc = advice && advices.get(adviceKey(peerId, advice.id))
    const account = accounts.find(({ name }) => name === terms?.pspAccount)
    const record = pspReference === undefined ? undefined : records.get(terms?.pspAccount)?.get(pspReference)
    const settled = pspReference === undefined ? undefined : account?.report.of(pspReference, asked.currency)
    const bill = cdrDoc && (JSON.parse(cdrDoc.body) as CdrReceived)
    const receipt = issuedFor(payment, bill)
    return {
      payment,
      ...(bill && { cdr: bill, cdrUntouched: cdrDoc.untouched }),
      ...(receipt && { receipt }),
      ...(adviceDoc && { advice: JSON.parse(adviceDoc.body) as FinancialAdviceConfirmation }),
      ...(record && { record }),
      ...(settled && { settled }),
      takesAdvice: takes.has(peerId),
    }
  })
}

/** Of payments begun before the period only the refunds asked for in it are new. */
async function earlierPayments(
  parts: ReconcileParts,
  { from, to }: Period,
  { accounts, seen }: Pick<Page, 'accounts' | 'seen'>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const last = Math.min(to - 1, parts.clock.now())
  for (let at = from; at < last + DAY_MS; at += DAY_MS)
    for await (const payment of everyPayment(parts.payments, { named: refundsOn(Math.min(at, last)), until: from })) {
      const { pspReference, terms, asked } = payment
      if (pspReference === undefined || seen.has(pspReference)) continue
      seen.add(pspReference)
      const record = await recordNow(pspOf(parts, terms?.pspAccount), pspReference)
      const settled = accounts.find(({ name }) => name === terms?.pspAccount)?.report.of(pspReference, asked.currency)
      findings.push(...refundsDiffer({ payment, record, settled }))
    }
  return findings
}

async function takersAmong({ peers }: ReconcileParts, page: readonly Payment[]): Promise<ReadonlySet<string>> {
  const takers = new Set<string>()
  for (const peerId of new Set(page.map((payment) => payment.peerId)))
    if (!takesNoAdvice(await peers.get(peerId))) takers.add(peerId)
  return takers
}

/** A list is a moment old: before the provider is said to differ it is asked about that one payment. */
async function twice(parts: ReconcileParts, books: Books, now: number) {
  const { payment } = books
  const first = differencesIn(books, now)
  if (first.length === 0 || payment.pspReference === undefined || providerBooks(books).length === 0)
    return { books, findings: first }
  const record = await recordNow(pspOf(parts, payment.terms?.pspAccount), payment.pspReference)
  const { record: _, ...own } = books
  const fresh = { ...own, ...(record && { record }) }
  return { books: fresh, findings: differencesIn(fresh, now) }
}

/** Money the provider has for a reference that is not in our books. Its hold alone is given back by the sweep. */
async function unknownRecord(
  parts: ReconcileParts,
  psp: Psp,
  { record, seen }: { readonly record: PspPayment; readonly seen: Set<string> },
): Promise<readonly Finding[]> {
  const { reference, pspReference, terminalId, captured, held } = record
  if (seen.has(pspReference) || (captured.amountMinor === 0 && held.amountMinor === 0)) return []
  const known = await byReference(parts.payments, reference)
  if (known?.pspReference === pspReference) return []
  // What it only holds is still being decided, or the sweep gives it back; what it took is missing here. (F75)
  if (known && known.pspReference === undefined && captured.amountMinor === 0) return []
  seen.add(pspReference)
  if (!(await parts.ownsTerminal(terminalId))) return []
  const here = known ? `is ${known.state} here` : 'is not known here'
  const what = `${psp.name} has ${pspReference} for "${reference}", which ${here}.`
  return [
    captured.amountMinor > 0
      ? differs('PROVIDER_ONLY', reference, { theirs: captured, what })
      : differs('PROVIDER_HOLDS', reference, { theirs: held, what }),
  ]
}

/** Movements in the report that no payment explains. */
async function unknownLines(
  parts: ReconcileParts,
  psp: Psp,
  { report, seen }: { readonly report: Report; readonly seen: Set<string> },
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { pspReference, reference } of report.lines) {
    if (seen.has(pspReference)) continue
    const known = await byReference(parts.payments, reference)
    if (known?.pspReference === pspReference) {
      seen.add(pspReference)
      // Of a payment begun before the period only its refunds can be new.
      findings.push(...refundsReported(known, report.of(pspReference, known.asked.currency)))
      continue
    }
    const record = await recordNow(psp, pspReference)
    if (record) findings.push(...(await unknownRecord(parts, psp, { record, seen })))
    seen.add(pspReference)
  }
  return findings
}
