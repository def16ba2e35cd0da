/** Both platforms as they run for real: two processes, two databases, known to each other by the handshake alone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wallClock } from '@plugtill/engine/clock'
import { openPostgres } from '@plugtill/engine/postgres'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { listen } from '@plugtill/psp/simulated/standalone/listen'
import { createSimulatedService } from '@plugtill/psp/simulated/standalone/serve'
import { afterAll, describe, expect, test } from 'vitest'
import { plugtill } from './shell.ts'
import { eventually, freePort, root } from './started.ts'

const KEYS = { ptp: 'key-of-the-ptp', cpo: 'key-of-the-cpo' } as const
const SPEED = '600'
const MAIN = join(root, 'apps/cli/src/main.ts')
const server = process.env['PLUGTILL_TEST_DATABASE_URL']

interface Running {
  readonly child: ChildProcess
  readonly printed: () => string
  readonly ended: Promise<number | null>
}

const children = new Set<ChildProcess>()
const folders: string[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'plugtill-serve-'))
  folders.push(made)
  return made
}

function started(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  const ended = new Promise<number | null>((resolve) => void child.once('exit', resolve))
  void ended.then(() => children.delete(child))
  return { child, printed: () => printed, ended }
}

interface Node extends Running {
  readonly url: string
  readonly run: (...args: readonly string[]) => ReturnType<typeof plugtill>
  readonly end: () => Promise<number | null>
}

interface Given {
  readonly database: string | undefined
  readonly data?: string
  readonly port?: number
  readonly publicUrl?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** `plugtill serve`, ready. */
async function serve(platform: 'ptp' | 'cpo', given: Given): Promise<Node> {
  const { database, data = folder(), port = await freePort(), args = [] } = given
  const url = `http://localhost:${port}`
  const running = started(
    ['serve', platform, '--port', String(port), '--data', data, '--public-url', given.publicUrl ?? url, ...args],
    {
      PLUGTILL_API_KEY: KEYS[platform],
      PLUGTILL_ALLOW_PRIVATE_PEERS: 'true',
      PLUGTILL_SPEED: SPEED,
      ...(database !== undefined && { DATABASE_URL: database }),
      ...given.env,
    },
  )
  const over = running.ended.then((status) => {
    throw new Error(`serve ${platform} ended with ${status}:\n${running.printed()}`)
  })
  const ready = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    )
  await Promise.race([eventually(`${platform} is ready`, ready), over])
  over.catch(() => undefined)
  return {
    ...running,
    url,
    run: (...more) => plugtill([...more, '--json'], { api: url, env: { PLUGTILL_API_KEY: KEYS[platform] } }),
    end: () => {
      running.child.kill('SIGTERM')
      return running.ended
    },
  }
}

interface Payment {
  readonly reference: string
  readonly state: string
  readonly captured: { readonly amount_minor: number; readonly currency: string } | null
  readonly advice: { readonly status: string } | null
  readonly cdr_id: string | null
  readonly receipt_url?: string | null
}

/** Handshake, one terminal in front of the harbour's chargers, a station that comes with its secret. */
async function furnished(ptp: Node, cpo: Node): Promise<string> {
  const invited = (
    await cpo.run('peers', 'invite', '--platform', 'cpo', '--country-code', 'NL', '--party-id', 'PTL', '--role', 'PTP')
  ).json<{ versions_url: string; token: string }>()
  const token = ['--versions-url', invited.versions_url, '--token', invited.token]
  const peer = (await ptp.run('peers', 'register', '--platform', 'ptp', ...token)).json<{
    id: string
    status: string
  }>()
  expect(peer.status).toBe('registered')
  const added = await ptp.run('terminals', 'add', '--peer', peer.id)
  const { terminal_id: terminal } = added.json<{ terminal_id: string }>()
  await eventually('the CPO knows the terminal and sells at it', async () => {
    const { status } = await cpo.run('terminals', 'assign', '--terminal', terminal, '--locations', 'HARBOUR')
    return status === 0 || undefined
  })
  const { secret } = (await cpo.run('chargers', 'secret', 'HBC-AC-1')).json<{ secret: string }>()
  started(
    ['charger', '--central-system', `${cpo.url.replace('http', 'ws')}/ocpp`, '--id', 'HBC-AC-1', '--speed', SPEED],
    {
      PLUGTILL_CHARGER_PASSWORD: secret,
    },
  )
  await eventually('the terminal offers the charger', async () => {
    const headers = { authorization: `Bearer ${KEYS.ptp}` }
    const answer = await fetch(`${ptp.url}/ptp/api/terminals/${terminal}/sellable`, { headers })
    return (await answer.text()).includes('"AVAILABLE"') || undefined
  })
  return terminal
}

const databases = [
  { name: 'the embedded database', of: (_: string) => undefined as string | undefined },
  ...(server === undefined
    ? []
    : [{ name: 'PostgreSQL', of: (side: string) => databaseUrl(side) as string | undefined }]),
]

const nameOf = (side: string) => `plugtill_serve_${process.pid}_${side}`
const databaseUrl = (side: string) => Object.assign(new URL(server ?? ''), { pathname: `/${nameOf(side)}` }).href

async function withDatabases(sides: readonly string[], work: () => Promise<void>): Promise<void> {
  if (server === undefined) return work()
  const admin = await openPostgres({ url: server, schema: 'public' })
  try {
    for (const side of sides) await admin.query(`CREATE DATABASE ${nameOf(side)}`)
    await work()
  } finally {
    for (const child of children) child.kill('SIGKILL')
    for (const side of sides) await admin.query(`DROP DATABASE IF EXISTS ${nameOf(side)} WITH (FORCE)`)
    await admin.close()
  }
}

