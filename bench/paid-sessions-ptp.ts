/** The PTP of the bench `paid-sessions`: a process of its own, with the server, the database and the provider's adapter of production. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { wallClock } from '@plugtill/engine/clock'
import type { Store, Tx } from '@plugtill/engine/store'
import { createHttpSend, createMayCall } from '@plugtill/ocpi/http'
import { httpSend } from '@plugtill/psp/http/client'
import { createSimulatedHttpPsp } from '@plugtill/psp/simulated-http/provider'
import { createPtp } from '@plugtill/ptp/ptp'
import { defaultSettings } from '@plugtill/ptp/settings'
import { createApp } from '../apps/cli/src/http/app.ts'
import { obey } from './child.ts'
import { openSchema } from './database.ts'

export interface Begin {
  readonly pspUrl: string
  readonly pspKey: string
  /** Chargers give energy so many times faster than their plate says. */
  readonly speed: number
}

export interface Seen {
  readonly cpuMs: number
  /** Of the database's processes that work for this one; absent where the system does not tell. */
  readonly postgresMs?: number
  readonly statements: number
  /** From wanting a transaction until it is committed, of those that ended since the last look. */
  readonly stepsMs: readonly number[]
  readonly faults: readonly string[]
}

/** Counts statements, and takes the time of transactions: each is a step of money or of a terminal. */
function metered(store: Store) {
  const seen = { statements: 0, byText: new Map<string, number>(), stepsMs: [] as number[] }
  const count = (sql: string) => {
    seen.statements++
    seen.byText.set(sql, (seen.byText.get(sql) ?? 0) + 1)
  }
  const metering: Store = {
    ...store,
    query: (sql, params) => {
      count(sql)
      return store.query(sql, params)
    },
    transaction: async (work) => {
      const began = performance.now()
      const done = await store.transaction((tx: Tx) =>
        work({
          ...tx,
          query: (sql, params) => {
            count(sql)
            return tx.query(sql, params)
          },
        }),
      )
      // BEGIN and COMMIT.
      seen.statements += 2
      seen.stepsMs.push(performance.now() - began)
      return done
    },
  }
  return { metering, seen }
}

/** Ticks of 10 ms: utime and stime are the 14th and the 15th word, after a name that may hold anything. */
function processMs(pid: number): number {
  const words = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(words[11]) + Number(words[12])) * 10
}

async function postgresMs(store: Store): Promise<{ readonly postgresMs?: number }> {
  const backends = await store.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = current_setting('application_name') OR backend_type = 'walwriter'`,
  )
  try {
    return { postgresMs: backends.reduce((sum, { pid }) => sum + processMs(pid), 0) }
  } catch {
    return {}
  }
}

let end = async () => undefined as void
let look = async (): Promise<Seen> => ({ cpuMs: 0, statements: 0, stepsMs: [], faults: [] })
let texts = (): readonly (readonly [string, number])[] => []

obey({
  begin: async ({ pspUrl, pspKey, speed }: Begin) => {
    const { store, drop } = await openSchema('ptp')
    const { metering, seen } = metered(store)
    const faults: string[] = []
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const send = createHttpSend({ allowPrivatePeers: true })
    const ptp = createPtp({
      clock: wallClock,
      random: Math.random,
      ids: () => randomUUID(),
      randomToken: () => randomBytes(32).toString('base64url'),
      name: 'Plugtill Pay',
      countryCode: 'NL',
      partyId: 'PTP',
      store: metering,
      send,
      mayCall: createMayCall({ allowPrivatePeers: true }),
      node: 'ptp',
      baseUrl: `${origin}/ptp/ocpi`,
      settings: { ...defaultSettings, terminalTaps: 0, keySecret: 'bench', chargerSpeed: speed },
      psp: createSimulatedHttpPsp({
        config: { url: pspUrl, apiKey: pspKey, webhookSecrets: [] },
        clock: wallClock,
        send: httpSend,
      }),
      onFault: (fault) => void faults.push(String(fault)),
    })
    const app = await createApp({
      publicUrl: origin,
      ptp,
      webFolder: '',
      ready: async () => undefined,
      onFault: (error) => void faults.push(String(error)),
      serverFactory: (listener) => server.on('request', listener),
    })
    ptp.start()
    look = async () => {
      const { user, system } = process.cpuUsage()
      const cpuMs = (user + system) / 1_000
      return {
        cpuMs,
        ...(await postgresMs(store)),
        statements: seen.statements,
        stepsMs: seen.stepsMs.splice(0),
        faults,
      }
    }
    texts = () => [...seen.byText].sort((a, b) => b[1] - a[1])
    end = async () => {
      await ptp.stop()
      server.closeAllConnections()
      await app.close()
      await send.close()
      await drop()
    }
    return { origin }
  },
  look: () => look(),
  texts: () => texts(),
  end: () => end(),
})
