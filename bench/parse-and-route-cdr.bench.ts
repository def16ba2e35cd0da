/** From the bytes of a CDR to its handler: recognised, routed, parsed, held against its shape, answered. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { InterfaceRole, Module } from '@plugtill/ocpi/module'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { commands } from '@plugtill/ocpi/modules/commands'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { memoryPeers } from '@plugtill/ocpi/peers'
import { createOcpiServer, type Mounted } from '@plugtill/ocpi/server'
import { hashToken, tokenHeader } from '@plugtill/ocpi/token'
import { cdrText } from './cdr.ts'
import type { LoadAnswer, LoadOrder } from './http-load.ts'
import { answerWith, end, listen } from './http-serve.ts'
import { alternate, cpuSince, isQuick, median, perSecond, perSecondSync, tell } from './report.ts'

const ROUNDS = isQuick() ? 1 : 5
const ROUND_MS = isQuick() ? 500 : 2_000
const CONNECTIONS = 32
const BASE = 'http://127.0.0.1/ptp/ocpi'
const PATH = '/ptp/ocpi/2.3.0/receiver/cdrs'
const TOKEN = 'c.0123456789abcdefghijklmnopqrstuvwxyzABCDEF'
const HEADERS = {
  'content-type': 'application/json',
  authorization: tokenHeader(TOKEN),
  'x-request-id': '6b6fbd3a-51a9-4a56-8b5e-6f2a3f0d9a01',
  'x-correlation-id': '6b6fbd3a-51a9-4a56-8b5e-6f2a3f0d9a02',
  'ocpi-from-country-code': 'NL',
  'ocpi-from-party-id': 'CPO',
  'ocpi-to-country-code': 'NL',
  'ocpi-to-party-id': 'PTP',
}

/** All tables of the PTP, so that routing has its real size; no handler does anything. */
function mounted(module: Module, role: InterfaceRole): Mounted {
  const table = role === 'SENDER' ? module.sender : module.receiver
  const handler = async () => ({ created: true, location: `${BASE}/2.3.0/receiver/cdrs/1` })
  return { module, role, handlers: Object.fromEntries(Object.keys(table).map((name) => [name, handler])) }
}

const nothing = async () => undefined
let ids = 0
const serve = createOcpiServer({
  baseUrl: BASE,
  party: { countryCode: 'NL', partyId: 'PTP', role: 'PTP', name: 'Bench' },
  peers: memoryPeers([
    {
      id: 'cpo',
      status: 'registered',
      version: '2.3.0',
      endpoints: [],
      updatedAt: 0,
      roles: [{ role: 'CPO', country_code: 'NL', party_id: 'CPO', business_details: { name: 'Bench' } }],
      tokensIn: [{ hash: hashToken(TOKEN), kind: 'C' }],
    },
  ]),
  clock: { now: () => Date.now() },
  ids: () => `id-${++ids}`,
  handshake: {
    credentials: { get: nothing, post: nothing, put: nothing, delete: nothing } as never,
    tokenUsed: nothing,
  },
  modules: [
    mounted(locations, 'RECEIVER'),
    mounted(tariffs, 'RECEIVER'),
    mounted(commands, 'SENDER'),
    mounted(sessions, 'RECEIVER'),
    mounted(cdrs, 'RECEIVER'),
    mounted(payments, 'SENDER'),
  ],
})

const request = { method: 'POST' as const, url: `http://127.0.0.1${PATH}`, headers: HEADERS, body: cdrText }
const first = await serve(request)
if (first.status !== 201) throw new Error(`The CDR of the bench was refused: ${first.status} ${first.body}`)

const inProcess = await alternate(ROUNDS, {
  ours: () => perSecond(ROUND_MS, () => serve(request)),
  parse: () => perSecondSync(ROUND_MS / 2, 100, () => JSON.parse(cdrText)),
})

/** The least that any server of such messages does: read, parse, answer the same bytes. */
const bare = await listen((_request, body, response) => {
  JSON.parse(body)
  end(response, { ...first, body: JSON.stringify({ status_code: 1000, timestamp: new Date().toISOString() }) })
})
const place = await listen(answerWith(serve, () => 'http://127.0.0.1'))
const loader = fork(fileURLToPath(new URL('./http-load.ts', import.meta.url)), { execArgv: [] })

const cpuUs: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] }
const load = (name: 'ours' | 'bare', origin: string) => async () => {
  const before = process.cpuUsage()
  loader.send({
    origin,
    path: PATH,
    headers: HEADERS,
    body: cdrText,
    connections: CONNECTIONS,
    ms: ROUND_MS,
  } satisfies LoadOrder)
  const [answer] = (await once(loader, 'message')) as [LoadAnswer]
  if (answer.refused > 0) throw new Error(`${answer.refused} of ${answer.answers} answers were refusals.`)
  cpuUs[name].push((cpuSince(before) * 1000) / answer.answers)
  return (answer.answers * 1000) / answer.ms
}
await load('ours', place.origin)()
await load('bare', bare.origin)()
const socket = await alternate(ROUNDS, { ours: load('ours', place.origin), bare: load('bare', bare.origin) })
loader.disconnect()
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
