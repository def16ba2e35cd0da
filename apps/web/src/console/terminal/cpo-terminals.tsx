/** What the charging side does with the terminals of its partners: says where they sell, puts one to work, takes one out. */

import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import { listOf } from '../../look/platform-api.ts'
import type { Partner } from '../pages/partners.tsx'
import { nameOf } from '../pages/partners.tsx'
import { Act, Field, Problem, useAct } from '../parts/act.tsx'
import { Panel, sideName } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'
import { Code, plain } from '../parts/values.tsx'
import type { Terminal } from './info.tsx'
import { placeColumns } from './info.tsx'

export function CpoTerminals(): ReactNode {
  const t = texts().terminals
  const cpo = useLive<readonly Terminal[]>('/cpo/api/terminals', ['terminals'])
  const peers = listOf(useLive<readonly Partner[]>('/cpo/api/peers', ['peers'])).filter(
    ({ status }) => status === 'registered',
  )
  return (
    <>
      <Panel
        title={sideName('cpo')}
        reading={cpo}
        empty={listOf(cpo).length === 0 && t.noneArrived}
        testId="terminals-cpo"
        aside={
          cpo.absent ? null : (
            <Act act={() => ask('POST', '/cpo/api/terminals/pull')} then={cpo.again} testId="pull">
              {t.pull}
            </Act>
          )
        }
      >
        <Table
          rows={listOf(cpo)}
          label={sideName('cpo')}
          rowKey={(one) => one.terminal_id}
          rowTestId={(one) => `known-${one.terminal_id}`}
          columns={[
            { title: texts().payment.terminal, cell: (one) => <Code>{plain(one.terminal_id, 40)}</Code> },
            ...placeColumns(),
            { title: t.assign, cell: (one) => <Assign terminal={one} onDone={cpo.again} /> },
          ]}
        />
      </Panel>
      {cpo.absent ? null : <Activate peers={peers} onDone={cpo.again} />}
    </>
  )
}

const listed = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean)

function Assign({ terminal, onDone }: { readonly terminal: Terminal; readonly onDone: () => void }): ReactNode {
  const t = texts().terminals
  const [locations, setLocations] = useState((terminal.location_ids ?? []).join(', '))
  const [evses, setEvses] = useState((terminal.evse_uids ?? []).join(', '))
  const path = `/cpo/api/terminals/${pathPart(terminal.terminal_id)}`
  const body = { locations: listed(locations), evses: listed(evses) }
  return (
    <span className="deeds assign">
      <input
        type="text"
        aria-label={t.assignLabel(plain(terminal.terminal_id, 40))}
        placeholder={t.locations}
        value={locations}
        data-testid="assign-locations"
        onChange={(event) => setLocations(event.target.value)}
      />
      <input
        type="text"
        aria-label={t.assignEvsesLabel(plain(terminal.terminal_id, 40))}
        placeholder={t.evses}
        value={evses}
        data-testid="assign-evses"
        onChange={(event) => setEvses(event.target.value)}
      />
      <Act act={() => ask('POST', `${path}/assign`, body)} then={onDone} testId="assign">
        {t.assign}
      </Act>
      <Act act={() => ask('POST', `${path}/deactivate`)} then={onDone} sure={t.sureDeactivate} testId="cpo-deactivate">
        {t.deactivate}
      </Act>
    </span>
  )
}

interface ActivateProps {
  readonly peers: readonly Partner[]
  readonly onDone: () => void
}

/** A terminal that is built in already: the charging side names its serial number, the payment side puts it to work. */
function Activate({ peers, onDone }: ActivateProps): ReactNode {
  const t = texts().terminals
  const [peer, setPeer] = useState('')
  const [serial, setSerial] = useState('')
  const [locations, setLocations] = useState('')
  const [said, setSaid] = useState('')
  const acting = useAct()
  const chosen = peer || peers[0]?.id || ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setSaid('')
    const places = listed(locations)
    const body = { peer: chosen, reference: serial, ...(places.length > 0 && { locations: places }) }
    acting.run(
      () => ask('POST', '/cpo/api/terminals/activate', body),
      () => {
        setSaid(t.activationSent(serial))
        onDone()
      },
    )
  }
  return (
    <Panel title={t.activateTitle} empty={peers.length === 0 && t.needsPartner}>
      <p className="quiet">{t.activateSays}</p>
      <form className="form inline" onSubmit={submit} data-testid="terminal-activate">
        <Field
          label={texts().partners.partner}
          value={chosen}
          onChange={setPeer}
          options={peers.map((one) => [one.id, nameOf(one)])}
        />
        <Field label={t.serial} value={serial} onChange={setSerial} testId="activate-serial" required />
        <Field label={t.locations} value={locations} onChange={setLocations} testId="activate-locations" />
        <button className="button" type="submit" disabled={acting.busy || serial.trim() === ''}>
          {t.activate}
        </button>
      </form>
      <Problem text={acting.problem} />
      <p className="quiet" role="status">
        {said}
      </p>
    </Panel>
  )
}
