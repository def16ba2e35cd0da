/** The server that is killed, and how there is another one. */
import { setTimeout as sleep } from 'node:timers/promises'
import { answering, freePort, type Running } from './processes.ts'

/** How often a server that does not start is tried. */
const STARTS = 20

export type Servers = ReturnType<typeof createServers>

/** The server of the moment, and how there is another one. */
export function createServers(parts: {
  readonly start: (slot: number, port: number) => Running
  /** It ended, and nobody had killed it. */
  readonly onEnd: (printed: string) => void
}) {
  const killed = new WeakSet<Running>()
  const kill = (running: Running | undefined) => {
    if (running === undefined) return
    killed.add(running)
    running.kill('SIGKILL')
  }
  let current: { readonly running: Running; readonly port: number; readonly slot: number } | undefined
  const start = async (slot: number) => {
    const port = await freePort()
    const running = parts.start(slot, port)
    if (!(await answering(running, `http://127.0.0.1:${port}/readyz`)))
      throw new Error(`The server did not start:\n${running.printed()}`)
    current = { running, port, slot }
    void running.exited.then(() => {
      if (killed.has(running)) return
      parts.onEnd(running.printed().slice(-2_000))
      return again(slot)
    })
  }
  const again = (slot: number): Promise<void> => repeated(() => start(slot))
  return {
    start: () => start(0),
    port: () => current?.port ?? 1,
    kill: () => kill(current?.running),
    /** After a kill: the same folder, a new process. */
    again: async () => {
      await current?.running.exited
      await again(current?.slot ?? 0)
    },
    /** Stopped in mid-work; another one serves; then it wakes up and believes that no time has passed. */
    pause: async (ms: number) => {
      const sleeper = current
      if (sleeper === undefined) return
      sleeper.running.kill('SIGSTOP')
      await start(1 - sleeper.slot)
      await sleep(ms)
      sleeper.running.kill('SIGCONT')
      await sleep(1_500)
      kill(sleeper.running)
      await sleeper.running.exited
    },
    stop: async () => {
      kill(current?.running)
      await current?.running.exited
    },
  }
}

/** As a supervisor does it: until it starts. */
async function repeated(start: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await start()
    } catch (error) {
      if (tries === STARTS) throw error
      await sleep(500)
    }
  }
}
