/** `npm start` as a user runs it: another process, an empty data folder, a free port. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const root = dirname(import.meta.dirname)

export interface Started {
  readonly url: string
  readonly port: number
  readonly data: string
  readonly process: ChildProcess
  /** All that was printed so far. */
  readonly printed: () => string
  readonly get: <T>(path: string) => Promise<T>
  /** SIGKILL: no chance to tidy up. */
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface StartOptions {
  readonly args?: readonly string[]
  /** A folder with the data of an earlier run. */
  readonly data?: string
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
}

const READY_MS = 120_000

/** Whatever a failed story left running. */
const running = new Set<ChildProcess>()
export function stopAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function npmStart(options: StartOptions = {}): Promise<Started> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'plugtill-story-'))
  const port = options.port ?? (await freePort())
  const args = ['tools/run.mjs', 'start', '--port', String(port), '--data', data, ...(options.args ?? [])]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  const exited = new Promise<number | null>((resolve) => void child.once('exit', resolve))
  const ended = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  const url = `http://localhost:${port}`
  await Promise.race([
    ready(() => printed, url),
    exited.then((code) => Promise.reject(new Error(`npm start ended with ${code}:\n${printed}`))),
  ])
  return {
    url,
    port,
    data,
    process: child,
    printed: () => printed,
    get: async <T>(path: string) => {
      const answer = await fetch(`${url}${path}`)
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as T
    },
    kill: () => ended('SIGKILL'),
    stop: async () => {
      await ended('SIGTERM')
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function ready(printed: () => string, url: string): Promise<void> {
  const end = Date.now() + READY_MS
  while (!printed().includes(`${url}/terminal/`) && !printed().includes(`${url}/ptp/ocpi/versions`)) {
    if (Date.now() > end) throw new Error(`npm start printed no address within ${READY_MS / 1000} s:\n${printed()}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Asks again until the answer is there. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, limitMs = 60_000): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`${what} did not happen within ${limitMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
