/** Who wants to know when something changed, within this process: kiosks and consoles that look on. */
export interface Changes {
  readonly publish: (topic: string) => void
  /** Returns what ends the subscription. */
  readonly subscribe: (topic: string, listener: () => void) => () => void
  /** Told of every publication. Returns what ends it. */
  readonly watch: (listener: (topic: string) => void) => () => void
  /** One item for every publication after this moment (several at once count as one), until the signal fires. */
  readonly stream: (topic: string, signal?: AbortSignal) => AsyncIterable<void>
}

export const paymentTopic = (reference: string) => `payment:${reference}`
export const terminalTopic = (terminalId: string) => `terminal:${terminalId}`
export const OFFERS = 'offers'

export function createChanges(): Changes {
  const listeners = new Map<string, Set<() => void>>()
  const watchers = new Set<(topic: string) => void>()
  const subscribe = (topic: string, listener: () => void) => {
    const all = listeners.get(topic) ?? new Set()
    listeners.set(topic, all.add(listener))
    return () => {
      all.delete(listener)
      if (all.size === 0) listeners.delete(topic)
    }
  }
  return {
    publish: (topic) => {
      for (const listener of [...(listeners.get(topic) ?? [])]) listener()
      for (const watcher of watchers) watcher(topic)
    },
    subscribe,
    watch: (listener) => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    stream: (topic, signal) => streamOf((listener) => subscribe(topic, listener), signal),
  }
}

async function* streamOf(subscribe: (listener: () => void) => () => void, signal?: AbortSignal): AsyncGenerator<void> {
  let changed = false
  let wake = () => {}
  const end = subscribe(() => {
    changed = true
    wake()
  })
  const aborted = () => wake()
  signal?.addEventListener('abort', aborted)
  try {
    while (!signal?.aborted) {
      if (!changed)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      if (signal?.aborted) return
      changed = false
      yield
    }
  } finally {
    end()
    signal?.removeEventListener('abort', aborted)
  }
}
