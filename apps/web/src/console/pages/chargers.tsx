import type { ReactNode } from 'react'
import { listOf, usePoll } from '../../look/platform-api.ts'
import type { ChargerInfo } from '../../look/platform-api.ts'
import { Code, Go, Json, PageHead, Panel, State, Table } from '../parts.tsx'

interface SessionInfo {
  readonly id: string
  readonly status?: string
  readonly kwh?: number
  readonly evse_uid?: string
  readonly authorization_reference?: string
  readonly [more: string]: unknown
}

export function Chargers(): ReactNode {
  const chargers = usePoll<readonly ChargerInfo[]>('/cpo/api/chargers')
  const sessions = usePoll<readonly SessionInfo[]>('/cpo/api/sessions')
  return (
    <>
      <PageHead title="Chargers" lead="Charging stations connected to the charging side by OCPP, and what they are doing." />
      <Panel title="Stations" reading={chargers} empty={listOf(chargers).length === 0 ? 'No station is known.' : false}>
        <ul className="stations">
          {listOf(chargers).map((charger) => (
            <li key={charger.id} data-testid={`charger-${charger.id}`}>
              <details className="station">
                <summary>
                  <b>{charger.id}</b>
                  <State name={stateOf(charger)} />
                  <span className="quiet">{sideNotes(charger)}</span>
                </summary>
                <Json value={charger} />
              </details>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title="Sessions" reading={sessions} empty={listOf(sessions).length === 0 ? 'No session yet.' : false}>
        <Table
          rows={listOf(sessions)}
          rowKey={(s) => s.id}
          columns={[
            { title: 'Session', cell: (s) => <Code>{s.id}</Code> },
            { title: 'Status', cell: (s) => <State name={s.status ?? (typeof s['state'] === 'string' ? s['state'] : undefined)} /> },
            { title: 'EVSE', cell: (s) => <Code>{s.evse_uid ?? '–'}</Code> },
            { title: 'kWh', end: true, cell: (s) => <span className="number">{s.kwh ?? '–'}</span> },
            { title: 'Payment', cell: (s) => (s.authorization_reference ? <Go to={{ page: 'payments', detail: s.authorization_reference }}>{s.authorization_reference}</Go> : '–') },
          ]}
        />
      </Panel>
    </>
  )
}

function stateOf(charger: ChargerInfo): string | undefined {
  if (typeof charger['connected'] === 'boolean') return charger['connected'] ? 'connected' : 'offline'
  if (typeof charger['online'] === 'boolean') return charger['online'] ? 'connected' : 'offline'
  return typeof charger['status'] === 'string' ? charger['status'] : undefined
}

function sideNotes(charger: ChargerInfo): string {
  return ['protocol', 'vendor', 'model', 'location_id'].map((name) => charger[name]).filter((v) => typeof v === 'string').join(' · ')
}
