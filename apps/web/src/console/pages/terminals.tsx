/** Terminals as both sides have them, and what can be done with them. */
import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import type { TerminalInfo } from '../../look/platform-api.ts'
import { kioskUrl, listOf } from '../../look/platform-api.ts'
import { Act, Field, Problem, useAct } from '../parts/act.tsx'
import { PageHead, Panel, sideName } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import type { Column } from '../parts/table.tsx'
import { Table } from '../parts/table.tsx'
import { Ago, Code, None, Said } from '../parts/values.tsx'
import type { Partner } from './partners.tsx'
import { nameOf } from './partners.tsx'

interface Terminal extends TerminalInfo {
  readonly state?: string
  readonly peer?: string
  readonly contract?: string | null
  readonly refusal?: string | null
}

export function Terminals(): ReactNode {
  const t = texts().terminals
  const ptp = useLive<readonly Terminal[]>('/ptp/api/terminals', ['terminals'])
  const cpo = useLive<readonly Terminal[]>('/cpo/api/terminals', ['terminals', 'exchanges'])
  return (
    <>
      <PageHead title={texts().pages.terminals.title} lead={texts().pages.terminals.lead} />
      <Panel title={sideName('ptp')} reading={ptp} empty={listOf(ptp).length === 0 && t.none}>
        <Table
          rows={listOf(ptp)}
          label={sideName('ptp')}
          rowKey={(one) => one.terminal_id}
          columns={[
            {
              title: texts().payment.terminal,
              cell: (one) => <a href={kioskUrl(one.terminal_id)}>{one.terminal_id}</a>,
            },
            { title: t.model, cell: (one) => <Said>{one.model}</Said> },
            { title: texts().payment.state, cell: (one) => <State name={one.state} /> },
            ...common(),
            { title: t.deeds, cell: (one) => <Deeds terminal={one} onDone={ptp.again} /> },
          ]}
        />
      </Panel>
      <Add onDone={ptp.again} />
      <Panel
        title={sideName('cpo')}
        reading={cpo}
        empty={listOf(cpo).length === 0 && t.noneArrived}
        aside={
          <Act act={() => ask('POST', '/cpo/api/terminals/pull')} then={cpo.again}>
            {t.pull}
          </Act>
        }
      >
        <Table
          rows={listOf(cpo)}
          label={sideName('cpo')}
          rowKey={(one) => one.terminal_id}
          columns={[
            { title: texts().payment.terminal, cell: (one) => <Code>{one.terminal_id}</Code> },
            ...common(),
            { title: t.assign, cell: (one) => <Assign terminal={one} onDone={cpo.again} /> },
          ]}
        />
      </Panel>
    </>
  )
}

const common = (): readonly Column<Terminal>[] => {
  const t = texts().terminals
  return [
    { title: t.sells, cell: (one) => <Ids ids={[...(one.location_ids ?? []), ...(one.evse_uids ?? [])]} /> },
    { title: t.serial, cell: (one) => <Said>{one.reference}</Said> },
    { title: t.customer, cell: (one) => <Said>{one.customer_reference}</Said> },
    { title: texts().locations.updated, end: true, cell: (one) => <Ago time={one.last_updated} /> },
  ]
}

function Deeds({ terminal, onDone }: { readonly terminal: Terminal; readonly onDone: () => void }): ReactNode {
  const t = texts().terminals
  const path = `/ptp/api/terminals/${encodeURIComponent(terminal.terminal_id)}`
  return (
    <span className="deeds">
      <Act act={() => ask('POST', `${path}/push`)} then={onDone}>
        {t.push}
      </Act>
      <Act act={() => ask('POST', `${path}/deactivate`)} then={onDone}>
        {t.deactivate}
      </Act>
      {terminal.refusal ? (
        <span className="problem">
          <Said most={200}>{terminal.refusal}</Said>
        </span>
      ) : null}
    </span>
  )
}

const listed = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean)

function Assign({ terminal, onDone }: { readonly terminal: Terminal; readonly onDone: () => void }): ReactNode {
  const t = texts().terminals
  const [where, setWhere] = useState((terminal.location_ids ?? []).join(', '))
  const path = `/cpo/api/terminals/${encodeURIComponent(terminal.terminal_id)}/assign`
  return (
    <span className="deeds">
      <input
        type="text"
        aria-label={t.assignLabel(terminal.terminal_id)}
        value={where}
        onChange={(event) => setWhere(event.target.value)}
      />
      <Act act={() => ask('POST', path, { locations: listed(where) })} then={onDone}>
        {t.assign}
      </Act>
    </span>
  )
}

const MODELS = ['apollo', 'apollo-max', 'polar'] as const

function Add({ onDone }: { readonly onDone: () => void }): ReactNode {
  const t = texts().terminals
  const peers = listOf(useLive<readonly Partner[]>('/ptp/api/peers', ['peers'])).filter(
    ({ status }) => status === 'registered',
  )
  const [peer, setPeer] = useState('')
  const [model, setModel] = useState<string>(MODELS[0])
  const [serial, setSerial] = useState('')
  const acting = useAct()
  const chosen = peer || peers[0]?.id || ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    acting.run(
      () => ask('POST', '/ptp/api/terminals', { peer: chosen, model, ...(serial !== '' && { reference: serial }) }),
      onDone,
    )
  }
  return (
    <Panel title={t.add} empty={peers.length === 0 && t.needsPartner}>
      <form className="form inline" onSubmit={submit}>
        <Field
          label={texts().partners.partner}
          value={chosen}
          onChange={setPeer}
          options={peers.map((one) => [one.id, nameOf(one)])}
        />
        <Field label={t.model} value={model} onChange={setModel} options={MODELS.map((name) => [name, name])} />
        <Field label={t.serial} value={serial} onChange={setSerial} />
        <button className="button" type="submit" disabled={acting.busy}>
          {t.add}
        </button>
      </form>
      <Problem text={acting.problem} />
    </Panel>
  )
}

function Ids({ ids }: { readonly ids: readonly string[] }): ReactNode {
  if (ids.length === 0) return <None />
  return (
    <span className="ids">
      {ids.slice(0, 6).map((id) => (
        <Code key={id}>{id}</Code>
      ))}
      {ids.length > 6 ? <span className="none">{texts().panel.more(ids.length - 6)}</span> : null}
    </span>
  )
}
