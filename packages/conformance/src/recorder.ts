/** Keeps what was seen, and wakes whoever waits for something to be seen. */
import type { Exchange, RawExchange } from '@plugtill/ocpi/exchange'
import type { Target, Version } from './catalogue.ts'
import { type Seen, seenOf } from './seen.ts'
import type { Fact, Pace, Record, View } from './view.ts'
import { viewOf } from './view.ts'

export interface Clock {
  readonly now: () => number
  readonly after: (delayMs: number, task: () => void) => () => void
}

export interface RecorderParts {
  readonly target: Target
  readonly clock: Clock
  /** SHA-256 as hexadecimal text: tokens are compared by it. */
  readonly hash: (text: string) => string
  readonly patienceMs: number
  /** Absent: real life. */
  readonly pace?: Pace
  /** The version spoken at the moment. */
  readonly version: () => Version
}

export interface Recorder {
  readonly saw: (exchange: Exchange, raw: RawExchange, probe?: string) => Seen
  readonly fact: (fact: Omit<Fact, 'at'>) => void
  readonly record: () => Record
  readonly view: () => View
  /** Resolves with what `look` finds as soon as it does, or with undefined after `limitMs`. */
  readonly waitFor: <T>(look: (view: View) => T | undefined, limitMs: number) => Promise<T | undefined>
}

export function createRecorder({ target, clock, patienceMs, version, pace, ...parts }: RecorderParts): Recorder {
  const hash = remembering(parts.hash)
  const seen: Seen[] = []
  const facts: Fact[] = []
  const waiting = new Set<() => void>()
  let made: View | undefined
  const changed = () => {
    made = undefined
    for (const wake of [...waiting]) wake()
  }
  const record = (): Record => ({
    target,
    version: version(),
    seen: [...seen],
    facts: [...facts],
    now: clock.now(),
    patienceMs,
    pace,
  })
  const view = () => {
    if (made === undefined || made.now !== clock.now() || made.version !== version()) made = viewOf(record())
    return made
  }
  return {
    record,
    view,
    saw: (exchange, raw, probe) => {
      const one = seenOf(exchange, raw, { index: seen.length, version: version(), probe, hash })
      seen.push(one)
      changed()
      return one
    },
    fact: (fact) => {
      facts.push({ ...fact, at: clock.now() })
      changed()
    },
    waitFor: (look, limitMs) => {
      const already = look(view())
      if (already !== undefined) return Promise.resolve(already)
      return new Promise((resolve) => {
        const done = (value: ReturnType<typeof look>) => {
          waiting.delete(wake)
          forget()
          resolve(value)
        }
        const wake = () => {
          const found = look(view())
          if (found !== undefined) done(found)
        }
        const forget = clock.after(limitMs, () => done(look(view())))
        waiting.add(wake)
      })
    },
  }
}

/** Few tokens are in use, and each comes with every message. */
const MOST_HASHES = 100

function remembering(hash: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= MOST_HASHES) known.clear()
    const made = hash(text)
    known.set(text, made)
    return made
  }
}
