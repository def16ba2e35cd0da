/** A process of a bench that does what it is told: orders by name, one answer each. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export type Orders = Readonly<Record<string, (value: never) => unknown>>

interface Asked {
  readonly id: number
  readonly order: string
  readonly value: unknown
}
interface Answered {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

export interface Child {
  readonly ask: <T>(order: string, value?: unknown) => Promise<T>
  readonly end: () => Promise<void>
}

/** What it writes goes to stderr: stdout is for figures. */
export function startChild(file: URL): Child {
  const child: ChildProcess = fork(fileURLToPath(file), {
    execArgv: [],
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  const waiting = new Map<
    number,
    { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }
  >()
  let last = 0
  child.on('message', ({ id, value, error }: Answered) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) one?.resolve(value as never)
    else one?.reject(new Error(error))
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file.pathname} ended with ${code}`))
  })
  return {
    ask: (order, value) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        child.send({ id: last, order, value } satisfies Asked)
      }),
    end: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** In the child. */
export function obey(orders: Orders): void {
  process.on('message', ({ id, order, value }: Asked) => {
    Promise.resolve()
      .then(() => orders[order]?.(value as never))
      .then(
        (done) => process.send?.({ id, value: done } satisfies Answered),
        (error: Error) => process.send?.({ id, error: error.stack ?? error.message } satisfies Answered),
      )
  })
  process.on('disconnect', () => process.exit(0))
}

export interface Usage {
  readonly cpuMs: number
  readonly rssMb: number
}

export function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 2 ** 20 }
}

/** The same in every process of this machine, to parts of a millisecond. */
export const wallMs = (): number => performance.timeOrigin + performance.now()
