/**
 * The OCPI server over loopback sockets beside the least any server could do with the same messages: bare node:http,
 * JSON.parse of the body, the same answer. Nothing is stored, so what is seen is the protocol alone.
 */
import process from 'node:process'
import { createHandshake } from '@plugtill/ocpi/handshake'
import { createHttpSend } from '@plugtill/ocpi/http'
import type { InterfaceRole, Module } from '@plugtill/ocpi/module'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { commands } from '@plugtill/ocpi/modules/commands'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { memoryPeers, type Party } from '@plugtill/ocpi/peers'
import { NEEDED_FROM_CPO, NEEDED_FROM_PTP } from '@plugtill/ocpi/roles'
import { createOcpiServer, type Mounted } from '@plugtill/ocpi/server'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import type { Serve } from '@plugtill/ocpi/wire'
import { cdrText } from './cdr.ts'
import type { LoadOrder } from './http-load.ts'
import { end, listenBare, listenWith, type Place } from './http-serve.ts'
import { locationText, locationWith } from './location.ts'
import { HEADERS, ORIGIN, ofPtp, ptpServer, serial, startLoader } from './ptp-server.ts'
import { alternate, cpuSince, type Figure, isQuick, median, perSecond, tell } from './report.ts'

const ROUNDS = isQuick() ? 1 : 7
const ROUND_MS = isQuick() ? 500 : 1_500
const CONNECTIONS = 32
const BELOW = '/ptp/ocpi/2.3.0'
const BELOW_OLDER = '/ptp/ocpi/2.2.1'

const PAGE = 50
const places = Array.from({ length: PAGE }, (_, nth) => locationWith(`LOC-${nth}`))
const stored = places.map((place) => JSON.stringify(place))
let fromObjects = false

/** No handler does anything but the list. */
function mounted(module: Module, role: InterfaceRole): Mounted {
  const table = role === 'SENDER' ? module.sender : module.receiver
  const write = async () => ({ created: false })
  const list = async () => ({ total: PAGE, items: fromObjects ? places.map((place) => JSON.stringify(place)) : stored })
  const rows = Object.entries(table).map(([name, row]) => [name, row.kind === 'list' ? list : write])
  return { module, role, handlers: Object.fromEntries(rows) }
}
const ofCpo = () => [
  mounted(locations, 'SENDER'),
  mounted(tariffs, 'SENDER'),
  mounted(commands, 'RECEIVER'),
  mounted(sessions, 'SENDER'),
  mounted(cdrs, 'SENDER'),
  mounted(payments, 'RECEIVER'),
]

const clock = { now: () => Date.now() }
const serve = ptpServer([...ofPtp(mounted), mounted(locations, 'SENDER')])

const place = await listenWith(serve, () => ORIGIN)
const loader = startLoader()

async function load(order: Omit<LoadOrder, 'headers' | 'connections' | 'ms'>, cpuUs: number[] = []): Promise<number> {
  const before = process.cpuUsage()
  const answer = await loader.load({ ...order, connections: CONNECTIONS, ms: ROUND_MS })
  cpuUs.push((cpuSince(before) * 1000) / answer.answers)
  return (answer.answers * 1000) / answer.ms
}

/** Reads, parses, and gives the answer of our own server back. */
async function bareFor(asked: {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'GET'
  readonly path: string
  readonly body: string
}): Promise<Place> {
  const answer = await serve({ method: asked.method, url: ORIGIN + asked.path, headers: HEADERS, body: asked.body })
  if (answer.status > 201 || !answer.body.includes('"status_code":1000'))
    throw new Error(`${asked.path} was refused: ${answer.body.slice(0, 300)}`)
  return listenBare((body, response) => {
    if (body !== '') JSON.parse(body)
    end(response, answer)
  })
}

async function besideBare(
  what: string,
  method: 'POST' | 'PUT' | 'PATCH',
  path: string,
  body: string,
): Promise<readonly Figure[]> {
  const bare = await bareFor({ method, path, body })
  const cpu = { ours: [] as number[], theirs: [] as number[] }
  const ours = () => load({ origin: place.origin, method, path, body }, cpu.ours)
  const theirs = () => load({ origin: bare.origin, method, path, body }, cpu.theirs)
  // Twice, because the first round is spent on compiling.
  for (let warm = 0; warm < 2; warm++) {
    await ours()
    await theirs()
  }
  cpu.ours.length = 0
  cpu.theirs.length = 0
  const speed = await alternate(ROUNDS, { ours, theirs })
  await bare.close()
  const limit = 'bare node:http with JSON.parse'
  return [
    {
      what: `${what}, ${Buffer.byteLength(body)} bytes`,
      value: speed.ours,
      unit: '/s',
      limit: { what: limit, value: speed.theirs },
    },
    { what: `CPU per ${what}`, value: median(cpu.ours), unit: 'us', limit: { what: limit, value: median(cpu.theirs) } },
  ]
}

