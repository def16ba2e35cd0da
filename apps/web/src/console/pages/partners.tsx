/** Partners: who they are, how they have been, what waits for them. */

import type { ReactNode } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { milliseconds, percent } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import type { PeerInfo, Side } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Act } from '../parts/act.tsx'
import { Go } from '../parts/go.tsx'
import { Figures, PageHead, Pairs, Panel, sideName } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { Ago, At, Code, None, plain, Said } from '../parts/values.tsx'

interface Health {
  readonly exchanges: number
  readonly failed: number
  readonly error_rate: number
  readonly median_ms: number | null
  readonly slow_ms: number | null
  readonly last_at: string
  readonly last_status: number
}

export interface Partner extends PeerInfo {
  readonly health?: Health | null
  readonly updated_at?: string
  readonly endpoints?: readonly { readonly identifier: string; readonly role: string; readonly url: string }[]
}

interface Delivery {
  readonly name: string
  readonly of: string
  readonly attempts: number
  readonly due_at: string
  readonly last_error: string | null
}

export const nameOf = (peer: PeerInfo): string =>
  plain((peer.roles ?? []).map((r) => r.business_details?.name).find(Boolean) ?? peer.id, 80)

export function Partners({ detail }: { readonly detail?: string }): ReactNode {
  const [side = '', id = ''] = detail?.split('/') ?? []
  if (detail !== undefined && (side === 'ptp' || side === 'cpo')) return <PartnerPage side={side} id={id} />
  return (
    <>
      <PageHead title={texts().pages.partners.title} lead={texts().pages.partners.lead}>
        <Go to={{ page: 'connect' }} className="button">
          {texts().pages.connect.title}
        </Go>
      </PageHead>
      <PartnersOf side="ptp" />
      <PartnersOf side="cpo" />
    </>
  )
}

function PartnersOf({ side }: { readonly side: Side }): ReactNode {
  const t = texts().partners
  const reading = useLive<readonly Partner[]>(`/${side}/api/peers`, ['peers', 'exchanges'])
  const peers = listOf(reading)
  return (
    <Panel title={sideName(side)} reading={reading} empty={peers.length === 0 && t.none}>
      <Table
        rows={peers}
        label={sideName(side)}
        rowKey={(p) => p.id}
        columns={[
          { title: t.partner, cell: (p) => <Go to={{ page: 'partners', detail: `${side}/${p.id}` }}>{nameOf(p)}</Go> },
          { title: texts().payment.state, cell: (p) => <State name={p.status} /> },
          { title: 'OCPI', cell: (p) => p.version ?? <None /> },
          {
            title: t.roles,
            cell: (p) => (
              <Said>{(p.roles ?? []).map((r) => `${r.role} ${r.country_code} ${r.party_id}`).join(', ')}</Said>
            ),
          },
          {
            title: t.latency,
            end: true,
            cell: (p) => (p.health?.median_ms == null ? <None /> : milliseconds(p.health.median_ms)),
          },
          { title: t.errors, end: true, cell: (p) => (p.health ? <ErrorRate health={p.health} /> : <None />) },
          { title: t.lastHeard, end: true, cell: (p) => <Ago time={p.health?.last_at} /> },
        ]}
      />
    </Panel>
  )
}

function ErrorRate({ health }: { readonly health: Health }): ReactNode {
  return (
    <span className="number" data-tone={health.error_rate > 0.05 ? 'bad' : 'good'}>
      {percent(health.error_rate)}
    </span>
  )
}