describe.each(databases)('serve ptp and serve cpo on $name', ({ of }) => {
  test(
    'two platforms that know each other by the handshake alone take a paid charge from tap to receipt',
    {
      timeout: 150_000,
    },
    () =>
      withDatabases(['ptp', 'cpo'], async () => {
        const [ptp, cpo] = await Promise.all([
          serve('ptp', { database: of('ptp') }),
          serve('cpo', { database: of('cpo'), args: ['--sites', 'examples/sites.yaml'] }),
        ])
        const terminal = await furnished(ptp, cpo)

        const followed = await ptp.run('tap', '--terminal', terminal, '--evse', 'HBC-1', '--follow')
        expect(followed.err).toBe('')
        expect(followed.status).toBe(0)
        const { reference } = followed.lines<Payment>()[0]!
        const payment = (await ptp.run('payments', 'show', reference)).json<Payment>()
        expect(payment).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
        expect(payment.captured!.amount_minor).toBeGreaterThan(0)

        // The CPO's invoice is what this terminal's driver gets; anybody who has its address may read it.
        const invoice = await fetch(`${cpo.url}/cpo/invoices/${reference}`)
        expect([invoice.status, (await invoice.text()).includes('Harbour Charging GmbH')]).toEqual([200, true])
        expect((await ptp.run('reconcile')).status).toBe(0)

        // Neither has what belongs to the other, nor what belongs to the sandbox.
        const key = { headers: { authorization: `Bearer ${KEYS.ptp}` } }
        const absent = ['/cpo/ocpi/versions', '/cpo/api/platform', '/judge/api/boards', '/sandbox/api/troubles']
        const answers = await Promise.all(absent.map((path) => fetch(ptp.url + path, key)))
        expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404])
        expect((await fetch(`${ptp.url}/ptp/api/payments`)).status).toBe(401)

        expect(await Promise.all([ptp.end(), cpo.end()])).toEqual([0, 0])
        const logged = ptp
          .printed()
          .split('\n')
          .filter((line) => line.startsWith('{'))
        expect(logged.map((line) => JSON.parse(line).msg)).toEqual(
          expect.arrayContaining([
            'started',
            'The payment provider is simulated: no money moves.',
            'stopping',
            'stopped',
          ]),
        )
      }),
  )
})

/** A provider whose books belong to no node. */
function providerService(webhookUrl: string) {
  const deliver = async (message: { readonly body: string; readonly headers: Readonly<Record<string, string>> }) =>
    (await fetch(webhookUrl, { method: 'POST', ...message })).ok
  const service = createSimulatedService({
    ...{ ledger: openLedger(), clock: wallClock, random: Math.random, apiKey: 'key' },
    messages: { secret: 'secret', deliver },
  })
  return listen(service)
}

test('a key that the provider does not know ends the start with one line and status 3', {
  timeout: 60_000,
}, async () => {
  const psp = await providerService('http://127.0.0.1:1')
  const env = {
    PLUGTILL_PSP: 'simulated-http',
    PLUGTILL_PSP_URL: psp.url,
    PLUGTILL_PSP_API_KEY: 'another-key',
    PLUGTILL_PSP_WEBHOOK_SECRETS: 'secret',
  }
  const running = started(['serve', 'ptp', '--port', '0', '--data', folder()], env)
  expect(await running.ended).toBe(3)
  expect(running.printed()).toContain('The payment provider simulated-http does not let us in.')
  await psp.close()
})

test.skipIf(server === undefined)(
  'a charge that a killed node has begun is finished by another node on the same database, never by one with another secret',
  {
    timeout: 150_000,
  },
  () =>
    withDatabases(['node', 'other'], async () => {
      const port = await freePort()
      const secret = 'of-all-nodes-'.repeat(4)
      const psp = await providerService(`http://localhost:${port}/ptp/psp/webhooks`)
      const env = {
        PLUGTILL_KEY_SECRET: secret,
        PLUGTILL_PSP: 'simulated-http',
        PLUGTILL_PSP_URL: psp.url,
        PLUGTILL_PSP_API_KEY: 'key',
        PLUGTILL_PSP_WEBHOOK_SECRETS: 'secret',
      }
      const node = { database: databaseUrl('node'), port, env }
      const first = await serve('ptp', node)
      const cpo = await serve('cpo', { database: databaseUrl('other'), args: ['--sites', 'examples/sites.yaml'] })
      const terminal = await furnished(first, cpo)
      const tapped = await first.run('tap', '--terminal', terminal, '--evse', 'HBC-1')
      const { reference } = tapped.json<Payment>()
      first.child.kill('SIGKILL')
      await first.ended

      const stranger = { ...node, env: { ...env, PLUGTILL_KEY_SECRET: secret.toUpperCase() } }
      await expect(serve('ptp', stranger)).rejects.toThrow(/ended with 3[\s\S]*begun with another key secret/)
      const second = await serve('ptp', node)
      await eventually('the payment is captured', async () => {
        const { state } = (await second.run('payments', 'show', reference)).json<Payment>()
        return state === 'captured' || undefined
      })
      expect((await second.run('reconcile')).status).toBe(0)
      expect(await Promise.all([second.end(), cpo.end()])).toEqual([0, 0])
      await psp.close()
    }),
)
