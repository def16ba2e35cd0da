/** All payments: found by the server, one page at a time, so that the first page of a million is as quick as of ten. */
import type { ReactNode } from 'react'
import { useEffect, useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { number } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import { listOf } from '../../look/platform-api.ts'
import { Field } from '../parts/act.tsx'
import { PageHead, Panel } from '../parts/panel.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import table from '../payment/arrows.json' with { type: 'json' }
import type { PaymentInfo } from '../payment/info.ts'
import { FINAL } from '../payment/info.ts'
import { PaymentPage } from '../payment/payment-page.tsx'
import { PaymentTable } from '../payment/payment-table.tsx'
import type { Query } from '../routes.ts'
import { useQuery } from '../routes.ts'

export function Payments({ detail }: { readonly detail?: string }): ReactNode {
  return detail === undefined ? <PaymentList /> : <PaymentPage reference={detail} />
}

const PAGE = 50
const RUNNING = table.states.filter((state) => !FINAL.includes(state)).join(',')

function PaymentList(): ReactNode {
  const t = texts().payments
  const [query, change] = useQuery()
  const counts = useLive<{ readonly states: Readonly<Record<string, number>> }>('/ptp/api/payments/summary', [
    'payments',
  ])
  const reading = useLive<readonly PaymentInfo[]>(addressOf(query), ['payments'])
  const rows = listOf(reading)
  const { newer = '', before = '' } = query
  const filtered = ['q', 'state', 'since', 'until'].some((name) => (query[name] ?? '') !== '')
  return (
    <>
      <PageHead title={texts().pages.payments.title} lead={texts().pages.payments.lead} />
      <Filters query={query} change={change} counts={counts.data?.states ?? {}} />
      <Panel
        title={before === '' ? t.newest : t.older}
        reading={reading}
        empty={rows.length === 0 && (filtered || before !== '' ? t.none : t.empty)}
      >
        <PaymentTable payments={rows} />
      </Panel>
      <nav className="pager" aria-label={t.pages}>
        <button
          type="button"
          className="quiet-button"
          disabled={before === ''}
          onClick={() => {
            const stack = newer.split(' ').filter(Boolean)
            const back = stack.pop() ?? ''
            change({ before: back === '-' ? '' : back, newer: stack.join(' ') })
          }}
        >
          {t.newer}
        </button>
        <button
          type="button"
          className="quiet-button"
          disabled={rows.length < PAGE}
          data-testid="older"
          onClick={() => change({ before: rows.at(-1)?.reference ?? '', newer: `${newer} ${before || '-'}`.trim() })}
        >
          {t.olderOnes}
        </button>
      </nav>
    </>
  )
}

function addressOf({ q = '', state = '', since = '', until = '', before = '' }: Query): string {
  const states = state === 'running' ? RUNNING : state
  const day = (text: string, plus = 0): string =>
    text === '' || Number.isNaN(Date.parse(text)) ? '' : new Date(Date.parse(`${text}T00:00:00`) + plus).toISOString()
  const asked = { limit: String(PAGE), q, state: states, since: day(since), until: day(until, 86_400_000), before }
  return `/ptp/api/payments?${new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''))}`
}

interface FiltersProps {
  readonly query: Query
  readonly change: (change: Query) => void
  readonly counts: Readonly<Record<string, number>>
}

const TABS = ['', 'running', 'captured', 'voided', 'declined', 'stuck'] as const
const TYPING_MS = 250

function Filters({ query, change, counts }: FiltersProps): ReactNode {
  const t = texts().payments
  const { state = '', q = '', since = '', until = '' } = query
  const [text, setText] = useState(q)
  useEffect(() => {
    if (text === q) return
    const timer = setTimeout(() => change({ q: text, before: '', newer: '' }), TYPING_MS)
    return () => clearTimeout(timer)
  })
  const of = (tab: string): number =>
    Object.entries(counts)
      .filter(([name]) => tab === '' || (tab === 'running' ? !FINAL.includes(name) : name === tab))
      .reduce((sum, [, count]) => sum + count, 0)
  return (
    <div className="filter-room">
      <fieldset className="filters">
        <legend className="unseen">{t.show}</legend>
        {TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            aria-pressed={state === tab}
            data-testid={`filter-${tab || 'all'}`}
            onClick={() => change({ state: tab, before: '', newer: '' })}
          >
            {t.tabs[tab || 'all']} <span className="count number">{number(of(tab))}</span>
          </button>
        ))}
      </fieldset>
      <div className="filters">
        <SearchBox label={t.search} hint={t.searchHint} text={text} onText={setText} testId="search" />
        <Field label={t.since} type="date" value={since} onChange={(value) => change({ since: value, before: '' })} />
        <Field label={t.until} type="date" value={until} onChange={(value) => change({ until: value, before: '' })} />
      </div>
    </div>
  )
}
