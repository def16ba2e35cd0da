import type { ReactNode } from 'react'
import type { ChargerInfo, SessionInfo } from '../../look/platform-api.ts'
import { listOf, usePoll } from '../../look/platform-api.ts'
import { Amount, At, Code, Energy, Go, Json, PageHead, Panel, State, Table } from '../parts.tsx'

export function Chargers(): ReactNode {
  const chargers = usePoll<readonly ChargerInfo[]>('/cpo/api/chargers')
  const sessions = usePoll<readonly SessionInfo[]>('/cpo/api/sessions?limit=100')
  return (
    <>
      <PageHead
        title="Chargers"
        lead="Charging stations connected to the charging side by OCPP, and what they are doing."
      />
      <Panel title="Stations" reading={chargers} empty={listOf(chargers).length === 0 && 'No station is known.'}>
        <ul className="stations">
          {listOf(chargers).map((charger) => (
            <li key={charger.id} data-testid={`charger-${charger.id}`}>
              <details className="station">
                <summary>
                  <b>{charger.id}</b>
                  <State name={charger.connected ? 'connected' : 'offline'} />
                  <span className="quiet">{evsesOf(charger)}</span>
                </summary>
                <Json value={charger} />
              </details>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title="Sessions" reading={sessions} empty={listOf(sessions).length === 0 && 'No session yet.'}>
        <SessionTable sessions={listOf(sessions)} />
      </Panel>
    </>
  )
}

function SessionTable({ sessions }: { readonly sessions: readonly SessionInfo[] }): ReactNode {
  return (
    <Table
      rows={sessions}
      rowKey={(s) => s.id}
      columns={[
        { title: 'Session', cell: (s) => <Code>{s.id}</Code> },
        { title: 'State', cell: (s) => <State name={s.state} /> },
        { title: 'EVSE', cell: (s) => <Code>{s.evse_uid ?? '–'}</Code> },
        { title: 'Energy', end: true, cell: (s) => <Energy wh={s.energy_wh} /> },
        { title: 'Cost', end: true, cell: (s) => <Amount value={s.cost} /> },
        { title: 'Started', end: true, cell: (s) => <At time={s.started_at} /> },
        {
          title: 'Payment',
          cell: (s) =>
            s.reference ? <Go to={{ page: 'payments', detail: s.reference }}>{s.reference}</Go> : <span>–</span>,
        },
      ]}
    />
  )
}

function evsesOf(charger: ChargerInfo): string {
  return [...new Set((charger.connectors ?? []).map((c) => c.evse_uid).filter(Boolean))].join(', ')
}
