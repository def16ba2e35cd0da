/** What was seen so far, asked by kind of object instead of by message. Made anew for each judgement, read only. */
import { isSuccess } from '@plugtill/ocpi/envelope'
import { type Finding, validatorOf } from '@plugtill/ocpi/validate'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import type { Target, Version } from './catalogue.ts'
import { CARRIED, INSIDE, type Kind, LISTS, SHAPES, type ValueOf } from './kinds.ts'
import type { Seen } from './seen.ts'

/** An object that the platform under test sent. */
export interface Found<V = unknown> {
  readonly seen: Seen
  readonly value: V
  /** JSON pointer of the object inside the body of its message. */
  readonly pointer: string
  /** Whether it stood in the platform's question or in its answer. */
  readonly side: 'question' | 'answer'
}

/** Something the judge knows besides messages: that it waited in vain, that a person said no. */
export interface Fact {
  readonly at: number
  readonly name: string
  /** What it is about, such as an authorization_reference. */
  readonly about: string
  readonly text: string
}

/** Simulated chargers: energy flows so many times faster than the plates of their connectors say. */
export interface Pace {
  readonly speed: number
  /** EVSE uids; absent: all. */
  readonly evses?: readonly string[]
}

export interface Record {
  readonly target: Target
  readonly version: Version
  readonly seen: readonly Seen[]
  readonly facts: readonly Fact[]
  /** In ms. */
  readonly now: number
  /** Only looks on: nobody asks odd questions, so what only those can show is not asked for. */
  readonly watching?: true
  /** How long the judge waits for anything at most; what took longer than both this and its own limit is overdue. */
  readonly patienceMs: number
  /** Absent: real life. */
  readonly pace?: Pace | undefined
}

export interface View extends Record {
  /** Ordinary exchanges of these rows, oldest first. */
  readonly of: (by: Seen['by'], ...places: readonly string[]) => readonly Seen[]
  /** Everything that is no probe. */
  readonly ordinary: readonly Seen[]
  readonly probes: (name: string) => readonly Seen[]
  /** Objects of this kind that the platform sent in ordinary traffic, also those inside of others. */
  readonly found: <K extends Kind>(kind: K) => readonly Found[]
  /** The valid ones of them in the words of 2.3.0. */
  readonly valid: <K extends Kind>(kind: K) => readonly Found<ValueOf<K>>[]
  /** The same for what the judge's side said. */
  readonly told: <K extends Kind>(kind: K) => readonly Found<ValueOf<K>>[]
  /** What is wrong with an object, in the platform's own spelling. */
  readonly findings: (kind: Kind, found: Found) => readonly Finding[]
  readonly fact: (name: string, about?: string) => Fact | undefined
  /** Whether something that had to follow within `limitMs` can be called missing by now. */
  readonly overdue: (sinceMs: number, limitMs: number) => boolean
}

/** The answer was a yes: HTTP 2xx and OCPI 1xxx. */
export const isYes = (seen: Seen): boolean =>
  seen.response !== undefined &&
  seen.response.status >= 200 &&
  seen.response.status < 300 &&
  seen.answer !== undefined &&
  isSuccess(seen.answer.statusCode)

export function viewOf(record: Record): View {
  const ordinary = record.seen.filter(({ probe }) => probe === undefined)
  const found = remembered((kind: Kind) => ordinary.flatMap((seen) => objectsIn(seen, { kind, speaker: 'partner' })))
  const valid = remembered((kind: Kind) =>
    found(kind).flatMap((one) => (findingsOf(kind, one).length === 0 ? lifted(kind, one) : [])),
  )
  const told = remembered((kind: Kind) =>
    ordinary.flatMap((seen) => objectsIn(seen, { kind, speaker: 'us' })).flatMap((one) => lifted(kind, one)),
  )
  return {
    ...record,
    ordinary,
    of: (by, ...places) => ordinary.filter((one) => one.by === by && places.includes(one.place)),
    probes: (name) => record.seen.filter(({ probe }) => probe === name),
    found: (kind) => found(kind),
    valid: <K extends Kind>(kind: K) => valid(kind) as readonly Found<ValueOf<K>>[],
    told: <K extends Kind>(kind: K) => told(kind) as readonly Found<ValueOf<K>>[],
    findings: findingsOf,
    fact: (name, about) =>
      record.facts.find((one) => one.name === name && (about === undefined || one.about === about)),
    overdue: (since, limit) => record.now - since >= Math.min(limit, record.patienceMs),
  }
}

/** Views are made anew with each message, what was seen is not: what was read of it once stays read. */
function once<K extends object, V>(make: (kind: Kind, of: K) => V): (kind: Kind, of: K) => V {
  const known = new WeakMap<K, Map<Kind, V>>()
  return (kind, of) => {
    const byKind = known.get(of) ?? new Map<Kind, V>()
    known.set(of, byKind)
    const before = byKind.get(kind)
    if (before !== undefined) return before
    const made = make(kind, of)
    byKind.set(kind, made)
    return made
  }
}

/** In the words of 2.3.0; nothing when it cannot be read. */
const lifted = once((kind, one: Found): readonly Found<unknown>[] => {
  const read = codecOf(one.seen.version).read(SHAPES[kind], one.value)
  return 'value' in read ? [{ ...one, value: read.value }] : []
})

function remembered<V>(make: (kind: Kind) => V): (kind: Kind) => V {
  const known = new Map<Kind, V>()
  return (kind) => {
    const before = known.get(kind)
    if (before !== undefined) return before
    const made = make(kind)
    known.set(kind, made)
    return made
  }
}

interface Spoken {
  readonly kind: Kind
  readonly speaker: Seen['by']
}

const asked = once((kind, seen: Seen) =>
  within(CARRIED[seen.place]?.question, { seen, value: seen.question, pointer: '', side: 'question' }, kind),
)

const answered = once((kind, seen: Seen): readonly Found[] => {
  const is = CARRIED[seen.place]?.answer
  if (is === undefined || !isYes(seen)) return []
  const data = seen.answer?.data
  if (!LISTS.has(seen.place)) return within(is, { seen, value: data, pointer: '/data', side: 'answer' }, kind)
  if (!Array.isArray(data)) return []
  return data.flatMap((value, index) => within(is, { seen, value, pointer: `/data/${index}`, side: 'answer' }, kind))
})

const objectsIn = (seen: Seen, { kind, speaker }: Spoken): readonly Found[] =>
  seen.cut ? [] : seen.by === speaker ? asked(kind, seen) : answered(kind, seen)

/** The object itself when it is of the kind, and those inside of it. */
function within(is: Kind | undefined, found: Found, wanted: Kind): readonly Found[] {
  if (is === undefined || found.value === undefined) return []
  const inner = (INSIDE[is] ?? []).flatMap(({ kind, field }) => {
    const list = (found.value as Readonly<{ [name: string]: unknown }> | null)?.[field]
    if (!Array.isArray(list)) return []
    return list.flatMap((value, index) =>
      within(kind, { ...found, value, pointer: `${found.pointer}/${field}/${index}` }, wanted),
    )
  })
  return is === wanted ? [found, ...inner] : inner
}

const findingsOf = once((kind, found: Found): readonly Finding[] => {
  const shape = codecOf(found.seen.version).shapeOf(SHAPES[kind], { payments: true })
  return validatorOf(shape)
    .findings(found.value)
    .map((one) => ({ ...one, path: `${found.pointer}${one.path}` }))
})
