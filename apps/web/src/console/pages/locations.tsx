/** Locations as both sides have them: who owns them, and who mirrors them. */
import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { number } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import type { Side } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Go } from '../parts/go.tsx'
import { Json } from '../parts/json.tsx'
import { PageHead, Panel, sideName } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { Ago, Code, plain, Said } from '../parts/values.tsx'

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

export interface LocationInfo {
  readonly id: string
  readonly name?: string
  readonly address?: string
  readonly city?: string
  readonly country?: string
  readonly country_code?: string
  readonly party_id?: string
  readonly time_zone?: string
  readonly last_updated?: string
  readonly evses?: readonly EvseInfo[]
}

export function Locations(): ReactNode {
  return (
    <>
      <PageHead title={texts().pages.locations.title} lead={texts().pages.locations.lead} />
      <LocationsOf side="ptp" />
      <LocationsOf side="cpo" />
    </>
  )
}

function LocationsOf({ side }: { readonly side: Side }): ReactNode {
  const t = texts().locations
  const reading = useLive<readonly LocationInfo[]>(`/${side}/api/locations`, ['locations'])
  const locations = listOf(reading)
  return (
    <Panel
      title={side === 'ptp' ? t.mirror(sideName('ptp')) : sideName(side)}
      reading={reading}
      empty={locations.length === 0 && t.none}
    >
      {locations.map((location) => (
        <Place key={`${location.country_code}-${location.party_id}-${location.id}`} location={location} />
      ))}
    </Panel>
  )
}

function Place({ location }: { readonly location: LocationInfo }): ReactNode {
  const t = texts().locations
  return (
    <article className="place">
      <header>
        <h3>
          <Said most={120}>{location.name ?? location.id}</Said>
        </h3>
        <p className="quiet">
          <Said most={300}>{[location.address, location.city, location.country].filter(Boolean).join(', ')}</Said> ·{' '}
          <Code>{location.id}</Code> · {t.updated} <Ago time={location.last_updated} />
        </p>
      </header>
      <Table
        rows={location.evses ?? []}
        label={plain(location.name ?? location.id, 80)}
        rowKey={(e) => e.uid}
        columns={[
          {
            title: 'EVSE',
            cell: (e) => (
              <b>
                <Said most={60}>{e.physical_reference ?? e.evse_id ?? e.uid}</Said>
              </b>
            ),
          },
          { title: 'Uid', cell: (e) => <Code>{e.uid}</Code> },
          { title: texts().payment.state, cell: (e) => <State name={e.status} /> },
          { title: t.connectors, cell: (e) => <Connectors connectors={e.connectors ?? []} /> },
          { title: t.updated, end: true, cell: (e) => <Ago time={e.last_updated} /> },
        ]}
      />
      <details className="raw">
        <summary>{t.object}</summary>
        <Json value={location} />
      </details>
    </article>
  )
}

function Connectors({ connectors }: { readonly connectors: readonly ConnectorInfo[] }): ReactNode {
  const t = texts().locations
  return (
    <ul className="plain-list">
      {connectors.slice(0, 8).map((c) => (
        <li key={c.id}>
          <Said most={80}>{`${c.id}: ${c.standard ?? '?'}`}</Said>
          {c.max_electric_power === undefined ? '' : `, ${number(c.max_electric_power / 1000, 0)} kW`}
          {(c.tariff_ids ?? []).length === 0
            ? `, ${t.noTariff}`
            : (c.tariff_ids ?? []).slice(0, 4).map((id) => (
                <span key={id}>
                  {' · '}
                  <Go to={{ page: 'tariffs', detail: id }}>{plain(id, 40)}</Go>
                </span>
              ))}
        </li>
      ))}
    </ul>
  )
}
