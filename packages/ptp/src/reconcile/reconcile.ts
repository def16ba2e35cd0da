/**
 * All payments begun in a period, in all books, and what went back in it for those of before. Reads only; what can be mended
 * by itself is the sweep's work. (F80)
 */
import { type Clock, turn } from '@plugtill/engine/clock'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { sameCi } from '@plugtill/ocpi/types'
import type { Psp, PspPayment } from '@plugtill/psp/psp'
import { billKeyOf } from '../cdr-intake.ts'
import { accountOf } from '../effects/ask-psp.ts'
import { every } from '../every.ts'
import { match } from '../match.ts'
import { partyOf } from '../mirror.ts'
import { byReference, type PaymentDesk, refundsOn } from '../payment/desk.ts'
import type { Payment } from '../payment/payment.ts'
import { readable } from '../readable.ts'
import { type Accounts, accountsOf } from './accounts.ts'
import { booksOf, type ProviderBooks, type WrittenDown } from './books.ts'
import { type Books, differencesIn, providerBooks, refundsDiffer } from './compare.ts'
import { differs, type Finding } from './findings.ts'
import { type OpenHold, openHolds } from './open-holds.ts'
import { recordNow, recordsOf } from './provider-report.ts'
import { createTotals, type Total } from './totals.ts'

export interface ReconcileParts extends WrittenDown {
  readonly payments: PaymentDesk
  readonly psp: Psp
  readonly pspAccounts?: Readonly<Record<string, Psp>>
  readonly clock: Clock
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
  readonly accounts: readonly {
    readonly account: string | null
    readonly provider: string
    /** False: it could not be read, and its payments were compared with our own books only. */
    readonly read: boolean
    readonly report: boolean
  }[]
  readonly totals: readonly Total[]
  readonly findings: readonly Finding[]
  /** Findings beyond the most that are told. */
  readonly leftOut: number
  readonly openHolds: readonly OpenHold[]
  readonly openHoldsLeftOut: number
}

/** The provider is asked for so many at once: what it lists reaches beyond the time of a page at both ends. */
const PAGE = 5_000
/** So many are read and compared in one go: whoever taps meanwhile does not wait for more. */
const SLICE = 100
const DAY_MS = 24 * 3_600_000
const FINDINGS_AT_MOST = 10_000

export async function reconcile(parts: ReconcileParts, period: Period): Promise<Reconciliation> {
  const now = parts.clock.now()
  const accounts = await accountsOf(parts, { ...period, now })
  const findings: Finding[] = []
  const totals = createTotals()
  const seen = new Set<string>()
  const billed = new Map<string, string>()
  let count = 0
  for await (const page of pagesOf(parts, period)) {
    const provider = await providerBooksOf(parts, accounts, { ...page, seen, findings })
    for (let at = 0; at < page.payments.length; at += SLICE) {
      const payments = page.payments.slice(at, at + SLICE)
      for (const [reference, what] of await parts.payments.brokenChains(payments.map(({ id }) => id)))
        findings.push(differs('BOOKS_CHANGED', reference, { what }))
      for (const books of await booksOf(parts, payments, provider)) {
        const found = await twice(parts, books, { accounts, now })
        findings.push(...found.findings, ...(await billOfAnother(parts, found.books, billed)))
        if (!found.findings.some(({ id }) => id === 'NOT_COMPARED')) totals.add(found.books)
      }
      if (at + SLICE < page.payments.length) await turn(parts.clock)
    }
    count += page.payments.length
  }
  findings.push(...(await earlierPayments(parts, period, { accounts, seen })))
  for (const account of accounts.all) {
    findings.push(...(await unknownLines(parts, account, { accounts, seen })))
    totals.fees(account.report.fees)
  }
  findings.unshift(...accounts.unread())
  const holds = await openHolds(parts.payments, { now, until: period.to })
  findings.push(...holds.findings)
  return {
    ...period,
    at: now,
    payments: count,
    accounts: accounts.all.map(({ name, psp, report }) => ({
      account: name ?? null,
      provider: psp.name,
      read: accounts.isRead(name),
      report: report.given,
    })),
    totals: totals.sums(),
    findings: findings.slice(0, FINDINGS_AT_MOST),
    leftOut: Math.max(0, findings.length - FINDINGS_AT_MOST),
    openHolds: holds.open,
    openHoldsLeftOut: holds.leftOut,
  }
}

