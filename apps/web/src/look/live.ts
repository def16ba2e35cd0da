/** What is new, pushed: one stream for all tabs of a browser, and lists that read themselves again when they are named. */
import { useEffect, useRef, useState } from 'react'
import type { Reading } from './platform-api.ts'
import { read } from './platform-api.ts'

/** Topics and the ids of what changed; `*`: anything may have. */
export type Changed = Readonly<Record<string, readonly string[]>>

const STREAM = '/live/api/events'
/** A browser has few connections to one host: one tab listens and tells the others. */
const NAME = 'plugtill-live'

const listeners = new Set<(changed: Changed) => void>()
let begun = false

function begin(): void {
  if (begun) return
  begun = true
  const tell = (changed: Changed): void => {
    for (const listener of listeners) listener(changed)
  }
  const others = new BroadcastChannel(NAME)
  others.addEventListener('message', ({ data }: MessageEvent<Changed>) => tell(data))
  const listen = (): Promise<never> => {
    const source = new EventSource(STREAM)
    let lost = false
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const changed = JSON.parse(data) as Changed
      tell(changed)
      others.postMessage(changed)
    })
    source.addEventListener('error', () => {
      lost = true
    })
    source.addEventListener('open', () => {
      // What was missed meanwhile is not known: everything is read once more.
      if (lost) tell({ '*': [] })
      lost = false
    })
    return new Promise(() => undefined)
  }
  // Locks are there on localhost and over https only.
  if ('locks' in navigator) void navigator.locks.request(NAME, listen)
  else void listen()
}

/** While nothing is told it is looked anyway: a proxy may hold streams back. */
const LOOK_ANYWAY_MS = 20_000
const AT_MOST_EVERY_MS = 700

interface Kept<T> extends Reading<T> {
  readonly path?: string
}

/** Reads an address now, and again when one of its topics changes. The last good answer stays while a later one fails. */
export function useLive<T>(
  path: string | undefined,
  topics: readonly string[],
): Reading<T> & { readonly again: () => void } {
  const [reading, setReading] = useState<Kept<T>>({})
  const look = useRef<() => void>(() => undefined)
  const wanted = topics.join(' ')
  useEffect(() => {
    if (path === undefined) return
    begin()
    const stop = follow<T>(path, new Set(wanted.split(' ')), (next) =>
      setReading((before) => ({
        ...(before.path === path && next.data === undefined && !next.absent ? { data: before.data } : {}),
        ...next,
        path,
      })),
    )
    look.current = stop.look
    return stop.end
  }, [path, wanted])
  const { path: of, ...rest } = reading
  return { ...(of === path ? rest : {}), again: () => look.current() }
}

function follow<T>(path: string, topics: ReadonlySet<string>, tell: (next: Reading<T>) => void) {
  let [ended, last, lastAt] = [false, '', 0]
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = async (): Promise<void> => {
    clearTimeout(timer)
    lastAt = Date.now()
    if (document.visibilityState === 'visible') {
      const next = await read<T>(path)
      if (ended) return
      const text = JSON.stringify(next)
      // The same answer again draws nothing again: open panels and selections stay as they are.
      if (text !== last) tell(next)
      last = text
    }
    clearTimeout(timer)
    timer = setTimeout(() => void look(), LOOK_ANYWAY_MS)
  }
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), Math.max(0, lastAt + AT_MOST_EVERY_MS - Date.now()))
  }
  const listener = (changed: Changed): void => {
    if ('*' in changed || Object.keys(changed).some((topic) => topics.has(topic))) soon()
  }
  listeners.add(listener)
  document.addEventListener('visibilitychange', soon)
  void look()
  return {
    look: soon,
    end: () => {
      ended = true
      clearTimeout(timer)
      listeners.delete(listener)
      document.removeEventListener('visibilitychange', soon)
    },
  }
}