function PartnerPage({ side, id }: { readonly side: Side; readonly id: string }): ReactNode {
  const t = texts().partners
  const path = `/${side}/api/peers/${pathPart(id)}`
  const reading = useLive<Partner>(path, ['peers', 'exchanges'])
  const peer = reading.data
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'partners' }}>{texts().pages.partners.title}</Go>
      </p>
      <PageHead title={peer ? <bdi>{nameOf(peer)}</bdi> : id}>{peer ? <State name={peer.status} /> : null}</PageHead>
      <Panel title={t.health} reading={reading} aside={<span className="quiet">{t.healthOf}</span>}>
        {peer?.health ? <HealthFigures health={peer.health} /> : <p className="quiet">{t.nothingSaid}</p>}
      </Panel>
      <div className="columns">
        <Connection side={side} id={id} path={path} peer={peer} again={reading.again} />
        <Deliveries path={path} />
      </div>
      <Panel title={t.endpoints} empty={(peer?.endpoints ?? []).length === 0 && t.noEndpoints}>
        <Table
          rows={peer?.endpoints ?? []}
          label={t.endpoints}
          rowKey={(e) => `${e.identifier} ${e.role}`}
          columns={[
            { title: texts().traffic.module, cell: (e) => <Code>{e.identifier}</Code> },
            { title: t.roles, cell: (e) => <Said>{e.role}</Said> },
            { title: 'URL', cell: (e) => <Code>{e.url}</Code> },
          ]}
        />
      </Panel>
    </>
  )
}

interface ConnectionProps {
  readonly side: Side
  readonly id: string
  readonly path: string
  readonly peer: Partner | undefined
  readonly again: () => void
}

function Connection({ side, id, path, peer, again }: ConnectionProps): ReactNode {
  const t = texts().partners
  return (
    <Panel title={t.connection}>
      {peer ? (
        <>
          <Pairs
            pairs={[
              ['OCPI', peer.version ?? <None key="v" />],
              ['Versions URL', <Code key="u">{peer.versions_url}</Code>],
              [t.renewed, <At key="a" time={peer.updated_at} />],
              [
                texts().pages.milestones.title,
                <Go key="m" to={{ page: 'milestones', detail: `${side}/${id}` }}>
                  {t.board}
                </Go>,
              ],
              [
                texts().pages.traffic.title,
                <Go key="t" to={{ page: 'traffic', query: { from: side } }}>
                  {t.messages}
                </Go>,
              ],
            ]}
          />
          <p className="deeds">
            <Act act={() => ask('POST', `${path}/rotate`)} then={again} testId="rotate">
              {t.rotate}
            </Act>
            <Act act={() => ask('DELETE', path)} then={again} sure={t.sureUnregister} testId="unregister">
              {t.unregister}
            </Act>
          </p>
          <p className="quiet">{t.rotateSays}</p>
        </>
      ) : null}
    </Panel>
  )
}

function HealthFigures({ health }: { readonly health: Health }): ReactNode {
  const t = texts().partners
  const ms = (value: number | null): ReactNode => (value === null ? <None /> : milliseconds(value))
  return (
    <Figures
      figures={[
        { name: t.latency, value: ms(health.median_ms) },
        { name: t.slow, value: ms(health.slow_ms) },
        { name: t.errors, value: percent(health.error_rate), tone: health.error_rate > 0.05 ? 'bad' : 'good' },
        { name: t.exchanges, value: health.exchanges },
        { name: t.lastHeard, value: <Ago time={health.last_at} /> },
      ]}
    />
  )
}

function Deliveries({ path }: { readonly path: string }): ReactNode {
  const t = texts().partners
  const reading = useLive<readonly Delivery[]>(`${path}/deliveries`, ['peers', 'payments', 'sessions', 'exchanges'])
  const waiting = listOf(reading)
  return (
    <Panel
      title={t.waiting}
      reading={reading}
      empty={waiting.length === 0 && t.nothingWaits}
      aside={
        waiting.length > 0 ? (
          <Act act={() => ask('POST', `${path}/retry`)} then={reading.again} testId="retry-now">
            {t.retryNow}
          </Act>
        ) : null
      }
    >
      <ul className="needs">
        {waiting.map((one) => (
          <li key={`${one.of} ${one.name}`}>
            <b>{plain(one.name, 60)}</b>
            <span>
              <Said most={300}>{one.last_error ?? t.noError}</Said>
            </span>
            <span className="quiet">
              {t.attempts(one.attempts)}, {t.next} <Ago time={one.due_at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
