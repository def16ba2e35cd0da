/** What runs, what to try first, what needs somebody. */
import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { number } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import type { ChargerInfo, PeerInfo, PlatformInfo, Side, TerminalInfo } from '../../look/platform-api.ts'
import { kioskUrl, listOf } from '../../look/platform-api.ts'
import { Go } from '../parts/go.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Ago, Code, Said } from '../parts/values.tsx'
import type { PaymentInfo } from '../payment/info.ts'
import { FINAL } from '../payment/info.ts'
import { PaymentTable } from '../payment/payment-table.tsx'

interface Attention {
  readonly stuck: readonly { readonly reference: string; readonly created_at: string; readonly reason: string | null }[]
  readonly given_up: readonly Order[]
  readonly failing: readonly Order[]
}

interface Order {
  readonly reference: string
  readonly lane: string
  readonly order: string
  readonly attempts: number
  readonly last_error: string | null
}

export function Overview(): ReactNode {
  const t = texts().overview
  const recent = useLive<readonly PaymentInfo[]>('/ptp/api/payments?limit=8', ['payments'])
  const payments = listOf(recent)
  // Before anything is known nothing is shown in a place that it would leave again.
  const known = recent.data !== undefined || recent.problem !== undefined || recent.absent === true
  return (
    <>
      <PageHead title={texts().pages.overview.title} lead={texts().pages.overview.lead} />
      <Tiles />
      <NeedsYou />
      {known && payments.length === 0 ? <TryFirst /> : null}
      <Panel title={t.newest} reading={recent} empty={payments.length === 0 && texts().payments.empty}>
        <PaymentTable payments={payments} />
      </Panel>
      {payments.length === 0 ? null : <TryFirst />}
    </>
  )
}

function Tiles(): ReactNode {
  const t = texts().overview
  const states =
    useLive<{ readonly states: Readonly<Record<string, number>> }>('/ptp/api/payments/summary', ['payments']).data
      ?.states ?? {}
  const sum = (wanted: (state: string) => boolean): number =>
    Object.entries(states).reduce((total, [state, count]) => total + (wanted(state) ? count : 0), 0)
  const stuck = sum((state) => state === 'stuck')
  return (
    <ul className="tiles">
      <Tile name={t.running} value={sum((state) => !FINAL.includes(state))} state="running" />
      <Tile name={t.captured} value={sum((state) => state === 'captured')} state="captured" />
      <Tile name={t.stuck} value={stuck} state="stuck" alarm={stuck > 0} />
      <PlatformTile side="ptp" />
      <PlatformTile side="cpo" />
    </ul>
  )
}

interface TileProps {
  readonly name: string
  readonly value: number
  readonly state: string
  readonly alarm?: boolean
}

function Tile({ name, value, state, alarm }: TileProps): ReactNode {
  return (
    <li className="tile" data-alarm={alarm}>
      <Go to={{ page: 'payments', query: { state } }}>
        <b className="number">{number(value)}</b>
        <span>{name}</span>
      </Go>
    </li>
  )
}

function PlatformTile({ side }: { readonly side: Side }): ReactNode {
  const t = texts().overview
  const platform = useLive<PlatformInfo>(`/${side}/api/platform`, [])
  const peers = listOf(useLive<readonly PeerInfo[]>(`/${side}/api/peers`, ['peers']))
  const registered = peers.filter(({ status }) => status === 'registered').length
  return (
    <li className="tile" data-off={platform.absent}>
      <Go to={{ page: platform.absent ? 'connect' : 'partners' }}>
        <b>{side.toUpperCase()}</b>
        <span>{platform.absent ? t.notHere : (platform.problem ?? t.partners(registered))}</span>
      </Go>
    </li>
  )
}

function NeedsYou(): ReactNode {
  const t = texts().overview
  const reading = useLive<Attention>('/ptp/api/attention', ['payments', 'peers'])
  const chargers = useLive<readonly ChargerInfo[]>('/cpo/api/chargers', ['chargers'])
  const offline = listOf(chargers).filter(({ connected }) => connected === false)
  const { stuck = [], given_up: givenUp = [], failing = [] } = reading.data ?? {}
  const calm = stuck.length + givenUp.length + failing.length + offline.length === 0
  return (
    <Panel title={t.needs} reading={reading} empty={calm && t.nothingNeeds} testId="attention">
      <ul className="needs">
        {stuck.map(({ reference, reason, created_at }) => (
          <li key={reference} data-tone="bad">
            <Go to={{ page: 'payments', detail: reference }}>{t.stuckOne}</Go>
            <span>
              <Said most={300}>{reason}</Said>
            </span>
            <Ago time={created_at} />
          </li>
        ))}
        {[...givenUp, ...failing].map((one) => (
          <li key={`${one.reference} ${one.order}`} data-tone="warn">
            <Go to={{ page: 'payments', detail: one.reference }}>{t.undelivered(one.order, one.attempts)}</Go>
            <span>
              <Said most={300}>{one.last_error}</Said>
            </span>
          </li>
        ))}
        {offline.map(({ id }) => (
          <li key={id} data-tone="warn">
            <Go to={{ page: 'chargers' }}>{t.offline}</Go>
            <Code>{id}</Code>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function TryFirst(): ReactNode {
  const t = texts().overview
  const [terminal] = listOf(useLive<readonly TerminalInfo[]>('/ptp/api/terminals', ['terminals']))
  return (
    <Panel title={t.try}>
      <ol className="try">
        <li>
          <h3>{t.tap}</h3>
          <p>{t.tapSays}</p>
          {terminal ? (
            <a href={kioskUrl(terminal.terminal_id)}>{t.openTerminal(terminal.terminal_id)}</a>
          ) : (
            <Go to={{ page: 'terminals' }}>{t.addTerminal}</Go>
          )}
        </li>
        <li>
          <h3>{t.connect}</h3>
          <p>{t.connectSays}</p>
          <Go to={{ page: 'connect' }}>{texts().pages.connect.title}</Go>
        </li>
        <li>
          <h3>{t.break}</h3>
          <p>{t.breakSays}</p>
          <Go to={{ page: 'faults' }}>{texts().pages.faults.title}</Go>
        </li>
      </ol>
    </Panel>
  )
}
