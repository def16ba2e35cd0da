/** Three sums per charge that have to be the same, and where they are not. */
import type { ReactNode } from 'react'
import { useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import type { MinorAmount } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Go } from '../parts/go.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { Amount, At, None } from '../parts/values.tsx'
import type { PaymentInfo } from '../payment/info.ts'

interface Booked {
  readonly reference: string
  readonly operation: string
  readonly amount: MinorAmount
  readonly status: string
}

interface Row {
  readonly payment: PaymentInfo
  readonly booked: MinorAmount | undefined
  readonly gaps: readonly Gap[]
}

type Gap = 'provider' | 'advice' | 'partial'

export function Reconciliation(): ReactNode {
  const t = texts().reconciliation
  const [only, setOnly] = useState(false)
  const payments = useLive<readonly PaymentInfo[]>('/ptp/api/payments?limit=1000', ['payments'])
  const ledger = useLive<readonly Booked[]>('/ptp/api/psp/ledger', ['payments'])
  const rows = listOf(payments)
    .filter(({ captured, due }) => captured || due)
    .map((payment) => rowOf(payment, ledger.data))
  const shown = only ? rows.filter(({ gaps }) => gaps.length > 0) : rows
  return (
    <>
      <PageHead title={texts().pages.reconciliation.title} lead={texts().pages.reconciliation.lead} />
      <fieldset className="filters">
        <legend className="unseen">{t.show}</legend>
        <button type="button" aria-pressed={!only} onClick={() => setOnly(false)}>
          {t.all}
        </button>
        <button type="button" aria-pressed={only} onClick={() => setOnly(true)}>
          {t.onlyGaps}
        </button>
      </fieldset>
      <Panel
        title={t.count(shown.length)}
        reading={payments}
        empty={shown.length === 0 && (rows.length === 0 ? t.none : t.noGaps)}
      >
        <Table
          rows={shown}
          label={texts().pages.reconciliation.title}
          rowKey={({ payment }) => payment.reference}
          columns={[
            {
              title: texts().payment.reference,
              cell: ({ payment }) => <Go to={{ page: 'payments', detail: payment.reference }}>{payment.reference}</Go>,
            },
            { title: texts().payment.since, cell: ({ payment }) => <At time={payment.created_at} /> },
            { title: texts().payment.due, end: true, cell: ({ payment }) => <Amount value={payment.due} /> },
            { title: texts().payment.captured, end: true, cell: ({ payment }) => <Amount value={payment.captured} /> },
            { title: t.booked, end: true, cell: ({ booked }) => <Amount value={booked} /> },
            { title: t.advised, end: true, cell: ({ payment }) => <Amount value={payment.advice?.amount} /> },
            {
              title: t.gap,
              cell: ({ gaps }) =>
                gaps.length === 0 ? <None /> : gaps.map((gap) => <State key={gap} name={t.gaps[gap]} tone="warn" />),
            },
          ]}
        />
      </Panel>
    </>
  )
}

/** What was taken by the CDR, what we say was taken, what the provider has booked, what the CPO was told. */
function rowOf(payment: PaymentInfo, ledger: readonly Booked[] | undefined): Row {
  const { captured, due, advice } = payment
  const taken = (ledger ?? []).filter(
    (one) => one.reference === payment.reference && one.operation === 'capture' && one.status === 'done',
  )
  const booked = taken[0] && {
    amount_minor: taken.reduce((sum, one) => sum + one.amount.amount_minor, 0),
    currency: taken[0].amount.currency,
  }
  const gaps: Gap[] = []
  if (ledger !== undefined && (booked?.amount_minor ?? 0) !== (captured?.amount_minor ?? 0)) gaps.push('provider')
  if (advice?.amount && captured && advice.amount.amount_minor !== captured.amount_minor) gaps.push('advice')
  if (due && captured && captured.amount_minor < due.amount_minor) gaps.push('partial')
  return { payment, booked, gaps }
}
