import { instantOf } from '@plugtill/ptp/reconcile/instant'
import type { Command } from 'commander'
import type { MinorAmount } from '../answers.ts'
import type { Talk } from '../command-line.ts'
import { couldNotRun, EXIT, Exit, wrongUsage } from '../exit.ts'
import { countText } from '../text/count.ts'
import { moneyText } from '../text/money.ts'
import { table } from '../text/table.ts'

interface Reconciliation {
  readonly from: string
  readonly to: string
  readonly equal: boolean
  readonly payments: number
  readonly accounts: readonly {
    readonly account: string | null
    readonly provider: string
    readonly read: boolean
    readonly report: boolean
  }[]
  readonly totals: readonly (Readonly<Record<string, number>> & { readonly currency: string })[]
  readonly findings: readonly {
    readonly id: string
    readonly reference: string | null
    readonly message: string
    readonly fix: string
  }[]
  readonly findings_left_out: number
  readonly open_holds: readonly {
    readonly reference: string
    readonly state: string
    readonly held: MinorAmount
    readonly age_s: number
    readonly release_by: string | null
  }[]
  readonly open_holds_left_out: number
}

const COLUMNS = ['due', 'captured', 'refunded', 'paid', 'advised', 'receipts', 'provider', 'fees'] as const

/** A provider that is away is no difference. */
const UNREAD = 'PROVIDER_UNREAD'

/** `plugtill reconcile`: 0 when all books say the same, 1 when they do not, 3 when a provider could not be asked. */
export function addReconcileCommand(program: Command, talk: Talk): void {
  program
    .command('reconcile')
    .description('CDR = capture = advice = receipt = provider, for the payments begun in a period; open holds by age')
    .option('--from <TIME>', 'RFC 3339 or a day, UTC; default: a day before --to')
    .option('--to <TIME>', 'not included; default: now')
    .action(async (options: { readonly from?: string; readonly to?: string }) => {
      for (const [name, text] of Object.entries(options))
        if (Number.isNaN(instantOf(text)))
          throw wrongUsage(
            `--${name} is "${text}"; it has to be a time like 2030-01-31T12:00:00Z or a day like 2030-01-31.`,
          )
      const { status, body } = await talk.api().ask('GET', 'ptp', `/reconciliation?${new URLSearchParams(options)}`)
      const { message = `The platform answered ${status}.` } = body as { readonly message?: string }
      if (status === 400) throw wrongUsage(message)
      if (status !== 200) throw couldNotRun(message)
      const done = body as Reconciliation
      talk.answer(done, () => linesOf(done))
      if (done.equal) return
      const isAway = done.findings.every(({ id }) => id === UNREAD)
      throw new Exit(isAway ? EXIT.couldNotRun : EXIT.no, '')
    })
}

function linesOf(done: Reconciliation): readonly string[] {
  const { from, to, payments, accounts, totals, findings, findings_left_out: more, open_holds: holds } = done
  const newer = done.open_holds_left_out
  return [
    `${countText(payments, 'payment')} begun from ${from} to ${to}; provider ${accounts.map(providerText).join(', ')}.`,
    ...(totals.length > 0
      ? ['', ...table(totals, [{ title: 'Currency', cell: ({ currency }) => currency }, ...COLUMNS.map(columnOf)])]
      : []),
    ...(holds.length > 0
      ? [
          '',
          `${countText(holds.length + newer, 'open hold')}, the oldest first:`,
          ...table(holds, [
            { title: 'Reference', cell: ({ reference }) => reference },
            { title: 'State', cell: ({ state }) => state },
            { title: 'Held', cell: ({ held }) => moneyText(held), align: 'right' },
            { title: 'Age', cell: ({ age_s }) => ageText(age_s), align: 'right' },
            { title: 'Release by', cell: ({ release_by }) => release_by },
          ]),
          ...(newer > 0 ? [`… and ${newer} newer ones.`] : []),
        ]
      : []),
    '',
    ...findings.flatMap(({ id, reference, message, fix }) => [`${id} ${reference ?? ''}: ${message}`, `    -> ${fix}`]),
    ...(more > 0 ? [`… and ${more} more.`] : []),
    findings.length === 0 ? 'All books say the same.' : `${countText(findings.length + more, 'difference')}.`,
  ]
}

const providerText = ({ account, provider, read, report }: Reconciliation['accounts'][number]) => {
  const noReport = report ? '' : ', which gives no report by request: its own records were compared'
  return `${provider}${account === null ? '' : ` (${account})`}${read ? noReport : ', which could not be read'}`
}

const columnOf = (name: (typeof COLUMNS)[number]) => ({
  title: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  cell: (total: Reconciliation['totals'][number]) =>
    moneyText({ amount_minor: total[name] ?? 0, currency: total.currency }),
  align: 'right' as const,
})

const ageText = (seconds: number) =>
  seconds < 3600
    ? `${Math.floor(seconds / 60)} min`
    : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
