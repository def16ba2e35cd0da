/** What went wrong and was kept, and in the sandbox: what shall go wrong with a partner. */
import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import type { Side } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Act, Field, Problem, useAct } from '../parts/act.tsx'
import { Go } from '../parts/go.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'
import { At, Code, None, Said } from '../parts/values.tsx'
import type { Partner } from './partners.tsx'
import { nameOf } from './partners.tsx'

interface FaultInfo {
  readonly seq?: number
  readonly at: string
  readonly code?: string
  readonly message?: string
  readonly reference?: string | null
}

interface Trouble {
  readonly id: string
  readonly platform: Side
  readonly peer: string
  readonly of: 'sent' | 'received'
  readonly kind: 'delay' | 'error' | 'silence'
  readonly where?: string
  readonly times?: number
  readonly met: number
}

export function Faults(): ReactNode {
  return (
    <>
      <PageHead title={texts().pages.faults.title} lead={texts().pages.faults.lead} />
      <Troubles />
      <FaultList />
    </>
  )
}

function FaultList(): ReactNode {
  const t = texts().faults
  const ptp = useLive<readonly FaultInfo[]>('/ptp/api/faults?limit=100', ['faults'])
  const cpo = useLive<readonly FaultInfo[]>('/cpo/api/faults?limit=100', ['faults'])
  const of = (side: Side, list: readonly FaultInfo[]) => list.map((fault) => ({ ...fault, side }))
  const faults = [...of('ptp', listOf(ptp)), ...of('cpo', listOf(cpo))].toSorted(
    (a, b) => Date.parse(b.at) - Date.parse(a.at),
  )
  return (
    <Panel title={t.kept} reading={ptp} empty={faults.length === 0 && t.none}>
      <Table
        rows={faults}
        label={t.kept}
        rowKey={(f, index) => `${f.side} ${f.at} ${index}`}
        columns={[
          { title: t.when, cell: (f) => <At time={f.at} /> },
          { title: t.side, cell: (f) => f.side.toUpperCase() },
          { title: t.code, cell: (f) => <Code>{f.code}</Code> },
          { title: t.says, cell: (f) => <Said most={400}>{f.message}</Said> },
          {
            title: texts().pages.payments.one,
            cell: (f) =>
              f.reference && f.side === 'ptp' && /^[0-9a-f-]{36}$/.test(f.reference) ? (
                <Go to={{ page: 'payments', detail: f.reference }}>{f.reference.slice(0, 8)}</Go>
              ) : (
                <None />
              ),
          },
        ]}
      />
    </Panel>
  )
}

function Troubles(): ReactNode {
  const t = texts().faults
  const reading = useLive<readonly Trouble[]>('/sandbox/api/troubles', ['exchanges', 'faults'])
  const troubles = listOf(reading)
  if (reading.absent) return null
  return (
    <Panel title={t.onPurpose} reading={reading}>
      <p className="quiet">{t.onPurposeSays}</p>
      <NewTrouble onDone={reading.again} />
      <ul className="needs" data-testid="troubles">
        {troubles.map((one) => (
          <li key={one.id} data-tone="warn">
            <b>
              {t.kinds[one.kind]} · {t.of[one.of]}
            </b>
            <span>
              <Code>{`${one.platform} → ${one.peer}`}</Code> {one.where ? <Code>{one.where}</Code> : null}
            </span>
            <span className="quiet">{t.met(one.met)}</span>
            <Act act={() => ask('DELETE', `/sandbox/api/troubles/${one.id}`)} then={reading.again}>
              {t.end}
            </Act>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const PLACES = ['', 'commands', 'sessions', 'cdrs', 'locations', 'tariffs', 'payments', 'credentials'] as const

function usePartners(): readonly { readonly key: string; readonly name: string }[] {
  const ptp = listOf(useLive<readonly Partner[]>('/ptp/api/peers', ['peers']))
  const cpo = listOf(useLive<readonly Partner[]>('/cpo/api/peers', ['peers']))
  return [
    ...ptp.map((peer) => ({ key: `ptp ${peer.id}`, name: `PTP → ${nameOf(peer)}` })),
    ...cpo.map((peer) => ({ key: `cpo ${peer.id}`, name: `CPO → ${nameOf(peer)}` })),
  ]
}

function NewTrouble({ onDone }: { readonly onDone: () => void }): ReactNode {
  const t = texts().faults
  const partners = usePartners()
  const [whom, setWhom] = useState('')
  const [of, setOf] = useState<Trouble['of']>('sent')
  const [kind, setKind] = useState<Trouble['kind']>('error')
  const [where, setWhere] = useState('')
  const [times, setTimes] = useState('')
  const acting = useAct()
  const [platform = '', peer = ''] = (whom || partners[0]?.key || '').split(' ')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const count = Number.parseInt(times, 10)
    const body = { platform, peer, of, kind, ...(where !== '' && { where }), ...(count > 0 && { times: count }) }
    acting.run(() => ask('POST', '/sandbox/api/troubles', body), onDone)
  }
  return (
    <form className="form inline" onSubmit={submit}>
      <Field
        label={texts().partners.partner}
        value={`${platform} ${peer}`}
        onChange={setWhom}
        options={partners.map(({ key, name }) => [key, name])}
      />
      <Field
        label={t.whose}
        value={of}
        onChange={(value) => setOf(value as Trouble['of'])}
        options={Object.entries(t.of)}
      />
      <Field
        label={t.what}
        value={kind}
        onChange={(value) => setKind(value as Trouble['kind'])}
        options={Object.entries(t.kinds)}
        testId="trouble-kind"
      />
      <Field
        label={t.where}
        value={where}
        onChange={setWhere}
        options={PLACES.map((name) => [name, name || t.everywhere])}
        testId="trouble-where"
      />
      <Field
        label={t.times}
        hint={t.timesHint}
        type="number"
        value={times}
        onChange={setTimes}
        testId="trouble-times"
      />
      <button className="button" type="submit" disabled={acting.busy || peer === ''} data-testid="trouble-add">
        {t.begin}
      </button>
      <Problem text={acting.problem} />
    </form>
  )
}
