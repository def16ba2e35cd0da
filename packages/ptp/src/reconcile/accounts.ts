/** The accounts at providers. Each is read by itself: one that cannot be read is told, and keeps no other book unread. (F80) */
import type { Psp } from '@plugtill/psp/psp'
import { type MoneyParts, pspOf } from '../effects/ask-psp.ts'
import type { Payment } from '../payment/payment.ts'
import { differs, type Finding } from './findings.ts'
import { NO_REPORT, type Report, reportOf } from './provider-report.ts'

type AccountName = string | undefined

export interface Accounts {
  readonly all: readonly { readonly name: AccountName; readonly psp: Psp; readonly report: Report }[]
  /** What is asked at an account; undefined where it cannot be read, and then it is not asked again in this run. */
  readonly read: <T>(name: AccountName, ask: (psp: Psp) => Promise<T>) => Promise<T | undefined>
  readonly isRead: (name: AccountName) => boolean
  /** What the report of its account says about a payment. */
  readonly settled: (payment: Payment) => ReturnType<Report['of']>
  /** The accounts that could not be read. */
  readonly unread: () => readonly Finding[]
}

export async function accountsOf(
  parts: Pick<MoneyParts, 'psp' | 'pspAccounts'>,
  period: Parameters<typeof reportOf>[1],
): Promise<Accounts> {
  const lost = new Map<AccountName, Finding>()
  const read: Accounts['read'] = async (name, ask) => {
    if (lost.has(name)) return undefined
    try {
      return await ask(pspOf(parts, name))
    } catch (error) {
      lost.set(name, unreadable(name, error))
      return undefined
    }
  }
  const all = await Promise.all(
    [undefined, ...Object.keys(parts.pspAccounts ?? {})].map(async (name) => ({
      name,
      psp: pspOf(parts, name),
      report: (await read(name, (psp) => reportOf(psp, period))) ?? NO_REPORT,
    })),
  )
  return {
    all,
    read,
    isRead: (name) => !lost.has(name) && all.some((one) => one.name === name),
    settled: ({ pspReference, terms, asked }) =>
      pspReference === undefined
        ? undefined
        : all.find(({ name }) => name === terms?.pspAccount)?.report.of(pspReference, asked.currency),
    unread: () => [...lost.values()],
  }
}

function unreadable(name: AccountName, error: unknown): Finding {
  const account = name === undefined ? 'The account of the platform' : `Account "${name}"`
  const why = error instanceof Error ? error.message : String(error)
  return { ...differs('PROVIDER_UNREAD', '', { what: `${account} cannot be read: ${why}` }), account: name ?? '' }
}
