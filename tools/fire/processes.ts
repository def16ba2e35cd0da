/** The processes of the trial: the server that is killed, and the partners that survive. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

const root = dirname(dirname(import.meta.dirname))
/** The command as it lies in the clone. */
export const MAIN = join(root, 'apps', 'cli', 'src', 'main.ts')
const QUIET = '--disable-warning=ExperimentalWarning'
const READY_MS = 60_000

export interface Running {
  readonly child: ChildProcess
  readonly printed: () => string
  readonly kill: (signal?: NodeJS.Signals) => void
  readonly exited: Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [QUIET, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-20_000)
    })
  return {
    child,
    printed: () => printed,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    exited: new Promise((resolve) => child.once('exit', () => resolve())),
  }
}

/** Asks until somebody answers there; false when the process ended before. */
export async function answering(
  running: Running,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const end = Date.now() + READY_MS
  let gone = false
  void running.exited.then(() => {
    gone = true
  })
  while (!gone && Date.now() < end) {
    const ok = await fetch(url, { headers }).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ok) return true
    await sleep(20)
  }
  return false
}

export interface ServerParts {
  /** What is run: the command from its source, or from few files. */
  readonly program: string
  readonly port: number
  readonly publicUrl: string
  readonly data: string
  readonly databaseUrl: string
  readonly pspUrl: string
}

export const PSP_KEY = 'fire-key'
export const PSP_SECRET = 'fire-secret'

/** The PTP platform, with waits that fit charges of seconds. */
export const startServer = ({ program, port, publicUrl, data, databaseUrl, pspUrl }: ServerParts): Running =>
  start([program, 'serve', 'ptp', '--port', String(port), '--public-url', publicUrl, '--data', data], {
    PLUGTILL_LOG_LEVEL: 'error',
    DATABASE_URL: databaseUrl,
    PLUGTILL_PSP: 'simulated-http',
    PLUGTILL_PSP_URL: pspUrl,
    PLUGTILL_PSP_API_KEY: PSP_KEY,
    PLUGTILL_PSP_WEBHOOK_SECRETS: PSP_SECRET,
    PLUGTILL_ALLOW_PRIVATE_PEERS: 'true',
    PLUGTILL_START_GRACE_S: '5',
    PLUGTILL_PLUG_IN_WINDOW_S: '8',
    PLUGTILL_SESSION_POLL_S: '5',
    PLUGTILL_CDR_DEADLINE_S: '10',
    PLUGTILL_ADVICE_RETRY_MAX_S: '4',
    PLUGTILL_LOCATIONS_POLL_S: '15',
  })

export const startPsp = (parts: {
  readonly port: number
  readonly data: string
  readonly webhookUrl: string
}): Running =>
  start([
    ...[MAIN, 'psp', 'serve', '--port', String(parts.port), '--data', parts.data, '--key', PSP_KEY],
    ...['--webhook-url', parts.webhookUrl, '--webhook-secret', PSP_SECRET, '--latency-ms', '5'],
  ])

/** Its partners know it by `publicPort`. */
export const startCpo = (parts: {
  readonly port: number
  readonly publicPort: number
  readonly sites: number
}): Running =>
  start([join(import.meta.dirname, 'cpo.ts'), String(parts.port), String(parts.publicPort), String(parts.sites)])
