import { Fragment, type ReactNode } from 'react'
import { texts, useLanguage } from '../look/catalogue/catalogue.ts'
import { useLive } from '../look/live.ts'
import type { ChargerInfo, PlatformInfo, Reading, TerminalInfo } from '../look/platform-api.ts'
import { kioskUrl, listOf } from '../look/platform-api.ts'

/** What runs here, and what to do with it first. */
export function Start(): ReactNode {
  const t = texts().start
  const ptp = useLive<PlatformInfo>('/ptp/api/platform', ['peers'])
  const cpo = useLive<PlatformInfo>('/cpo/api/platform', ['peers'])
  const terminals = useLive<readonly TerminalInfo[]>('/ptp/api/terminals', ['terminals'])
  const chargers = useLive<readonly ChargerInfo[]>('/cpo/api/chargers', ['chargers'])
  return (
    <main className="start" key={useLanguage()}>
      <header className="hero">
        <p className="brand">Plugtill</p>
        <h1>{t.title}</h1>
        <p>{t.lead}</p>
      </header>

      <Steps first={listOf(terminals)[0]} />
      <NeedsYou />

      <section className="running" aria-labelledby="running">
        <h2 id="running">{t.running}</h2>
        <ul>
          <Platform title={texts().sides.ptp} reading={ptp} path="/ptp/ocpi/versions" api="/ptp/api/openapi.json" />
          <Platform title={texts().sides.cpo} reading={cpo} path="/cpo/ocpi/versions" api="/cpo/api/openapi.json" />
          <li>
            <h3>{texts().pages.terminals.title}</h3>
            <Names
              reading={terminals}
              items={listOf(terminals).map((one) => (
                <Fragment key={one.terminal_id}>
                  <a href={kioskUrl(one.terminal_id)}>
                    {one.terminal_id}
                    {one.model ? <small> {one.model}</small> : null}
                  </a>
                  <a href={kioskUrl(one.terminal_id, 'tablet')} data-testid={`tablet-${one.terminal_id}`}>
                    {t.asTablet}
                  </a>
                </Fragment>
              ))}
            />
          </li>
          <li>
            <h3>{t.chargers}</h3>
            <Names reading={chargers} items={listOf(chargers).map((c) => <span key={c.id}>{c.id}</span>)} />
          </li>
        </ul>
      </section>

      <nav className="links" aria-label={t.more}>
        <a href="/console/">{t.console}</a>
        <a href="/ptp/api/openapi.json">{t.api}</a>
        <a href="/metrics">{t.metrics}</a>
        <a href="/healthz">{t.health}</a>
      </nav>
      <p className="caution">{t.caution}</p>
    </main>
  )
}

/** Only where somebody is needed. */
function NeedsYou(): ReactNode {
  const reading = useLive<{ readonly stuck: readonly object[] }>('/ptp/api/attention', ['payments'])
  const count = reading.data?.stuck.length ?? 0
  if (count === 0) return null
  return (
    <p className="needs-you">
      <a href="/console/payments?state=stuck">{texts().start.needs(count)}</a>
    </p>
  )
}

function Steps({ first }: { readonly first: TerminalInfo | undefined }): ReactNode {
  const t = texts().start
  return (
    <ol className="steps">
      <Step number="1" title={t.tap} text={t.tapSays}>
        {first ? (
          <a className="go" href={kioskUrl(first.terminal_id)} data-testid="try-terminal">
            {t.open(first.terminal_id)}
          </a>
        ) : (
          <span className="wait">{t.noTerminal}</span>
        )}
      </Step>
      <Step number="2" title={t.watch} text={t.watchSays}>
        <a className="go" href="/console/payments" data-testid="try-console">
          {t.openPayments}
        </a>
      </Step>
      <Step number="3" title={t.connect} text={t.connectSays}>
        <a className="go" href="/console/connect" data-testid="try-connect">
          {t.openConnect}
        </a>
      </Step>
    </ol>
  )
}

interface StepProps {
  readonly number: string
  readonly title: string
  readonly text: string
  readonly children: ReactNode
}

function Step({ number, title, text, children }: StepProps): ReactNode {
  return (
    <li className="step">
      <span className="step-number" aria-hidden="true">
        {number}
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </li>
  )
}

interface PlatformProps {
  readonly title: string
  readonly reading: Reading<PlatformInfo>
  readonly path: string
  readonly api: string
}

function Platform({ title, reading, path, api }: PlatformProps): ReactNode {
  const { data, absent, problem } = reading
  return (
    <li>
      <h3>{title}</h3>
      {data ? (
        <p>
          {data.name ?? texts().start.running}
          {data.party_id ? ` · ${data.country_code ?? ''} ${data.party_id}` : ''}
          <br />
          <a href={path}>{path}</a> · <a href={api}>API</a>
        </p>
      ) : (
        <p>{absent ? texts().start.notHere : (problem ?? texts().start.looking)}</p>
      )}
    </li>
  )
}

function Names({
  reading,
  items,
}: {
  readonly reading: Reading<unknown>
  readonly items: readonly ReactNode[]
}): ReactNode {
  if (items.length > 0) return <p className="names">{items}</p>
  const t = texts().start
  if (reading.absent) return <p>{t.noneHere}</p>
  return <p>{reading.problem ?? (reading.data === undefined ? t.looking : t.none)}</p>
}
