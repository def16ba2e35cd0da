/** All that is said with partners and chargers, as it happens: filtered, held still, taken along as a HAR file. */
import type { ReactNode } from 'react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import type { Side } from '../../look/platform-api.ts'
import { read } from '../../look/platform-api.ts'
import { PageHead, Panel } from '../parts/panel.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import type { Query } from '../routes.ts'
import { useQuery } from '../routes.ts'
import { ExchangeView } from '../traffic/exchange.tsx'
import { FrameView } from '../traffic/frame.tsx'
import { harOf } from '../traffic/har.ts'
import type { ExchangeInfo, FrameInfo } from '../traffic/info.ts'
import { isFrame } from '../traffic/info.ts'

type Message = ExchangeInfo | FrameInfo
const SOURCES = ['ptp', 'cpo', 'ocpp'] as const
type Source = (typeof SOURCES)[number]

/** Older ones are left out of the list; they are still in the journal. */
const MOST = 1_000
const DRAWN = 150
const FIRST_PAGE = 100

export function Traffic(): ReactNode {
  const t = texts().traffic
  const [query, change] = useQuery()
  const traffic = useTraffic()
  const { q = '', from = 'ptp ocpp', only = '' } = query
  const sources = new Set(from.split(' '))
  const wanted = traffic.messages.filter(
    (m) => sources.has(sourceOf(m)) && passes(m, only) && says(m, q.trim().toLowerCase()),
  )
  return (
    <>
      <PageHead title={texts().pages.traffic.title} lead={texts().pages.traffic.lead}>
        <span className="deeds">
          <button
            type="button"
            className="quiet-button"
            aria-pressed={traffic.paused}
            onClick={traffic.pause}
            data-testid="pause"
          >
            {traffic.paused ? t.goOn(traffic.waiting) : t.pause}
          </button>
          <button type="button" className="quiet-button" onClick={() => download(wanted)} data-testid="har">
            {t.har}
          </button>
        </span>
      </PageHead>
      <Filters query={query} change={change} sources={sources} />
      <Panel
        title={t.count(wanted.length)}
        empty={wanted.length === 0 && (traffic.messages.length === 0 ? t.silence : t.noMatch)}
      >
        <ul className="exchanges" data-testid="traffic">
          {wanted.slice(0, DRAWN).map((message) => (
            <li key={keyOf(message)}>
              {isFrame(message) ? (
                <FrameView frame={message} />
              ) : (
                <ExchangeView exchange={message} side={message.platform ?? 'ptp'} />
              )}
            </li>
          ))}
        </ul>
        {wanted.length > DRAWN ? <p className="quiet">{texts().panel.more(wanted.length - DRAWN)}</p> : null}
      </Panel>
      <button type="button" className="quiet-button" onClick={traffic.older}>
        {t.older}
      </button>
    </>
  )
}

interface FiltersProps {
  readonly query: Query
  readonly change: (change: Query) => void
  readonly sources: ReadonlySet<string>
}

function Filters({ query: { q = '', only = '' }, change, sources }: FiltersProps): ReactNode {
  const t = texts().traffic
  const toggle = (source: Source): void => {
    const next = SOURCES.filter((one) => (one === source ? !sources.has(one) : sources.has(one)))
    change({ from: next.join(' ') || 'none' })
  }
  return (
    <div className="filters">
      <fieldset className="filters">
        <legend className="unseen">{t.sources}</legend>
        {SOURCES.map((source) => (
          <button key={source} type="button" aria-pressed={sources.has(source)} onClick={() => toggle(source)}>
            {t.from[source]}
          </button>
        ))}
        <button
          type="button"
          aria-pressed={only === 'wrong'}
          onClick={() => change({ only: only === 'wrong' ? '' : 'wrong' })}
        >
          {t.onlyWrong}
        </button>
      </fieldset>
      <SearchBox label={t.search} hint={t.searchHint} text={q} onText={(words) => change({ q: words })} />
    </div>
  )
}

const sourceOf = (message: Message): Source => (isFrame(message) ? 'ocpp' : (message.platform ?? 'ptp'))
const keyOf = (m: Message): string =>
  isFrame(m)
    ? `${m.at} ${m.charger} ${m.action} ${m.direction}`
    : `${m.platform} ${m.request_id} ${m.direction} ${m.at}`

function passes(message: Message, only: string): boolean {
  if (only !== 'wrong') return true
  if (isFrame(message)) return message.error !== null
  return (message.findings?.length ?? 0) > 0 || (message.status ?? 0) === 0 || (message.status ?? 0) >= 400
}

function says(message: Message, text: string): boolean {
  if (text === '') return true
  const fields = isFrame(message)
    ? [message.action, message.charger, message.error]
    : [
        message.module,
        message.endpoint,
        message.url,
        message.method,
        String(message.status),
        message.reference,
        message.request_id,
      ]
  return fields.some((field) => field?.toLowerCase().includes(text))
}

function download(messages: readonly Message[]): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([harOf(messages)], { type: 'application/json' }))
  link.download = `plugtill-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.har`
  link.click()
  URL.revokeObjectURL(link.href)
}

/** What was said before, then what is said now; while it is paused news wait. */
function useTraffic() {
  const [messages, setMessages] = useState<readonly Message[]>([])
  const [paused, setPaused] = useState(false)
  const [waiting, setWaiting] = useState(0)
  const held = useRef<Message[] | undefined>(undefined)
  const add = useCallback((more: readonly Message[]) => setMessages((before) => joined(before, more)), [])
  useEffect(() => {
    void firstPage().then(add)
    const source = new EventSource('/live/api/events?traffic=1')
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as Message
      if (held.current === undefined) return add([message])
      held.current = [...held.current, message].slice(-MOST)
      setWaiting(held.current.length)
    })
    return () => source.close()
  }, [add])
  return {
    messages,
    paused,
    waiting,
    pause: () => {
      if (paused) add(held.current ?? [])
      held.current = paused ? undefined : []
      setWaiting(0)
      setPaused(!paused)
    },
    older: () =>
      void Promise.all(
        (['ptp', 'cpo'] as const).map((side) => {
          const seqs = messages.flatMap((m) => (!isFrame(m) && m.platform === side && m.seq ? [m.seq] : []))
          return seqs.length === 0 ? [] : exchangesOf(side, `&before=${Math.min(...seqs)}`)
        }),
      ).then((pages) => add(pages.flat())),
  }
}

function joined(before: readonly Message[], more: readonly Message[]): readonly Message[] {
  // What comes from the journal knows its place there, what comes live does not: the former stays.
  const all = new Map([...more, ...before].map((message) => [keyOf(message), message]))
  for (const message of more) if (!isFrame(message) && message.seq) all.set(keyOf(message), message)
  return [...all.values()].toSorted((a, b) => Date.parse(b.at ?? '') - Date.parse(a.at ?? '')).slice(0, MOST)
}

async function exchangesOf(side: Side, more = ''): Promise<readonly Message[]> {
  const { data = [] } = await read<readonly ExchangeInfo[]>(`/${side}/api/exchanges?limit=${FIRST_PAGE}${more}`)
  return data.map((exchange) => ({ ...exchange, platform: side }))
}

async function firstPage(): Promise<readonly Message[]> {
  const frames = read<readonly FrameInfo[]>('/live/api/frames').then(({ data = [] }) => data)
  return (await Promise.all([exchangesOf('ptp'), exchangesOf('cpo'), frames])).flat()
}
