/** What the books of all sides say of a period, where they differ, and whose money is still held. */
import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { money, number } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import type { MinorAmount } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Field } from '../parts/act.tsx'
import { Go } from '../parts/go.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { Ago, Amount, At, Code, None, plain, Said } from '../parts/values.tsx'
import { useQuery } from '../routes.ts'

type Sum = 'due' | 'uncovered' | 'captured' | 'refunded' | 'paid' | 'advised' | 'receipts' | 'provider' | 'fees'
const SUMS: readonly Sum[] = [
  'due',
  'uncovered',
  'captured',
  'refunded',
  'paid',
  'advised',
  'receipts',
  'provider',
  'fees',
]

type Totals = { readonly currency: string; readonly payments: number } & Readonly<Partial<Record<Sum, number | null>>>

interface Finding {
  readonly id: string
  readonly reference: string | null
  readonly ours?: MinorAmount | null
  readonly theirs?: MinorAmount | null
  readonly message: string
  readonly fix: string
}

interface OpenHold {
  readonly reference: string
  readonly state: string
  readonly held: MinorAmount
  readonly age_s: number
  readonly release_by?: string | null
}

interface Report {
  readonly from: string
  readonly to: string
  readonly equal: boolean
  readonly payments: number
  readonly totals: readonly Totals[]
  readonly findings: readonly Finding[]
  readonly findings_left_out?: number
  readonly open_holds: readonly OpenHold[]
  readonly open_holds_left_out?: number
}

export function Reconciliation(): ReactNode {
  const t = texts().reconciliation
  const [query, change] = useQuery()
  const { from = '', to = '' } = query
  // Comparing all books costs something: it is looked at again by the clock, not with every payment.
  const reading = useLive<Report>(addressOf(from, to), [])
  const report = reading.data
  return (
    <>
      <PageHead title={texts().pages.reconciliation.title} lead={texts().pages.reconciliation.lead}>
        {report ? <State name={report.equal ? t.equal : t.differs} tone={report.equal ? 'good' : 'bad'} /> : null}
      </PageHead>
      <div className="filters">
        <Field label={t.from} type="date" value={from} onChange={(value) => change({ from: value })} />
        <Field label={t.to} type="date" value={to} onChange={(value) => change({ to: value })} />
      </div>
      <Panel
        title={t.totals}
        reading={reading}
        empty={report?.totals.length === 0 && t.none}
        aside={report ? <Period report={report} /> : null}
      >
        {report ? <Sums totals={report.totals} /> : null}
      </Panel>
      <Panel title={t.findings} reading={reading} empty={report?.findings.length === 0 && t.noGaps} testId="findings">
        <Findings findings={report?.findings ?? []} />
        <LeftOut count={report?.findings_left_out} />
      </Panel>
      <Panel title={t.holds} reading={reading} empty={report?.open_holds.length === 0 && t.noHolds}>
        <Holds holds={report?.open_holds ?? []} />
        <LeftOut count={report?.open_holds_left_out} />
      </Panel>
      <Days />
    </>
  )
}

/** What the platform did not even send. */
const LeftOut = ({ count = 0 }: { readonly count?: number | undefined }): ReactNode =>
  count > 0 ? <p className="quiet">{texts().panel.more(count)}</p> : null

function addressOf(from: string, to: string): string {
  const day = (text: string, plus: number): string => new Date(Date.parse(`${text}T00:00:00`) + plus).toISOString()
  const asked = { ...(from && { from: day(from, 0) }), ...(to && { to: day(to, 86_400_000) }) }
  return `/ptp/api/reconciliation?${new URLSearchParams(asked)}`
}

function Period({ report }: { readonly report: Report }): ReactNode {
  return (
    <span className="quiet">
      <At time={report.from} /> – <At time={report.to} />
    </span>
  )
}

function Sums({ totals }: { readonly totals: readonly Totals[] }): ReactNode {
  const t = texts().reconciliation
  const said = ({ currency, ...sums }: Totals, sum: Sum): string => {
    const minor = sums[sum]
    return typeof minor === 'number' ? money({ amount_minor: minor, currency }) : '–'
  }
  return (
    <Table
      rows={totals}
      label={t.totals}
      rowKey={({ currency }) => currency}
      columns={[
        { title: t.currency, cell: ({ currency }) => <b>{currency}</b> },
        { title: texts().pages.payments.title, end: true, cell: ({ payments }) => number(payments) },
        ...SUMS.map((sum) => ({
          title: t.sums[sum],
          end: true,
          cell: (row: Totals) => <span className="number">{said(row, sum)}</span>,
        })),
      ]}
    />
  )
}

function Findings({ findings }: { readonly findings: readonly Finding[] }): ReactNode {
  const t = texts().reconciliation
  return (
    <Table
      rows={findings}
      label={t.findings}
      rowKey={({ id, reference }, index) => `${id} ${reference} ${index}`}
      columns={[
        { title: t.what, cell: ({ id }) => <Code>{id}</Code> },
        {
          title: texts().pages.payments.one,
          cell: ({ reference }) =>
            reference ? <Go to={{ page: 'payments', detail: reference }}>{plain(reference, 40)}</Go> : <None />,
        },
        { title: t.ours, end: true, cell: ({ ours }) => <Amount value={ours} /> },
        { title: t.theirs, end: true, cell: ({ theirs }) => <Amount value={theirs} /> },
        { title: t.says, cell: ({ message }) => <Said most={400}>{message}</Said> },
        { title: texts().milestones.fix, cell: ({ fix }) => <Said most={400}>{fix}</Said> },
      ]}
    />
  )
}

function Holds({ holds }: { readonly holds: readonly OpenHold[] }): ReactNode {
  const t = texts().reconciliation
  return (
    <Table
      rows={holds}
      label={t.holds}
      rowKey={({ reference }) => reference}
      columns={[
        {
          title: texts().payment.reference,
          cell: ({ reference }) => <Go to={{ page: 'payments', detail: reference }}>{reference}</Go>,
        },
        { title: texts().payment.state, cell: ({ state }) => <State name={state} /> },
        { title: texts().payment.held, end: true, cell: ({ held }) => <Amount value={held} /> },
        { title: t.age, end: true, cell: ({ age_s }) => texts().calculator.minutes(age_s / 60) },
        { title: t.releaseBy, end: true, cell: ({ release_by }) => <Ago time={release_by} /> },
      ]}
    />
  )
}

interface Day {
  readonly day: string
  readonly equal: boolean
  readonly payments: number
  readonly findings: readonly object[]
}

/** What was found every day. */
function Days(): ReactNode {
  const t = texts().reconciliation
  const reading = useLive<readonly Day[]>('/ptp/api/reconciliation/runs?limit=60', [])
  const days = listOf(reading)
  if (reading.absent) return null
  return (
    <Panel title={t.days} reading={reading} empty={days.length === 0 && t.noDays}>
      <Table
        rows={days}
        label={t.days}
        rowKey={({ day }) => day}
        columns={[
          { title: t.day, cell: ({ day }) => plain(day, 20) },
          { title: texts().pages.payments.title, end: true, cell: ({ payments }) => number(payments) },
          {
            title: t.outcome,
            cell: ({ equal }) => <State name={equal ? t.equal : t.differs} tone={equal ? 'good' : 'bad'} />,
          },
          { title: t.findings, end: true, cell: ({ findings }) => number(findings.length) },
        ]}
      />
    </Panel>
  )
}
