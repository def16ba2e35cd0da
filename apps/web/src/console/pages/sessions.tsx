/** Charging sessions of the charging side: a list, and one with the curves of its power, energy and cost. */

import type { ReactNode } from 'react'
import { useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { money, number, time } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import type { SessionInfo } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Curve } from '../charts/curve.tsx'
import { Go } from '../parts/go.tsx'
import { Figures, PageHead, Pairs, Panel } from '../parts/panel.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { Amount, At, Code, Energy, None } from '../parts/values.tsx'

export function Sessions({ detail }: { readonly detail?: string }): ReactNode {
  return detail === undefined ? <SessionList /> : <SessionPage id={detail} />
}

function SessionList(): ReactNode {
  const t = texts().sessions
  const [text, setText] = useState('')
  const reading = useLive<readonly SessionInfo[]>('/cpo/api/sessions?limit=200', ['sessions'])
  const words = text.trim().toLowerCase()
  const rows = listOf(reading).filter((s) =>
    [s.id, s.reference, s.evse_uid, s.state, s.charger_id].some((field) => field?.toLowerCase().includes(words)),
  )
  return (
    <>
      <PageHead title={texts().pages.sessions.title} lead={texts().pages.sessions.lead} />
      <div className="filters">
        <SearchBox label={t.search} text={text} onText={setText} />
      </div>
      <Panel title={t.count(rows.length)} reading={reading} empty={rows.length === 0 && t.none}>
        <Table
          rows={rows}
          label={texts().pages.sessions.title}
          rowKey={(s) => s.id}
          columns={[
            { title: 'Session', cell: (s) => <Go to={{ page: 'sessions', detail: s.id }}>{s.id}</Go> },
            { title: texts().payment.state, cell: (s) => <State name={s.state} /> },
            { title: 'EVSE', cell: (s) => <Code>{s.evse_uid}</Code> },
            { title: texts().payment.energy, end: true, cell: (s) => <Energy wh={s.energy_wh} /> },
            { title: texts().payment.cost, end: true, cell: (s) => <Amount value={s.cost} /> },
            { title: t.started, end: true, cell: (s) => <At time={s.started_at} /> },
            {
              title: texts().pages.payments.one,
              cell: (s) =>
                s.reference ? <Go to={{ page: 'payments', detail: s.reference }}>{s.reference}</Go> : <None />,
            },
          ]}
        />
      </Panel>
    </>
  )
}

interface CurvePoint {
  readonly at: string
  readonly energy_wh: number
  readonly power_w: number | null
  readonly soc: number | null
  readonly cost_minor: number
}

function SessionPage({ id }: { readonly id: string }): ReactNode {
  const t = texts().sessions
  const path = `/cpo/api/sessions/${pathPart(id)}`
  const reading = useLive<
    SessionInfo & { readonly location_id?: string; readonly ended_at?: string | null; readonly tariff_id?: string }
  >(path, ['sessions'])
  const curve = listOf(useLive<readonly CurvePoint[]>(`${path}/curve`, ['sessions']))
  const session = reading.data
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'sessions' }}>{texts().pages.sessions.title}</Go>
      </p>
      <PageHead title={<bdi>{id}</bdi>}>{session ? <State name={session.state} /> : null}</PageHead>
      <Panel title={t.facts} reading={reading}>
        {session ? (
          <>
            <Figures
              figures={[
                { name: texts().payment.energy, value: <Energy wh={session.energy_wh} /> },
                { name: texts().payment.cost, value: <Amount value={session.cost} /> },
              ]}
            />
            <Pairs
              pairs={[
                ['EVSE', <Code key="e">{session.evse_uid}</Code>],
                [texts().payment.charger, <Code key="c">{session.charger_id}</Code>],
                [texts().payment.tariff, <Code key="t">{session.tariff_id}</Code>],
                [t.started, <At key="s" time={session.started_at} />],
                [t.ended, <At key="n" time={session.ended_at} />],
                [t.stopReason, session.stop_reason ?? <None key="r" />],
                [
                  texts().pages.payments.one,
                  session.reference ? (
                    <Go key="p" to={{ page: 'payments', detail: session.reference }}>
                      {session.reference}
                    </Go>
                  ) : (
                    <None key="p" />
                  ),
                ],
              ]}
            />
          </>
        ) : null}
      </Panel>
      <Curves curve={curve} currency={session?.cost?.currency ?? 'EUR'} />
    </>
  )
}

function Curves({ curve, currency }: { readonly curve: readonly CurvePoint[]; readonly currency: string }): ReactNode {
  const t = texts().sessions
  const x = ({ at }: CurvePoint): number => Date.parse(at)
  const sayX = (at: number): string => time(new Date(at).toISOString())
  const power = curve.flatMap((point) => (point.power_w === null ? [] : [{ x: x(point), y: point.power_w / 1000 }]))
  return (
    <div className="columns" data-testid="curves">
      <Panel title={t.power}>
        <Curve
          title={t.power}
          points={power}
          sayX={sayX}
          sayY={(kw) => `${number(kw, kw < 10 ? 1 : 0)} kW`}
          steps
          tone="info"
        />
      </Panel>
      <Panel title={texts().payment.cost}>
        <Curve
          title={texts().payment.cost}
          points={curve.map((point) => ({ x: x(point), y: point.cost_minor }))}
          sayX={sayX}
          sayY={(minor) => money({ amount_minor: Math.round(minor), currency })}
        />
      </Panel>
      <Panel title={texts().payment.energy}>
        <Curve
          title={texts().payment.energy}
          points={curve.map((point) => ({ x: x(point), y: point.energy_wh / 1000 }))}
          sayX={sayX}
          sayY={(kwh) => `${number(kwh, 1)} kWh`}
          tone="warn"
        />
      </Panel>
    </div>
  )
}
