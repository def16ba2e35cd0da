import type { ReactNode } from 'react'
import type { Side } from '../../look/platform-api.ts'
import { listOf, usePoll } from '../../look/platform-api.ts'
import { At, Code, Json, PageHead, Panel, SIDE_NAMES, State, Table } from '../parts.tsx'

interface ConnectorInfo {
  readonly id: string
  readonly standard?: string
  readonly max_electric_power?: number
  readonly tariff_ids?: readonly string[]
}

interface EvseInfo {
  readonly uid: string
  readonly evse_id?: string
  readonly physical_reference?: string
  readonly status?: string
  readonly last_updated?: string
  readonly connectors?: readonly ConnectorInfo[]
}

interface LocationInfo {
  readonly id: string
  readonly name?: string
  readonly address?: string
  readonly city?: string
  readonly country?: string
  readonly country_code?: string
  readonly party_id?: string
  readonly last_updated?: string
  readonly evses?: readonly EvseInfo[]
}

export function Locations(): ReactNode {
  return (
    <>
      <PageHead
        title="Locations"
        lead="The charging side owns them; the payment side keeps a mirror, by polling and by push."
      />
      <LocationsOf side="ptp" />
      <LocationsOf side="cpo" />
    </>
  )
}

function LocationsOf({ side }: { readonly side: Side }): ReactNode {
  const reading = usePoll<readonly LocationInfo[]>(`/${side}/api/locations`)
  const locations = listOf(reading)
  return (
    <Panel
      title={side === 'ptp' ? `${SIDE_NAMES.ptp}: the mirror` : SIDE_NAMES.cpo}
      reading={reading}
      empty={locations.length === 0 ? 'No location yet.' : false}
    >
      {locations.map((location) => (
        <article className="place" key={`${location.country_code}-${location.party_id}-${location.id}`}>
          <header>
            <h3>{location.name ?? location.id}</h3>
            <p className="quiet">
              {[location.address, location.city, location.country].filter(Boolean).join(', ')} ·{' '}
              <Code>{location.id}</Code> · updated <At time={location.last_updated} />
            </p>
          </header>
          <Table
            rows={location.evses ?? []}
            rowKey={(e) => e.uid}
            columns={[
              { title: 'EVSE', cell: (e) => <b>{e.physical_reference ?? e.evse_id ?? e.uid}</b> },
              { title: 'Uid', cell: (e) => <Code>{e.uid}</Code> },
              { title: 'Status', cell: (e) => <State name={e.status} /> },
              { title: 'Connectors', cell: (e) => (e.connectors ?? []).map(connectorSays).join('; ') || '–' },
              { title: 'Updated', end: true, cell: (e) => <At time={e.last_updated} /> },
            ]}
          />
          <details className="raw">
            <summary>OCPI object</summary>
            <Json value={location} />
          </details>
        </article>
      ))}
    </Panel>
  )
}

function connectorSays(c: ConnectorInfo): string {
  const power = c.max_electric_power === undefined ? '' : `, ${Math.round(c.max_electric_power / 100) / 10} kW`
  const tariffs = (c.tariff_ids ?? []).join(' ')
  return `${c.id}: ${c.standard ?? '?'}${power}${tariffs ? `, tariff ${tariffs}` : ', no tariff'}`
}