async function pages(): Promise<readonly Figure[]> {
  const path = `${BELOW}/sender/locations?limit=${PAGE}`
  const bare = await bareFor({ method: 'GET', path, body: '' })
  const read = (origin: string, objects: boolean) => () => {
    fromObjects = objects
    return load({ origin, method: 'GET', path, body: '' })
  }
  await read(place.origin, false)()
  const speed = await alternate(ROUNDS, {
    text: read(place.origin, false),
    objects: read(place.origin, true),
    bare: read(bare.origin, false),
  })
  await bare.close()
  return [
    {
      what: `page of ${PAGE} Locations from stored text`,
      value: speed.text,
      unit: '/s',
      limit: { what: 'bare node:http, text ready', value: speed.bare },
    },
    {
      what: 'the same page, text beside objects',
      value: speed.text,
      unit: '/s',
      limit: { what: 'from objects in memory', value: speed.objects },
    },
  ]
}

/** A whole registration: five requests over sockets, begun by the PTP and called back by the CPO. */
async function handshakes(): Promise<Figure> {
  const send = createHttpSend({ allowPrivatePeers: true })
  async function platform(party: Party, modules: readonly Mounted[]) {
    let open: Serve | undefined
    const at: Place = await listenWith(
      (request) => (open ?? (async () => ({ status: 503, headers: {}, body: '' })))(request),
      () => at.origin,
    )
    const next = serial()
    const renew = () => {
      const shared = { baseUrl: at.origin, party, peers: memoryPeers(), clock, ids: next }
      const needs = party.role === 'PTP' ? NEEDED_FROM_CPO : NEEDED_FROM_PTP
      const handshake = createHandshake({ ...shared, send, needs, randomToken: () => next().padStart(43, 'x') })
      open = createOcpiServer({ ...shared, handshake, modules })
      return handshake
    }
    return { at, renew }
  }
  const ptp = await platform({ countryCode: 'NL', partyId: 'PTP', role: 'PTP', name: 'Bench' }, ofPtp(mounted))
  const cpo = await platform({ countryCode: 'NL', partyId: 'CPO', role: 'CPO', name: 'Bench' }, ofCpo())
  const bare = await listenBare((body, response) => {
    if (body !== '') JSON.parse(body)
    end(response, { status: 200, headers: { 'content-type': 'application/json' }, body: '{"status_code":1000}' })
  })
  const ask = (method: 'GET' | 'POST', body: string) => send({ method, url: bare.origin, headers: HEADERS, body })
  const register = async () => {
    const invitation = await cpo.renew().invite({ countryCode: 'NL', partyId: 'PTP' })
    const peer = await ptp.renew().register(invitation)
    if (peer.status !== 'registered') throw new Error(`The handshake of the bench ended as ${peer.status}.`)
  }
  const five = async () => {
    for (let asked = 0; asked < 4; asked++) JSON.parse((await ask('GET', '')).body)
    JSON.parse((await ask('POST', JSON.stringify({ token: 'x'.repeat(64), roles: [] }))).body)
  }
  await perSecond(ROUND_MS / 3, register)
  const speed = await alternate(ROUNDS, {
    ours: () => perSecond(ROUND_MS, register),
    theirs: () => perSecond(ROUND_MS, five),
  })
  await send.close()
  await Promise.all([ptp.at.close(), cpo.at.close(), bare.close()])
  return {
    what: 'registration of a partner',
    value: speed.ours,
    unit: '/s',
    limit: { what: 'five requests one after another at bare node:http', value: speed.theirs },
  }
}

const older = codecOf('2.2.1').write(cdrs.receiver.postCdr.body ?? {}, JSON.parse(cdrText), { payments: true })
if (older.losses.length > 0) throw new Error(`The CDR of the bench cannot be said in 2.2.1: ${older.losses.join('; ')}`)
const evse = JSON.stringify({ status: 'CHARGING', last_updated: '2030-07-02T10:05:00.000Z' })
/** Each by its name, so that `--only=location` measures the one that is worked on. */
const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  cdr: () => besideBare('CDR', 'POST', `${BELOW}/receiver/cdrs`, cdrText),
  lifted: () => besideBare('CDR in 2.2.1, lifted', 'POST', `${BELOW_OLDER}/receiver/cdrs`, JSON.stringify(older.value)),
  location: () => besideBare('PUT of a Location', 'PUT', `${BELOW}/receiver/locations/NL/CPO/LOC-CITY`, locationText),
  evse: () => besideBare('PATCH of an EVSE', 'PATCH', `${BELOW}/receiver/locations/NL/CPO/LOC-CITY/NLPLGE101`, evse),
  pages,
  handshakes: async () => [await handshakes()],
}
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length)
const figures: Figure[] = []
for (const [name, part] of Object.entries(parts))
  if (only === undefined || only === name) figures.push(...(await part()))
loader.end()
await place.close()
tell({ bench: 'ocpi', figures })
