import type { ReactNode } from 'react'
import { useState } from 'react'
import type { Side } from '../../look/platform-api.ts'
import { listOf, usePoll } from '../../look/platform-api.ts'
import type { ExchangeInfo } from '../exchange.tsx'
import { ExchangeView } from '../exchange.tsx'
import { PageHead, Panel, SIDE_NAMES } from '../parts.tsx'

export function Exchanges(): ReactNode {
  const [side, setSide] = useState<Side>('ptp')
  const [text, setText] = useState('')
  const reading = usePoll<readonly ExchangeInfo[]>(`/${side}/api/exchanges?limit=200`)
  const all = listOf(reading)
  const wanted = all.filter((e) => matches(e, text.trim().toLowerCase()))
  return (
    <>
      <PageHead title="Exchanges" lead="Every OCPI request and its answer, newest first. Tokens are masked." />
      <fieldset className="filters">
        <legend className="unseen">Which platform</legend>
        {(['ptp', 'cpo'] as const).map((name) => (
          <button key={name} type="button" aria-pressed={side === name} onClick={() => setSide(name)}>
            {SIDE_NAMES[name]}
          </button>
        ))}
        <input
          type="search"
          placeholder="Module, path, status or reference"
          aria-label="Search exchanges"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </fieldset>
      <Panel
        title={`${wanted.length} ${wanted.length === 1 ? 'exchange' : 'exchanges'}`}
        reading={reading}
        empty={all.length === 0 ? 'Nothing has been said yet.' : wanted.length === 0 ? 'No exchange matches.' : false}
      >
        <ul className="exchanges">
          {wanted.map((exchange) => (
            <li key={exchange.seq ?? `${exchange.request_id}-${exchange.at}`}>
              <ExchangeView exchange={exchange} linked />
            </li>
          ))}
        </ul>
      </Panel>
    </>
  )
}

function matches(e: ExchangeInfo, text: string): boolean {
  if (text === '') return true
  return [e.module, e.url, e.method, String(e.status ?? ''), e.reference].some((field) =>
    field?.toLowerCase().includes(text),
  )
}
