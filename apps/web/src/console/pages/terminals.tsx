/** Terminals as both sides have them, and what can be done with them. */

import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import { kioskUrl, listOf } from '../../look/platform-api.ts'
import { Act, Field, Problem, useAct } from '../parts/act.tsx'
import { PageHead, Panel, sideName } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { plain, Said } from '../parts/values.tsx'
import { CpoTerminals } from '../terminal/cpo-terminals.tsx'
import type { Terminal } from '../terminal/info.tsx'
import { placeColumns } from '../terminal/info.tsx'
import type { Partner } from './partners.tsx'
import { nameOf } from './partners.tsx'

interface ContractName {
  readonly id: string
  readonly peer: string
  readonly name: string
}

export function Terminals(): ReactNode {
  const t = texts().terminals
  const ptp = useLive<readonly Terminal[]>('/ptp/api/terminals', ['terminals'])
  const peers = listOf(useLive<readonly Partner[]>('/ptp/api/peers', ['peers'])).filter(
    ({ status }) => status === 'registered',
  )
  const contracts = listOf(useLive<readonly ContractName[]>('/ptp/api/contracts', ['terminals']))
  return (
    <>
      <PageHead title={texts().pages.terminals.title} lead={texts().pages.terminals.lead} />
      <Panel title={sideName('ptp')} reading={ptp} empty={listOf(ptp).length === 0 && t.none} testId="terminals-ptp">
        <Table
          rows={listOf(ptp)}
          label={sideName('ptp')}
          rowKey={(one) => one.terminal_id}
          rowTestId={(one) => `terminal-${one.terminal_id}`}
          columns={[
            {
              title: texts().payment.terminal,
              cell: (one) => (
                <a className="short" href={kioskUrl(one.terminal_id)}>
                  {plain(one.terminal_id, 40)}
                </a>
              ),
            },
            { title: t.model, cell: (one) => <Said most={40}>{one.model}</Said> },
            { title: texts().payment.state, cell: (one) => <State name={one.state} /> },
            ...placeColumns(),
            { title: t.deeds, cell: (one) => <Deeds terminal={one} contracts={contracts} onDone={ptp.again} /> },
          ]}
        />
      </Panel>
      <Add peers={peers} onDone={ptp.again} />
      <CpoTerminals />
    </>
  )
}

interface DeedsProps {
  readonly terminal: Terminal
  readonly contracts: readonly ContractName[]
  readonly onDone: () => void
}

function Deeds({ terminal, contracts, onDone }: DeedsProps): ReactNode {
  const t = texts().terminals
  const path = `/ptp/api/terminals/${pathPart(terminal.terminal_id)}`
  return (
    <span className="deeds">
      <Act act={() => ask('POST', `${path}/push`)} then={onDone} testId="push">
        {t.push}
      </Act>
      <Act act={() => ask('POST', `${path}/deactivate`)} then={onDone} sure={t.sureDeactivate} testId="deactivate">
        {t.deactivate}
      </Act>
      {contracts.length === 0 ? null : (
        <Move key={terminal.contract} terminal={terminal} contracts={contracts} path={path} onDone={onDone} />
      )}
      {terminal.refusal ? (
        <span className="problem">
          <Said most={200}>{terminal.refusal}</Said>
        </span>
      ) : null}
    </span>
  )
}

/** Under another contract, also of another CPO. */
function Move({ terminal, contracts, path, onDone }: DeedsProps & { readonly path: string }): ReactNode {
  const t = texts().terminals
  const [to, setTo] = useState(terminal.contract ?? '')
  return (
    <>
      <select
        aria-label={t.moveLabel(terminal.terminal_id)}
        value={to}
        data-testid="move-to"
        onChange={(event) => setTo(event.target.value)}
      >
        {terminal.contract ? null : <option value="">{t.noContract}</option>}
        {contracts.map(({ id, name }) => (
          <option key={id} value={id}>
            {plain(name || id, 60)}
          </option>
        ))}
      </select>
      <Act
        act={() => ask('POST', `${path}/move`, { contract: to })}
        then={onDone}
        disabled={to === '' || to === terminal.contract}
        testId="move"
      >
        {t.move}
      </Act>
    </>
  )
}

const MODELS = ['apollo', 'apollo-max', 'polar'] as const

function Add({ peers, onDone }: { readonly peers: readonly Partner[]; readonly onDone: () => void }): ReactNode {
  const t = texts().terminals
  const [peer, setPeer] = useState('')
  const [model, setModel] = useState<string>(MODELS[0])
  const [serial, setSerial] = useState('')
  const acting = useAct()
  const chosen = peer || peers[0]?.id || ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    acting.run(
      () => ask('POST', '/ptp/api/terminals', { peer: chosen, model, ...(serial !== '' && { reference: serial }) }),
      () => {
        setSerial('')
        onDone()
      },
    )
  }
  return (
    <Panel title={t.add} empty={peers.length === 0 && t.needsPartner}>
      <form className="form inline" onSubmit={submit} data-testid="terminal-add">
        <Field
          label={texts().partners.partner}
          value={chosen}
          onChange={setPeer}
          options={peers.map((one) => [one.id, nameOf(one)])}
        />
        <Field label={t.model} value={model} onChange={setModel} options={MODELS.map((name) => [name, name])} />
        <Field label={t.serial} value={serial} onChange={setSerial} testId="terminal-serial" />
        <button className="button" type="submit" disabled={acting.busy}>
          {t.add}
        </button>
      </form>
      <Problem text={acting.problem} />
    </Panel>
  )
}
