/** Connecting one's own platform, step by step: whose token goes where, and whether each step has happened. */
import type { ReactNode } from 'react'
import { useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import type { PeerInfo, PlatformInfo, Side } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import type { Check, Way } from '../connect/checks.ts'
import { checksOf, otherSide, stranger } from '../connect/checks.ts'
import type { Invitation } from '../connect/invite.tsx'
import { Invite } from '../connect/invite.tsx'
import { Register } from '../connect/register.tsx'
import { Go } from '../parts/go.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Ago, plain } from '../parts/values.tsx'
import { useQuery } from '../routes.ts'
import { ExchangeOpen } from '../traffic/exchange.tsx'
import type { ExchangeInfo } from '../traffic/info.ts'

export function Connect(): ReactNode {
  const t = texts().connect
  const [query, change] = useQuery()
  const [invitation, setInvitation] = useState<Invitation | undefined>()
  const cpo = useLive<PlatformInfo>('/cpo/api/platform', [])
  const side: Side = query['side'] === 'cpo' ? 'cpo' : 'ptp'
  const way: Way = query['way'] === 'register' ? 'register' : 'invite'
  const peer = query['peer']
  const sides: readonly (readonly [Side, string])[] = [
    ['ptp', t.iAmCpo],
    ...(cpo.absent ? [] : [['cpo', t.iAmPtp] as const]),
  ]
  return (
    <>
      <PageHead title={texts().pages.connect.title} lead={texts().pages.connect.lead} />
      <div className="filter-room">
        <Choice legend={t.youAre} options={sides} value={side} onChange={(next) => change({ side: next, peer: '' })} />
        <Choice
          legend={t.whoBegins}
          options={[
            ['invite', t.youBegin],
            ['register', t.weBegin],
          ]}
          value={way}
          onChange={(next) => change({ way: next, peer: '' })}
        />
      </div>
      {way === 'invite' ? (
        <Invite
          side={side}
          invitation={invitation}
          onInvited={(made) => {
            setInvitation(made)
            change({ peer: made.id })
          }}
        />
      ) : (
        <Register side={side} onRegistered={({ id }) => change({ peer: id })} />
      )}
      <Progress side={side} way={way} peerId={peer} />
      <Tokens way={way} other={otherSide(side)} />
    </>
  )
}

interface ChoiceProps<T extends string> {
  readonly legend: string
  readonly options: readonly (readonly [T, string])[]
  readonly value: T
  readonly onChange: (value: T) => void
}

function Choice<T extends string>({ legend, options, value, onChange }: ChoiceProps<T>): ReactNode {
  return (
    <fieldset className="filters">
      <legend>{legend}</legend>
      {options.map(([name, text]) => (
        <button
          key={name}
          type="button"
          aria-pressed={value === name}
          onClick={() => onChange(name)}
          data-testid={`choose-${name}`}
        >
          {text}
        </button>
      ))}
    </fieldset>
  )
}

interface ProgressProps {
  readonly side: Side
  readonly way: Way
  readonly peerId: string | undefined
}

function Progress({ side, way, peerId }: ProgressProps): ReactNode {
  const t = texts().connect
  const [since] = useState(() => Date.now())
  const reading = useLive<readonly ExchangeInfo[]>(`/${side}/api/exchanges?limit=300`, ['exchanges', 'peers'])
  const peers = listOf(useLive<readonly PeerInfo[]>(`/${side}/api/peers`, ['peers', 'exchanges']))
  const peer = peers.find(({ id }) => id === peerId)
  const exchanges = listOf(reading)
  const checks = checksOf({ way, peer, exchanges })
  const knocked = stranger(exchanges, since)
  const done = peer?.status === 'registered'
  return (
    <Panel title={t.steps} empty={peerId === undefined && !knocked && t.notBegun} testId="connect-steps">
      {peerId === undefined ? null : (
        <ol className="checks">
          {checks.map((check, index) => (
            <CheckLine key={check.name} check={check} way={way} side={side} number={index + 1} />
          ))}
        </ol>
      )}
      {knocked && !done ? (
        <p className="problem">
          {t.knocked(plain(knocked.method), plain(knocked.url, 200))} <Ago time={knocked.at} />
        </p>
      ) : null}
      {done && peer ? (
        <p className="deeds" data-testid="connected">
          <Go className="button" to={{ page: 'milestones', detail: `${side}/${peer.id}` }}>
            {t.toBoard}
          </Go>
          <Go to={{ page: 'partners', detail: `${side}/${peer.id}` }}>{t.toPartner}</Go>
        </p>
      ) : null}
    </Panel>
  )
}

interface CheckLineProps {
  readonly check: Check
  readonly way: Way
  readonly side: Side
  readonly number: number
}

function CheckLine({ check, way, side, number }: CheckLineProps): ReactNode {
  const t = texts().connect
  const words = t.checks[way][check.name]
  return (
    <li data-status={check.status} data-testid={`check-${check.name}`}>
      <span className="check-mark" aria-hidden="true">
        {check.status === 'done' ? '✓' : check.status === 'failed' ? '!' : number}
      </span>
      <div>
        <b>{words.title}</b> <span className="quiet">{t.status[check.status]}</span>
        <p className="quiet">{check.status === 'failed' ? words.hint : words.says}</p>
        {check.exchange ? (
          <details className="raw">
            <summary>
              {plain(check.exchange.method)} → {check.exchange.status || texts().traffic.noAnswer}
            </summary>
            <ExchangeOpen exchange={check.exchange} side={side} />
          </details>
        ) : null}
      </div>
    </li>
  )
}

/** Which token is made by whom, and where it is expected. */
function Tokens({ way, other }: { readonly way: Way; readonly other: string }): ReactNode {
  const t = texts().connect
  const [you, we] = [t.you(other), t.we]
  const rows: readonly (readonly [string, string, string, string])[] =
    way === 'invite'
      ? [
          ['A', we, you, t.useA],
          ['B', you, we, t.useB],
          ['C', we, you, t.useC],
        ]
      : [
          ['A', you, we, t.useA],
          ['B', we, you, t.useB],
          ['C', you, we, t.useC],
        ]
  return (
    <Panel title={t.tokens}>
      <div className="table-room">
        <table aria-label={t.tokens}>
          <thead>
            <tr>
              <th scope="col">{t.token}</th>
              <th scope="col">{t.madeBy}</th>
              <th scope="col">{t.sentBy}</th>
              <th scope="col">{t.where}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, by, sender, where]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td data-title={t.madeBy}>{by}</td>
                <td data-title={t.sentBy}>{sender}</td>
                <td data-title={t.where}>{where}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="quiet">{t.base64}</p>
    </Panel>
  )
}
