/** From the bytes of a CDR to its handler: recognised, routed, parsed, held against its shape, answered. */
import process from 'node:process'
import type { InterfaceRole, Module } from '@plugtill/ocpi/module'
import type { Mounted } from '@plugtill/ocpi/server'
import { cdrText } from './cdr.ts'
import { end, listenBare, listenWith } from './http-serve.ts'
import { BASE, HEADERS, ORIGIN, ofPtp, ptpServer, startLoader } from './ptp-server.ts'
import { alternate, cpuSince, isQuick, median, perSecond, perSecondSync, tell } from './report.ts'

const ROUNDS = isQuick() ? 1 : 5
const ROUND_MS = isQuick() ? 500 : 2_000
const CONNECTIONS = 32
const PATH = '/ptp/ocpi/2.3.0/receiver/cdrs'
/** No handler does anything. */
function mounted(module: Module, role: InterfaceRole): Mounted {
  const table = role === 'SENDER' ? module.sender : module.receiver
  const handler = async () => ({ created: true, location: `${BASE}/2.3.0/receiver/cdrs/1` })
  return { module, role, handlers: Object.fromEntries(Object.keys(table).map((name) => [name, handler])) }
}

const serve = ptpServer(ofPtp(mounted))

const request = { method: 'POST' as const, url: ORIGIN + PATH, headers: HEADERS, body: cdrText }
const first = await serve(request)
if (first.status !== 201) throw new Error(`The CDR of the bench was refused: ${first.status} ${first.body}`)

const inProcess = await alternate(ROUNDS, {
  ours: () => perSecond(ROUND_MS, () => serve(request)),
  parse: () => perSecondSync(ROUND_MS / 2, 100, () => JSON.parse(cdrText)),
})

/** The least that any server of such messages does: read, parse, answer the same bytes. */
const bare = await listenBare((body, response) => {
  JSON.parse(body)
  end(response, { ...first, body: JSON.stringify({ status_code: 1000, timestamp: new Date().toISOString() }) })
})
const place = await listenWith(serve, () => ORIGIN)
const loader = startLoader()

const cpuUs: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] }
const load = (name: 'ours' | 'bare', origin: string) => async () => {
  const before = process.cpuUsage()
  const answer = await loader.load({ origin, path: PATH, body: cdrText, connections: CONNECTIONS, ms: ROUND_MS })
  cpuUs[name].push((cpuSince(before) * 1000) / answer.answers)
  return (answer.answers * 1000) / answer.ms
}
await load('ours', place.origin)()
await load('bare', bare.origin)()
const socket = await alternate(ROUNDS, { ours: load('ours', place.origin), bare: load('bare', bare.origin) })
loader.end()
await Promise.all([place.close(), bare.close()])

tell({
  bench: 'parse-and-route-cdr',
  figures: [
    {
      what: `CDR of ${cdrText.length} bytes, in process`,
      value: inProcess.ours,
      unit: '/s',
      limit: { what: 'JSON.parse of the same text', value: inProcess.parse },
    },
    {
      what: `over ${CONNECTIONS} sockets`,
      value: socket.ours,
      unit: '/s',
      limit: { what: 'bare node:http with JSON.parse', value: socket.bare },
    },
    {
      what: 'CPU of the server per request',
      value: median(cpuUs.ours),
      unit: 'us',
      limit: { what: 'bare node:http with JSON.parse', value: median(cpuUs.bare) },
    },
  ],
})
