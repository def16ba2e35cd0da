/** One payment as steps between five lifelines, from the entries of both platforms. Pure. */
import type { ExchangeInfo, FrameInfo } from '../traffic/info.ts'
import { pathOf } from '../traffic/info.ts'
import type { TimelineEntry } from './info.ts'
import { exchangeOf } from './info.ts'

export const LANES = ['terminal', 'psp', 'ptp', 'cpo', 'charger'] as const
export type Lane = (typeof LANES)[number]

export const KINDS = ['state', 'ocpi', 'ocpp', 'psp', 'terminal', 'note', 'event'] as const
export type StepKind = (typeof KINDS)[number]

export interface Step {
  readonly key: string
  readonly at: string
  readonly kind: StepKind
  /** The same lane twice: something that happened there. */
  readonly from: Lane
  readonly to: Lane
  readonly label: string
  /** What came of it, in a word. */
  readonly outcome: string
  readonly tone: 'good' | 'warn' | 'bad' | 'calm'
  readonly exchange?: ExchangeInfo
  readonly frame?: FrameInfo
  readonly rest?: object
}

/** Of the CPO's own story what the PTP cannot know: its states and what is said with the charger. */
export function stepsOf(ptp: readonly TimelineEntry[], cpo: readonly TimelineEntry[]): readonly Step[] {
  const beyond = cpo.filter(({ kind }) => kind !== 'ocpi')
  return [...ptp.map((entry) => stepOf(entry, 'ptp')), ...beyond.map((entry) => stepOf(entry, 'cpo'))]
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map((step, index) => ({ ...step, key: `${index}` }))
}

type Unnumbered = Omit<Step, 'key'>

function stepOf(entry: TimelineEntry, home: 'ptp' | 'cpo'): Unnumbered {
  switch (entry.kind) {
    case 'ocpi':
      return ocpiStep(entry)
    case 'ocpp':
      return ocppStep(entry)
    case 'psp':
      return pspStep(entry)
    case 'state':
      return stateStep(entry, home)
    case 'terminal':
      return { ...whole(entry), kind: 'terminal', from: 'terminal', to: 'ptp', label: word(entry['act']) || 'terminal' }
    default:
      return noteStep(entry, home)
  }
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '')

const whole = (entry: TimelineEntry): Pick<Unnumbered, 'at' | 'outcome' | 'tone' | 'rest'> => {
  const { at, kind: _, ...rest } = entry
  return { at, outcome: '', tone: 'calm', rest }
}

function ocpiStep(entry: TimelineEntry): Unnumbered {
  const exchange = exchangeOf(entry)
  const status = exchange.status ?? 0
  const out = exchange.direction !== 'in'
  return {
    at: entry.at,
    kind: 'ocpi',
    from: out ? 'ptp' : 'cpo',
    to: out ? 'cpo' : 'ptp',
    label: `${exchange.method ?? ''} ${shortPath(exchange)}`,
    outcome: status === 0 ? '—' : String(status),
    tone: status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good',
    exchange,
  }
}

/** What names the message: the words of the path without addresses and ids. */
function shortPath({ url, module }: ExchangeInfo): string {
  const words = pathOf(url).split('?')[0]?.split('/') ?? []
  const named = words.filter((part) => /^[a-z-]{4,40}$/.test(part) && !['sender', 'receiver', 'ocpi'].includes(part))
  const command = words.find((part) => /^[A-Z]+_[A-Z_]+$/.test(part))
  return command ?? (named.slice(-2).join('/') || module || pathOf(url))
}

function ocppStep(entry: TimelineEntry): Unnumbered {
  const error = entry['error']
  const out = entry.direction === 'out'
  return {
    at: entry.at,
    kind: 'ocpp',
    from: out ? 'cpo' : 'charger',
    to: out ? 'charger' : 'cpo',
    label: [word(entry['action']), statusIn(entry['request'])].filter(Boolean).join(' '),
    outcome: typeof error === 'string' ? 'error' : statusIn(entry['response']),
    tone: typeof error === 'string' ? 'bad' : statusIn(entry['response']) === 'Rejected' ? 'warn' : 'good',
    frame: entry as unknown as FrameInfo,
  }
}

function statusIn(payload: unknown): string {
  const { status, idTagInfo } = (payload ?? {}) as { readonly status?: unknown; readonly idTagInfo?: unknown }
  if (typeof status === 'string') return status
  return typeof idTagInfo === 'object' && idTagInfo !== null ? statusIn(idTagInfo) : ''
}

function pspStep(entry: TimelineEntry): Unnumbered {
  const { answer, error } = entry as { readonly answer?: { status?: unknown }; readonly error?: { kind?: unknown } }
  const outcome = word(answer?.status) || word(error?.kind)
  const said = /declin|refus|fail/.test(outcome)
  return {
    ...whole(entry),
    kind: 'psp',
    from: 'ptp',
    to: 'psp',
    label: word(entry['operation']) || 'psp',
    outcome,
    tone: error ? 'bad' : said ? 'warn' : 'good',
  }
}

const FINE = ['captured', 'voided', 'closed']
const LOST = ['stuck', 'declined']

function stateStep(entry: TimelineEntry, home: Lane): Unnumbered {
  const { event = '', from, to = '' } = entry
  const refused = entry['verdict'] === 'refused'
  return {
    ...whole(entry),
    // What leaves the state as it is would hide what moves it.
    kind: from === to && !refused ? 'event' : 'state',
    from: home,
    to: home,
    label: from === to ? event : to,
    outcome: refused ? 'refused' : from === to ? '' : event,
    tone: refused || LOST.includes(to) ? 'bad' : FINE.includes(to) ? 'good' : 'calm',
  }
}

function noteStep(entry: TimelineEntry, home: Lane): Unnumbered {
  const code = word(entry['code'])
  return {
    ...whole(entry),
    kind: 'note',
    from: home,
    to: home,
    label: code || word(entry['audit']) || word(entry['message']) || word(entry['text']) || 'note',
    outcome: code ? word(entry['message']) : '',
    tone: code ? 'bad' : 'calm',
  }
}

export interface Run {
  readonly first: Step
  /** All of them, the first as well. */
  readonly steps: readonly Step[]
}

const FEW = 3

/** Steps that say the same again and again, such as meter values, stand as one that can be opened. */
export function runsOf(steps: readonly Step[]): readonly Run[] {
  const runs: { first: Step; steps: Step[] }[] = []
  for (const step of steps) {
    const last = runs.at(-1)
    if (last && sameAs(last.first, step)) last.steps.push(step)
    else runs.push({ first: step, steps: [step] })
  }
  return runs.flatMap((run) =>
    run.steps.length > FEW ? [run] : run.steps.map((step) => ({ first: step, steps: [step] })),
  )
}

const sameAs = (a: Step, b: Step): boolean =>
  a.kind === b.kind && a.from === b.from && a.to === b.to && a.label === b.label && a.tone === b.tone
