import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { Go } from '../parts/go.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { Amount, At, Code, plain } from '../parts/values.tsx'
import type { PaymentInfo } from './info.ts'

export function PaymentTable({ payments }: { readonly payments: readonly PaymentInfo[] }): ReactNode {
  const t = texts().payment
  return (
    <Table
      rows={payments}
      label={texts().pages.payments.title}
      rowKey={(p) => p.reference}
      rowTestId={(p) => `payment-${p.reference}`}
      columns={[
        {
          title: t.reference,
          cell: (p) => (
            <Go className="short" to={{ page: 'payments', detail: p.reference }}>
              {plain(p.reference, 40)}
            </Go>
          ),
        },
        { title: t.state, cell: (p) => <State name={p.state} /> },
        { title: t.card, cell: (p) => (p.card?.masked ? plain(`${p.card.brand ?? ''} ${p.card.masked}`, 40) : '–') },
        { title: t.terminal, cell: (p) => <Code>{p.terminal_id}</Code> },
        { title: t.charger, cell: (p) => <Code>{p.evse_uid}</Code> },
        { title: t.held, end: true, cell: (p) => <Amount value={p.held} /> },
        { title: t.captured, end: true, cell: (p) => <Amount value={p.captured} /> },
        { title: t.since, end: true, cell: (p) => <At time={p.created_at} /> },
      ]}
    />
  )
}
