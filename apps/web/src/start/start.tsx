import type { ReactNode } from 'react'
import type { ChargerInfo, PlatformInfo, Reading, TerminalInfo } from '../look/platform-api.ts'
import { kioskUrl, listOf, usePoll } from '../look/platform-api.ts'

/** What runs here, and what to do with it first. */
export function Start(): ReactNode {
  const ptp = usePoll<PlatformInfo>('/ptp/api/platform', 5_000)
  const cpo = usePoll<PlatformInfo>('/cpo/api/platform', 5_000)
  const terminals = usePoll<readonly TerminalInfo[]>('/ptp/api/terminals', 5_000)
  const chargers = usePoll<readonly ChargerInfo[]>('/cpo/api/chargers', 5_000)
  return (
    <main className="start">
      <header className="hero">
        <p className="brand">Plugtill</p>
        <h1>Card payment at the charger, over OCPI, running on this machine.</h1>
        <p>
          A payment platform, a charging platform, chargers that speak OCPP and terminals you can tap. No card, car or
          account is needed.
        </p>
      </header>

      <Steps first={listOf(terminals)[0]} />

      <section className="running" aria-labelledby="running">
        <h2 id="running">Running now</h2>
        <ul>
          <Platform title="Payment side (PTP)" reading={ptp} path="/ptp/ocpi/versions" api="/ptp/api/openapi.json" />
          <Platform title="Charging side (CPO)" reading={cpo} path="/cpo/ocpi/versions" api="/cpo/api/openapi.json" />
          <li>
            <h3>Terminals</h3>
            <Names
              reading={terminals}
              items={listOf(terminals).map((t) => (
                <a key={t.terminal_id} href={terminalUrl(t)}>
                  {t.terminal_id}
                  {t.model ? <small> {t.model}</small> : null}
                </a>
              ))}
            />
          </li>
          <li>
            <h3>Chargers</h3>
            <Names reading={chargers} items={listOf(chargers).map((c) => <span key={c.id}>{c.id}</span>)} />
          </li>
        </ul>
      </section>

      <nav className="links" aria-label="More">
        <a href="/console/">Operator’s console</a>
        <a href="/ptp/api/openapi.json">Admin API</a>
        <a href="/metrics">Metrics</a>
        <a href="/healthz">Health</a>
      </nav>
      <p className="caution">
        An independent open implementation. Passing here is no certificate of any terminal maker.
      </p>
    </main>
  )
}

function Steps({ first }: { readonly first: TerminalInfo | undefined }): ReactNode {
  return (
    <ol className="steps">
      <Step
        number="1"
        title="Tap a card"
        text="Choose a charger, accept the price, tap. The car plugs in by itself after a few seconds."
      >
        {first ? (
          <a className="go" href={terminalUrl(first)} data-testid="try-terminal">
            Open terminal {first.terminal_id}
          </a>
        ) : (
          <span className="wait">No terminal yet. Add one: npx plugtill terminals add</span>
        )}
      </Step>
      <Step
        number="2"
        title="Watch the payment"
        text="Every state, every OCPI message with both bodies, and what became of the money."
      >
        <a className="go" href="/console/payments" data-testid="try-console">
          Open payments
        </a>
      </Step>
      <Step
        number="3"
        title="Break something"
        text="Tap the declined card, the silent bank or the capture that fails, and see where the money ends up."
      >
        <a className="go" href={first ? terminalUrl(first) : '/console/'}>
          Try another card
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
          {data.name ?? 'Running'}
          {data.party_id ? ` · ${data.country_code ?? ''} ${data.party_id}` : ''}
          <br />
          <a href={path}>{path}</a> · <a href={api}>API</a>
        </p>
      ) : (
        <p>{absent ? 'Does not run here. Connect your own.' : (problem ?? 'Looking …')}</p>
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
  if (reading.absent) return <p>None here.</p>
  return <p>{reading.problem ?? (reading.data === undefined ? 'Looking …' : 'None yet.')}</p>
}

function terminalUrl(terminal: TerminalInfo): string {
  return kioskUrl(terminal.terminal_id)
}
