/** Cards of mobility providers: those the charging side was told of, and what became of those that were shown at stations. */

import type { ReactNode } from 'react'
import { useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { milliseconds } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import { listOf } from '../../look/platform-api.ts'
import { PageHead, Panel } from '../parts/panel.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { Ago, At, Code, None, plain } from '../parts/values.tsx'

interface Token {
  readonly country_code: string
  readonly party_id: string
  readonly uid: string
  readonly type: string
  readonly contract_id?: string
  readonly valid: boolean
  readonly whitelist: string
  readonly last_updated?: string
}

interface Shown {
  readonly shown_at: string
  readonly charger_id: string
  readonly uid: string
  /** In the words of OCPP. */
  readonly result: string
  readonly provider: string | null
  readonly contract_id: string | null
  readonly auth_method: string | null
  readonly duration_ms: number
}

export function Tokens(): ReactNode {
  return (
    <>
      <PageHead title={texts().pages.tokens.title} lead={texts().pages.tokens.lead} />
      <ShownCards />
      <Known />
    </>
  )
}

function ShownCards(): ReactNode {
  const t = texts().tokens
  const reading = useLive<readonly Shown[]>('/cpo/api/tokens/shown?limit=200', ['tokens'])
  const rows = listOf(reading)
  return (
    <Panel title={t.shown} reading={reading} empty={rows.length === 0 && t.noneShown} testId="shown-cards">
      <Table
        rows={rows}
        label={t.shown}
        rowKey={(one, index) => `${one.shown_at} ${index}`}
        columns={[
          { title: texts().payment.card, cell: (one) => <Code>{plain(one.uid, 40)}</Code> },
          {
            title: texts().payment.state,
            cell: (one) => <State name={one.result} tone={one.result === 'Accepted' ? 'good' : 'bad'} />,
          },
          {
            title: t.provider,
            cell: (one) => (one.provider === null ? <None /> : <Code>{plain(one.provider, 20)}</Code>),
          },
          { title: t.ground, cell: (one) => <Code>{plain(one.auth_method, 20)}</Code> },
          { title: texts().payment.charger, cell: (one) => <Code>{plain(one.charger_id, 48)}</Code> },
          { title: texts().partners.latency, end: true, cell: (one) => milliseconds(one.duration_ms) },
          { title: t.at, end: true, cell: (one) => <At time={one.shown_at} /> },
        ]}
      />
    </Panel>
  )
}

function Known(): ReactNode {
  const t = texts().tokens
  const [uid, setUid] = useState('')
  const query = uid.trim() === '' ? 'limit=200' : new URLSearchParams({ uid: uid.trim().slice(0, 36) }).toString()
  const reading = useLive<{ readonly total: number; readonly tokens: readonly Token[] }>(`/cpo/api/tokens?${query}`, [
    'tokens',
  ])
  const { total = 0, tokens = [] } = reading.data ?? {}
  return (
    <>
      <div className="filters">
        <SearchBox label={t.search} text={uid} onText={setUid} />
      </div>
      <Panel title={t.count(total)} reading={reading} empty={tokens.length === 0 && t.none} testId="known-tokens">
        <Table
          rows={tokens}
          label={texts().pages.tokens.title}
          rowKey={(one) => `${one.country_code} ${one.party_id} ${one.uid} ${one.type}`}
          columns={[
            { title: texts().payment.card, cell: (one) => <Code>{plain(one.uid, 40)}</Code> },
            { title: t.type, cell: (one) => <Code>{plain(one.type, 20)}</Code> },
            { title: t.provider, cell: (one) => <Code>{plain(`${one.country_code}-${one.party_id}`, 10)}</Code> },
            { title: t.contract, cell: (one) => <Code>{plain(one.contract_id, 40)}</Code> },
            {
              title: t.valid,
              cell: (one) => (
                <State name={one.valid ? texts().panel.yes : texts().panel.no} tone={one.valid ? 'good' : 'bad'} />
              ),
            },
            { title: t.whitelist, cell: (one) => <Code>{plain(one.whitelist, 20)}</Code> },
            { title: texts().locations.updated, end: true, cell: (one) => <Ago time={one.last_updated} /> },
          ]}
        />
        {total > tokens.length ? <p className="quiet">{texts().panel.more(total - tokens.length)}</p> : null}
      </Panel>
    </>
  )
}