interface Page extends Period {
  readonly payments: readonly Payment[]
}

/** From the newest to the oldest, with the time in which they were begun. */
async function* pagesOf(parts: ReconcileParts, { from, to }: Period): AsyncGenerator<Page> {
  let payments: Payment[] = []
  let upper = to
  for (let before: string | undefined; ; ) {
    const range = { since: from, until: to, limit: SLICE, ...(before !== undefined && { before }) }
    const slice = await parts.payments.list(range)
    payments.push(...slice)
    const oldest = slice.at(-1)
    if (oldest === undefined || slice.length < SLICE) {
      yield { payments, from, to: upper }
      return
    }
    before = oldest.id
    if (payments.length >= PAGE) {
      yield { payments, from: oldest.createdAt, to: upper }
      payments = []
      upper = oldest.createdAt
    }
    await turn(parts.clock)
  }
}

interface Explained {
  /** The references of each account that are explained. */
  readonly seen: Set<string>
  readonly findings: Finding[]
}

interface Looked extends Pick<Explained, 'seen'> {
  readonly accounts: Accounts
}

/** Two accounts may give the same reference to two payments. */
const seenAt = (account: string | undefined, pspReference: string) => JSON.stringify([account ?? null, pspReference])

/** What the provider has beside the payments of a page is told. */
async function providerBooksOf(
  parts: ReconcileParts,
  accounts: Accounts,
  { payments, seen, findings, ...time }: Page & Explained,
): Promise<ProviderBooks> {
  const records = new Map<string | undefined, ReadonlyMap<string, PspPayment>>()
  for (const { name } of accounts.all)
    records.set(name, (await accounts.read(name, (psp) => recordsOf(psp, time))) ?? new Map())
  for (const payment of payments) {
    if (payment.pspReference === undefined) continue
    const account = accountOf(payment)
    seen.add(seenAt(account, payment.pspReference))
    // One that is configured no longer is told like one that is away.
    await accounts.read(account, async () => undefined)
  }
  for (const account of accounts.all)
    for (const record of records.get(account.name)?.values() ?? [])
      if (record.createdAt >= time.from && record.createdAt < time.to)
        findings.push(...(await unknownRecord(parts, account, { record, accounts, seen })))
  return {
    accounts,
    recordOf: ({ pspReference, terms }) =>
      pspReference === undefined ? undefined : records.get(terms?.pspAccount)?.get(pspReference),
  }
}

/** Of payments begun before the period only the refunds asked for in it are new. */
async function earlierPayments(
  parts: ReconcileParts,
  { from, to }: Period,
  { accounts, seen }: Looked,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const last = Math.min(to - 1, parts.clock.now())
  for (let at = from; at < last + DAY_MS; at += DAY_MS)
    for await (const payment of every(parts.payments, { named: refundsOn(Math.min(at, last)), until: from })) {
      const { pspReference } = payment
      const account = accountOf(payment)
      if (pspReference === undefined || seen.has(seenAt(account, pspReference))) continue
      seen.add(seenAt(account, pspReference))
      const record = await accounts.read(account, (psp) => recordNow(psp, pspReference))
      if (accounts.isRead(account))
        findings.push(...refundsDiffer({ payment, record, settled: accounts.settled(payment) }))
    }
  return findings
}

