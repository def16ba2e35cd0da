/** A thousand stations on one CPO process: how it bears them, how soon a status is at the partner, and a storm in which all come back at once. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { type RawStation, rawStation } from '../stories/raw-station.ts'
import { words16 } from '../stories/station-words.ts'
import type { Ask, Report } from './station-server.ts'

const QUICK = process.argv.includes('--quick')
const STATIONS = QUICK ? 100 : 1000
const CHARGING = STATIONS / 10
/** Each of another station: the same status again is no change. */
const CHANGES = QUICK ? 50 : 200
const TEN_MINUTES = 240_000

type Told = {
  readonly id?: number
  readonly value?: unknown
  readonly port?: number
  readonly patched?: string
  at?: number
  status?: string
}

const server = fork(join(import.meta.dirname, 'station-server.ts'), [String(STATIONS)])
const waiting = new Map<number, (value: never) => void>()
const patches = new Map<string, number>()
let asks = 0
const port = await new Promise<number>((resolve) =>
  server.on('message', (told: Told) => {
    if (told.port !== undefined) resolve(told.port)
    if (told.patched !== undefined) patches.set(`${told.patched} ${told.status}`, told.at!)
    if (told.id !== undefined) waiting.get(told.id)?.(told.value as never)
  }),
)
const ask = <T>(what: Ask): Promise<T> =>
  new Promise((resolve) => {
    const id = ++asks
    waiting.set(id, resolve as never)
    server.send({ ...what, id })
  })

const ids = Array.from({ length: STATIONS }, (_, index) => `S${index + 1}`)
const now = () => new Date().toISOString()
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms))

async function connect(id: string): Promise<RawStation> {
  for (;;) {
    try {
      const station = await rawStation({ port, id, protocol: 'ocpp1.6' })
      await words16.boot(station)
      return station
    } catch {
      // Turned away while the process is busy: a station tries again.
      await sleep(500)
    }
  }
}

async function until(what: string, holds: (report: Report) => boolean): Promise<Report> {
  const from = Date.now()
  for (;;) {
    const report = await ask<Report>({ do: 'report' })
    if (holds(report)) return report
    if (Date.now() - from > TEN_MINUTES)
      throw new Error(
        `${what} did not come true: ${JSON.stringify({ ...report, cdrs: Object.keys(report.cdrs).length })}`,
      )
    await sleep(200)
  }
}

const rows: [string, string | number][] = []
const timed = async (what: string, act: () => Promise<unknown>) => {
  const from = Date.now()
  await act()
  rows.push([what, `${((Date.now() - from) / 1000).toFixed(1)} s`])
  process.stderr.write(`${what}\n`)
}

const stations = new Map<string, RawStation>()
await timed(`${STATIONS} stations connect at once, until all EVSEs are AVAILABLE`, async () => {
  await Promise.all(
    ids.map(async (id) => {
      const station = await connect(id)
      stations.set(id, station)
      await words16.status(station, 'Available', now())
    }),
  )
  await until('all are available', ({ available }) => available === STATIONS)
})
const calm = await ask<Report>({ do: 'report' })
rows.push(['memory of the CPO process with all of them', `${calm.rssMb} MB`])

const references = new Map<string, string>()
const transactions = new Map<string, unknown>()
await timed(`${CHARGING} sessions begin`, async () => {
  for (const id of ids.slice(0, CHARGING)) {
    references.set(id, await ask<string>({ do: 'start', station: id }))
    const station = stations.get(id)!
    while (!station.got.some(({ action }) => action === 'RemoteStartTransaction')) await sleep(5)
    transactions.set(id, (await words16.begin(station, now(), 1000)).id)
  }
})

const latencies: number[] = []
await timed(`${CHANGES} changes of status, one after the other`, async () => {
  for (let change = 0; change < CHANGES; change++) {
    const id = ids[CHARGING + change]!
    const status = change % 2 === 0 ? 'Unavailable' : 'Faulted'
    const key = `E-${id} ${status === 'Unavailable' ? 'INOPERATIVE' : 'OUTOFORDER'}`
    patches.delete(key)
    const from = Date.now()
    await words16.status(stations.get(id)!, status, now())
    while (!patches.has(key) && Date.now() - from < 10_000) await sleep(1)
    latencies.push((patches.get(key) ?? from + 10_000) - from)
  }
})
latencies.sort((a, b) => a - b)
rows.push(['status to push, median', `${latencies[Math.floor(latencies.length / 2)]} ms`])
rows.push(['status to push, p99', `${latencies[Math.floor(latencies.length * 0.99)]} ms`])

await timed(
  'the storm: all are cut off, all come back at once, until every EVSE is known and every session billed',
  async () => {
    await Promise.all([...stations.values()].map((station) => station.close()))
    await Promise.all(
      ids.map(async (id) => {
        const station = await connect(id)
        stations.set(id, station)
        const transaction = transactions.get(id)
        // What waited in the station comes first: nothing of it may be lost.
        if (transaction !== undefined) {
          await words16.meter(station, transaction, { at: now(), wh: 1100 })
          await words16.end(station, transaction, now(), 1200)
        }
        await words16.status(station, 'Available', now())
      }),
    )
    const storm = await until(
      'all are billed',
      ({ available, cdrs }) => available === STATIONS && Object.keys(cdrs).length === CHARGING,
    )
    const wrong = [...references].filter(([, reference]) => storm.cdrs[reference] !== 0.2)
    rows.push(['transactions lost, or billed wrong', wrong.length])
    rows.push(['memory after the storm', `${storm.rssMb} MB`])
    rows.push(['faults', storm.faults.join(' ') || 'none'])
  },
)
const last = await ask<Report>({ do: 'report' })
rows.push(['CPU of the CPO process, all in all', `${(last.cpuMs / 1000).toFixed(1)} s`])
await Promise.all([...stations.values()].map((station) => station.close()))
await ask({ do: 'end' })

if (!process.argv.includes('--json'))
  for (const [what, figure] of rows) process.stdout.write(`${String(figure).padStart(10)}  ${what}\n`)
process.stdout.write(`${JSON.stringify({ bench: 'station-storm', stations: STATIONS, ...Object.fromEntries(rows) })}\n`)
