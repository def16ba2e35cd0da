/** Charging stations, and in the sandbox what a driver or a broken part would do to them. */

import type { ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { number, percent } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import type { ChargerInfo } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Act, Field, Problem, useAct } from '../parts/act.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Code, None, plain, Said } from '../parts/values.tsx'

interface SimConnector {
  readonly connector_id: number
  readonly status: string
  readonly error_code: string
  readonly register_wh: number
  readonly power_w: number
  readonly car: string | null
  readonly soc: number | null
  readonly transaction_id: string | null
}

interface SimCharger {
  readonly id: string
  readonly connected: boolean
  readonly queued: number
  readonly connectors: readonly SimConnector[]
}

export function Chargers(): ReactNode {
  const t = texts().chargers
  const reading = useLive<readonly ChargerInfo[]>('/cpo/api/chargers', ['chargers', 'locations'])
  const sim = useLive<readonly SimCharger[]>('/sim/api/chargers', ['chargers', 'locations', 'sessions'])
  const chargers = listOf(reading)
  const simulated = new Map(listOf(sim).map((one) => [one.id, one]))
  return (
    <>
      <PageHead title={texts().pages.chargers.title} lead={texts().pages.chargers.lead} />
      {chargers.length === 0 ? (
        <Panel title={t.stations} reading={reading} empty={t.none}>
          {null}
        </Panel>
      ) : null}
      {chargers.map((charger) => (
        <Panel
          key={charger.id}
          title={charger.id}
          testId={`charger-${charger.id}`}
          aside={<State name={charger.connected ? 'connected' : 'offline'} />}
        >
          <About charger={charger} />
          <Station charger={charger} sim={simulated.get(charger.id)} onDone={sim.again} />
          <Orders charger={charger} onDone={reading.again} />
        </Panel>
      ))}
    </>
  )
}

function About({ charger }: { readonly charger: ChargerInfo }): ReactNode {
  const { protocol, vendor, model, firmware, adoption } = charger
  const words = [protocol, [vendor, model].filter(Boolean).join(' '), firmware, adoption]
  return (
    <p className="quiet">
      <Said most={200}>{words.filter(Boolean).join(' · ')}</Said>
    </p>
  )
}

type Outcome = { readonly outcome: string }

/** What a central system may ask of any station, also of one that is not simulated; a station that came by itself is adopted first. */
function Orders({ charger, onDone }: { readonly charger: ChargerInfo; readonly onDone: () => void }): ReactNode {
  const t = texts().chargers
  const [said, setSaid] = useState('')
  const [location, setLocation] = useState('')
  const path = `/cpo/api/chargers/${pathPart(charger.id)}`
  const order = (name: string, words: string, body: object): ReactNode => (
    <Act
      act={() => ask<Outcome>('POST', `${path}/${name}`, body)}
      then={({ outcome }) => {
        setSaid(`${words}: ${outcome}`)
        onDone()
      }}
      disabled={!charger.connected}
    >
      {words}
    </Act>
  )
  if (charger.adoption === 'quarantined')
    return (
      <div className="form inline">
        <Field label={t.adoptAt} value={location} onChange={setLocation} />
        <Act
          act={() => ask('POST', `${path}/adopt`, { location_id: location })}
          then={onDone}
          primary
          disabled={location === ''}
        >
          {t.adopt}
        </Act>
      </div>
    )
  return (
    <p className="deeds">
      {order('reset', t.reset, { type: 'Soft' })}
      {order('availability', t.takeOut, { operative: false })}
      {order('availability', t.putIn, { operative: true })}
      <span className="quiet" role="status">
        {plain(said, 120)}
      </span>
    </p>
  )
}

interface StationProps {
  readonly charger: ChargerInfo
  readonly sim: SimCharger | undefined
  readonly onDone: () => void
}

function Station({ charger, sim, onDone }: StationProps): ReactNode {
  const t = texts().chargers
  const evseOf = (connector: number): string | undefined =>
    charger.connectors?.find((one) => one.connector === connector)?.evse_uid
  if (!sim)
    return <p className="quiet">{t.notSimulated((charger.connectors ?? []).map((c) => c.evse_uid).join(', '))}</p>
  return (
    <>
      <ul className="connectors">
        {sim.connectors.map((connector) => (
          <Connector
            key={connector.connector_id}
            id={charger.id}
            connector={connector}
            evse={evseOf(connector.connector_id)}
            onDone={onDone}
          />
        ))}
      </ul>
      <p className="deeds">
        <Act act={() => ask('POST', simPath(charger.id, 'link'), { down_ms: 20_000 })} then={onDone}>
          {t.cutLink}
        </Act>
        {sim.queued > 0 ? <span className="quiet">{t.queued(sim.queued)}</span> : null}
      </p>
    </>
  )
}

const simPath = (id: string, deed: string): string => `/sim/api/chargers/${pathPart(id)}/${deed}`
const CARS = ['city', 'family', 'long-range', 'plug-in-hybrid'] as const
const CODES = [
  'InternalError',
  'GroundFailure',
  'ConnectorLockFailure',
  'HighTemperature',
  'OverCurrentFailure',
] as const

interface ConnectorProps {
  readonly id: string
  readonly connector: SimConnector
  readonly evse: string | undefined
  readonly onDone: () => void
}

function Connector({ id, connector, evse, onDone }: ConnectorProps): ReactNode {
  const t = texts().chargers
  const { connector_id, status, soc, car } = connector
  return (
    <li className="connector" data-testid={`connector-${id}-${connector_id}`}>
      <div className="connector-head">
        <b>{t.connector(connector_id)}</b> <State name={status} />
        {evse ? <Code>{evse}</Code> : null}
      </div>
      <dl className="figures small">
        <div>
          <dt>{t.power}</dt>
          <dd className="number">{number(connector.power_w / 1000, 1)} kW</dd>
        </div>
        <div>
          <dt>{t.car}</dt>
          <dd>{car ? `${car}${soc === null ? '' : ` · ${percent(soc / 100)}`}` : <None />}</dd>
        </div>
        <div>
          <dt>{t.register}</dt>
          <dd className="number">{number(connector.register_wh / 1000, 1)} kWh</dd>
        </div>
      </dl>
      <Deeds id={id} connector={connector} onDone={onDone} />
    </li>
  )
}

function Deeds({ id, connector, onDone }: Omit<ConnectorProps, 'evse'>): ReactNode {
  const t = texts().chargers
  const [car, setCar] = useState<string>('family')
  const [code, setCode] = useState<string>('InternalError')
  const acting = useAct()
  const button = (name: string, words: string, more: object = {}): ReactNode => (
    <button
      type="button"
      className="quiet-button"
      disabled={acting.busy}
      data-testid={name}
      onClick={() =>
        acting.run(() => ask('POST', simPath(id, name), { connector: connector.connector_id, ...more }), onDone)
      }
    >
      {words}
    </button>
  )
  return (
    <>
      <div className="deeds">
        {connector.car === null ? (
          <>
            <Field label={t.car} value={car} onChange={setCar} options={CARS.map((name) => [name, name])} />
            {button('plug', t.plug, { car })}
          </>
        ) : (
          <>
            {button('stop', t.stop)}
            {button('unplug', t.unplug)}
          </>
        )}
      </div>
      <div className="deeds">
        {connector.status === 'Faulted' ? (
          button('clear', t.mend)
        ) : (
          <>
            <Field label={t.code} value={code} onChange={setCode} options={CODES.map((name) => [name, name])} />
            {button('fault', t.fault, { code })}
          </>
        )}
      </div>
      <Problem text={acting.problem} />
    </>
  )
}
