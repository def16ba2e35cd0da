import type { ReactNode } from 'react'
import { useState } from 'react'
import { listOf, usePoll } from '../../look/platform-api.ts'
import { Amount, At, Code, Go, PageHead, Panel, State, Table } from '../parts.tsx'
import type { PaymentInfo } from '../payment-info.ts'
import { openedAt } from '../payment-info.ts'

const FILTERS = ['all', 'running', 'captured', 'voided', 'declined', 'stuck'] as const
const FINAL = ['captured', 'voided', 'declined', 'stuck']

export function Payments(): ReactNode {
  const reading = usePoll<readonly PaymentInfo[]>('/ptp/api/payments?limit=200')
  const [filter, setFilter] = useState<(typeof FILTERS)[number]>('all')
  const all = listOf(reading)
  const wanted = all.filter(
    (p) => filter === 'all' || (filter === 'running' ? !FINAL.includes(p.state) : p.state === filter),
  )
  return (
    <>
      <PageHead title="Payments" lead="One line per tap, newest first. Open one to see every step and every message." />
      <fieldset className="filters">
        <legend className="unseen">Show payments that are</legend>
        {FILTERS.map((name) => (
          <button key={name} type="button" aria-pressed={filter === name} onClick={() => setFilter(name)}>
            {name}
          </button>
        ))}
      </fieldset>
      <Panel
        title={`${wanted.length} ${wanted.length === 1 ? 'payment' : 'payments'}`}
        reading={reading}
        empty={
          all.length === 0
            ? 'No payment yet. Tap a card on one of the terminals.'
            : wanted.length === 0
              ? `No payment is ${filter}.`
              : false
        }
      >
        <PaymentTable payments={wanted} />
      </Panel>
    </>
  )
}

export function PaymentTable({ payments }: { readonly payments: readonly PaymentInfo[] }): ReactNode {
  return (
    <Table
      rows={payments}
      rowKey={(p) => p.reference}
      rowTestId={(p) => `payment-${p.reference}`}
      columns={[
        { title: 'Reference', cell: (p) => <Go to={{ page: 'payments', detail: p.reference }}>{p.reference}</Go> },
        { title: 'State', cell: (p) => <State name={p.state} /> },
        { title: 'Terminal', cell: (p) => <Code>{p.terminal_id}</Code> },
        { title: 'Charger', cell: (p) => <Code>{p.evse_uid}</Code> },
        { title: 'Held', end: true, cell: (p) => <Amount value={p.held} /> },
        { title: 'Captured', end: true, cell: (p) => <Amount value={p.captured} /> },
        { title: 'Since', end: true, cell: (p) => <At time={openedAt(p)} /> },
      ]}
    />
  )
}
