import type { ReactNode } from 'react'
import type { ChargerInfo, PeerInfo, PlatformInfo, Side, TerminalInfo } from '../../look/platform-api.ts'
import { listOf, usePoll } from '../../look/platform-api.ts'
import { At, Code, Go, PageHead, Panel, SIDE_NAMES, Table } from '../parts.tsx'
import type { PaymentInfo } from '../payment-info.ts'
import { PaymentTable } from './payments.tsx'

interface FaultInfo {
  readonly seq?: number
  readonly at?: string
  readonly code?: string
  readonly message?: string
  readonly reference?: string
}

export function Overview(): ReactNode {
  const payments = usePoll<readonly PaymentInfo[]>('/ptp/api/payments?limit=200')
  const terminals = usePoll<readonly TerminalInfo[]>('/ptp/api/terminals', 5_000)
  const chargers = usePoll<readonly ChargerInfo[]>('/cpo/api/chargers', 5_000)
  const faults = usePoll<readonly FaultInfo[]>('/ptp/api/faults', 5_000)
  const list = listOf(payments)
  const count = (state: string): number => list.filter((p) => p.state === state).length
  return (
    <>
      <PageHead title="Overview" lead="Both platforms as they are now." />
      <ul className="tiles">
        <Tile title="Charging now" value={count('charging')} />
        <Tile title="Captured" value={count('captured')} />
        <Tile title="Need an operator" value={count('stuck')} alarm />
        <Tile title="Terminals" value={listOf(terminals).length} />
        <Tile title="Chargers" value={listOf(chargers).length} />
      </ul>
      <div className="columns">
        <Platform side="ptp" />
        <Platform side="cpo" />
      </div>
      <Panel
        title="Latest payments"
        reading={payments}
        empty={list.length === 0 ? 'No payment yet. Tap a card on one of the terminals.' : false}
      >
        <PaymentTable payments={list.slice(0, 6)} />
      </Panel>
      {listOf(faults).length > 0 ? (
        <Panel title="Faults kept">
          <Table
            rows={listOf(faults)}
            rowKey={(f) => String(f.seq ?? f.at)}
            columns={[
              { title: 'At', cell: (f) => <At time={f.at} /> },
              { title: 'Code', cell: (f) => <Code>{f.code}</Code> },
              { title: 'What', cell: (f) => f.message },
              {
                title: 'Payment',
                cell: (f) =>
                  f.reference ? <Go to={{ page: 'payments', detail: f.reference }}>{f.reference}</Go> : null,
              },
            ]}
          />
        </Panel>
      ) : null}
    </>
  )
}

function Tile({
  title,
  value,
  alarm,
}: {
  readonly title: string
  readonly value: number
  readonly alarm?: boolean
}): ReactNode {
  return (
    <li className="tile" data-alarm={alarm && value > 0}>
      <b className="number">{value}</b>
      <span>{title}</span>
    </li>
  )
}

function Platform({ side }: { readonly side: Side }): ReactNode {
  const info = usePoll<PlatformInfo>(`/${side}/api/platform`, 10_000)
  const peers = usePoll<readonly PeerInfo[]>(`/${side}/api/peers`, 5_000)
  const registered = listOf(peers).filter((p) => p.status === 'registered').length
  const { name, country_code, party_id, versions_url } = info.data ?? {}
  return (
    <Panel title={SIDE_NAMES[side]} reading={info}>
      <dl className="pairs">
        <dt>Name</dt>
        <dd>{name ?? '–'}</dd>
        <dt>Party</dt>
        <dd>
          <Code>{[country_code, party_id].filter(Boolean).join(' ') || '–'}</Code>
        </dd>
        <dt>Versions URL</dt>
        <dd>
          <Code>{versions_url ?? `/${side}/ocpi/versions`}</Code>
        </dd>
        <dt>Partners</dt>
        <dd>
          <Go to={{ page: 'partners' }}>{registered} registered</Go>
        </dd>
      </dl>
    </Panel>
  )
}
