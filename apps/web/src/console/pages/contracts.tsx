/** Contracts with CPO platforms: what each says otherwise than the platform does. */

import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import { listOf } from '../../look/platform-api.ts'
import { Act, Field, Problem, useAct } from '../parts/act.tsx'
import { Go } from '../parts/go.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'
import { Ago, Code, None, plain, Said } from '../parts/values.tsx'
import type { Partner } from './partners.tsx'
import { nameOf } from './partners.tsx'

interface Contract {
  readonly id: string
  readonly peer: string
  readonly name: string
  readonly customer_reference: string | null
  readonly settings: Readonly<Record<string, unknown>>
  readonly last_updated: string
  readonly effective?: Readonly<Record<string, unknown>>
  readonly terminals?: readonly string[]
}

export function Contracts({ detail }: { readonly detail?: string }): ReactNode {
  return detail === undefined ? <ContractList /> : <ContractPage id={detail} />
}

function ContractList(): ReactNode {
  const t = texts().contracts
  const reading = useLive<readonly Contract[]>('/ptp/api/contracts', ['terminals'])
  const peers = listOf(useLive<readonly Partner[]>('/ptp/api/peers', ['peers']))
  const names = new Map(peers.map((peer) => [peer.id, nameOf(peer)]))
  return (
    <>
      <PageHead title={texts().pages.contracts.title} lead={texts().pages.contracts.lead} />
      <Panel title={texts().pages.contracts.title} reading={reading} empty={listOf(reading).length === 0 && t.none}>
        <Table
          rows={listOf(reading)}
          label={texts().pages.contracts.title}
          rowKey={(c) => c.id}
          columns={[
            { title: t.name, cell: (c) => <Go to={{ page: 'contracts', detail: c.id }}>{plain(c.name, 80)}</Go> },
            { title: texts().partners.partner, cell: (c) => names.get(c.peer) ?? <Code>{c.peer}</Code> },
            { title: texts().terminals.customer, cell: (c) => <Said>{c.customer_reference}</Said> },
            { title: t.differs, cell: (c) => <Said>{Object.keys(c.settings).join(', ')}</Said> },
            { title: texts().locations.updated, end: true, cell: (c) => <Ago time={c.last_updated} /> },
          ]}
        />
      </Panel>
      <Add peers={peers.filter(({ status }) => status === 'registered')} onDone={reading.again} />
    </>
  )
}

function Add({ peers, onDone }: { readonly peers: readonly Partner[]; readonly onDone: () => void }): ReactNode {
  const t = texts().contracts
  const [peer, setPeer] = useState('')
  const [name, setName] = useState('')
  const [customer, setCustomer] = useState('')
  const acting = useAct()
  const chosen = peer || peers[0]?.id || ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const body = { peer: chosen, name, ...(customer !== '' && { customer_reference: customer }) }
    acting.run(() => ask('POST', '/ptp/api/contracts', body), onDone)
  }
  return (
    <Panel title={t.add} empty={peers.length === 0 && texts().terminals.needsPartner}>
      <form className="form inline" onSubmit={submit} data-testid="contract-add">
        <Field
          label={texts().partners.partner}
          value={chosen}
          onChange={setPeer}
          options={peers.map((one) => [one.id, nameOf(one)])}
        />
        <Field label={t.name} value={name} onChange={setName} testId="contract-name" required />
        <Field label={texts().terminals.customer} value={customer} onChange={setCustomer} />
        <button className="button" type="submit" disabled={acting.busy || name === ''}>
          {t.add}
        </button>
      </form>
      <Problem text={acting.problem} />
    </Panel>
  )
}

function ContractPage({ id }: { readonly id: string }): ReactNode {
  const t = texts().contracts
  const path = `/ptp/api/contracts/${pathPart(id)}`
  const reading = useLive<Contract>(path, ['terminals'])
  const contract = reading.data
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'contracts' }}>{texts().pages.contracts.title}</Go>
      </p>
      <PageHead title={<bdi>{plain(contract?.name ?? id, 80)}</bdi>} lead={t.frozen} />
      <Panel title={t.settings} reading={reading}>
        {contract ? <Settings contract={contract} path={path} onDone={reading.again} /> : null}
      </Panel>
      <Panel
        title={texts().pages.terminals.title}
        reading={reading}
        empty={(contract?.terminals ?? []).length === 0 && t.noTerminals}
      >
        <p className="ids">
          {(contract?.terminals ?? []).map((one) => (
            <Code key={one}>{one}</Code>
          ))}
        </p>
      </Panel>
    </>
  )
}

interface SettingsProps {
  readonly contract: Contract
  readonly path: string
  readonly onDone: () => void
}

function Settings({ contract, path, onDone }: SettingsProps): ReactNode {
  const t = texts().contracts
  const names = Object.keys(contract.effective ?? {})
  const [name, setName] = useState(names[0] ?? '')
  const [value, setValue] = useState('')
  const set = (change: unknown) => ask('POST', path, { settings: { [name]: change } })
  return (
    <>
      <Table
        rows={names}
        label={t.settings}
        rowKey={(one) => one}
        columns={[
          { title: t.setting, cell: (one) => <Code>{one}</Code> },
          { title: t.value, cell: (one) => <Said>{shown(contract.effective?.[one])}</Said> },
          { title: t.own, cell: (one) => (one in contract.settings ? t.yes : <None />) },
        ]}
      />
      <div className="form inline">
        <Field
          label={t.setting}
          value={name}
          onChange={setName}
          options={names.map((one) => [one, one])}
          testId="setting-name"
        />
        <Field label={t.value} hint={t.valueHint} value={value} onChange={setValue} testId="setting-value" />
        <Act act={() => set(parsed(value))} then={onDone} primary disabled={value === ''} testId="setting-set">
          {t.set}
        </Act>
        <Act act={() => set(null)} then={onDone} testId="setting-unset">
          {t.unset}
        </Act>
      </div>
    </>
  )
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** JSON where it is some, text otherwise. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