/** A list is a moment old: before anybody is said to differ that one payment is read again, and the provider asked about it. */
async function twice(
  parts: ReconcileParts,
  books: Books,
  { accounts, now }: { readonly accounts: Accounts; readonly now: number },
) {
  const first = compared(books, now)
  if (first.length === 0) return { books, findings: first }
  const payment = (await parts.payments.find(books.payment.id)) ?? books.payment
  const { pspReference } = payment
  const isAsked = pspReference !== undefined && readable(() => providerBooks(books).length) !== 0
  const record = isAsked ? await accounts.read(accountOf(payment), (psp) => recordNow(psp, pspReference)) : books.record
  const [again = books] = await booksOf(parts, [payment], { accounts, recordOf: () => record })
  return { books: again, findings: compared(again, now) }
}

/** What nobody has foreseen of one payment is a finding of that one, and hides none of another. */
function compared(books: Books, now: number): readonly Finding[] {
  try {
    // Neither may it end the sums.
    createTotals().add(books)
    return differencesIn(books, now)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [
      differs('NOT_COMPARED', books.payment.id, { what: `The books of this payment cannot be compared: ${why}.` }),
    ]
  }
}

/** A CDR bills one payment: the one that it belongs to by its names, and none besides. (I11, T22) */
async function billOfAnother(parts: ReconcileParts, { payment, cdr }: Books, billed: Map<string, string>) {
  const key = billKeyOf(payment)
  if (key === undefined || !payment.cdr) return []
  const before = billed.get(key)
  billed.set(key, payment.id)
  const other = before ?? (cdr && (await belongsTo(parts, payment, cdr)))
  if (other === undefined || other === payment.id) return []
  const what = `CDR ${payment.cdr.id} is the bill of payment ${other}.`
  return [differs('CDR_DIFFERS', payment.id, { ours: payment.cdr.due, what })]
}

async function belongsTo({ payments }: ReconcileParts, { id, peerId }: Payment, cdr: CdrReceived) {
  const { authorization_reference: reference, session_id: sessionId, cdr_token: token } = cdr
  if (!reference || sameCi(reference, id)) return undefined
  return (await match(payments, peerId, { party: partyOf(cdr), reference, sessionId, tokenUid: token.uid }))?.id
}

/** Whether a payment may be the one at this account: an account that has another name since cannot be read by its old one. */
const isAt = (payment: Payment, name: string | undefined, { isRead }: Accounts): boolean =>
  accountOf(payment) === name || !isRead(accountOf(payment))

/** Money the provider has for a reference that is not in our books. Its hold alone is given back by the sweep. */
async function unknownRecord(
  parts: ReconcileParts,
  { name, psp }: Accounts['all'][number],
  { record, accounts, seen }: Looked & { readonly record: PspPayment },
): Promise<readonly Finding[]> {
  const { reference, pspReference, terminalId, captured, held } = record
  if (seen.has(seenAt(name, pspReference)) || (captured.amountMinor === 0 && held.amountMinor === 0)) return []
  const known = await byReference(parts.payments, reference)
  if (known?.pspReference === pspReference && isAt(known, name, accounts)) return []
  // What it only holds is still being decided, or the sweep gives it back; what it took is missing here. (F75)
  if (known && known.pspReference === undefined && captured.amountMinor === 0) return []
  seen.add(seenAt(name, pspReference))
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
  account: Accounts['all'][number],
  { accounts, seen }: Looked,
): Promise<readonly Finding[]> {
  const { name, report } = account
  const findings: Finding[] = []
  for (const { pspReference, reference } of report.lines) {
    const line = seenAt(name, pspReference)
    if (seen.has(line)) continue
    const known = await byReference(parts.payments, reference)
    if (known?.pspReference === pspReference && accountOf(known) === name) {
      seen.add(line)
      // Of a payment begun before the period only its refunds can be new.
      findings.push(...refundsDiffer({ payment: known, settled: report.of(pspReference, known.asked.currency) }))
      continue
    }
    const record = await accounts.read(name, (one) => recordNow(one, pspReference))
    if (record) findings.push(...(await unknownRecord(parts, account, { record, accounts, seen })))
    seen.add(line)
  }
  return findings
}
