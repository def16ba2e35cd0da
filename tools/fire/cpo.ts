/**
 * The CPO that survives: a process of its own with books of its own. `node tools/fire/cpo.ts PORT PUBLIC_PORT SITES`. Beside its OCPI
 * entrance it answers /fire/register, /fire/truth and /fire/calm. What it heard is kept as bytes, before anything reads them.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import process from 'node:process'
import { createLeanCpo } from '@plugtill/conformance/lean-cpo'
import { wallClock } from '@plugtill/engine/clock'
import { createHttpSend } from '@plugtill/ocpi/http'
import type { Location } from '@plugtill/ocpi/modules/locations'
import { listenerOf } from '@plugtill/ocpi/node-http'
import type { Serve } from '@plugtill/ocpi/wire'
import { takeBillsBack } from './bills-taken-back.ts'
import type { CpoTruth, HeardAdvice, HeardStart } from './books.ts'

const [port = '0', publicPort = '0', sites = '4'] = process.argv.slice(2)
const origin = `http://localhost:${publicPort}`
const EVSES_PER_SITE = 8

/** Many small places with the slow tariff: drivers do not stand in each other's way. */
function placesLike(all: readonly Location[]): readonly Location[] {
  const [like] = all
  const evse = like?.evses?.[0]
  if (like === undefined || evse === undefined) throw new Error('The judge sells nothing.')
  return Array.from({ length: Number(sites) }, (_, site) => ({
    ...like,
    id: `FIRE-${site}`,
    evses: Array.from({ length: EVSES_PER_SITE }, (_, n) => ({
      ...evse,
      uid: `FIRE-${site}-${n}`,
      evse_id: `NL*FIR*E${site}X${n}`,
      physical_reference: String(n + 1),
    })),
  }))
}

const send = createHttpSend({ allowPrivatePeers: true })
const cpo = createLeanCpo(
  {
    party: { countryCode: 'NL', partyId: 'FIR', role: 'CPO', name: 'The CPO that survives' },
    baseUrl: `${origin}/ocpi`,
    send,
    clock: wallClock,
    ids: () => randomUUID(),
    randomToken: () => randomBytes(32).toString('base64url'),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    version: '2.3.0',
    patienceMs: 10_000,
    pageSize: 100,
  },
  { locations: placesLike },
)

const usual = { responseMs: 0, resultMs: 50, plugInMs: 200, updateMs: 1_000, stopMs: 100, cdrMs: 50 }
let calm = false

/** How the next charge goes: most as they should, some not at all, some until the driver stops them, some for nothing. */
function nextPlan() {
  const dice = calm ? 1 : Math.random()
  const leavesMs = 800 + Math.random() * 2_500
  if (dice < 0.03) return { ...usual, response: 'REJECTED' as const }
  if (dice < 0.06) return { ...usual, result: 'FAILED' as const }
  if (dice < 0.12) return { ...usual, plugInMs: undefined, waitForCarMs: 4_000 }
  if (dice < 0.2) return { ...usual, leavesMs: 20_000 }
  if (dice < 0.24) return { ...usual, leavesMs, free: true }
  return { ...usual, leavesMs }
}

interface Started extends Pick<HeardStart, 'at' | 'acceptedAt' | 'refusedAt'> {
  readonly orders: Set<string>
}

const started = new Map<string, Started>()
const advices = new Map<string, HeardAdvice>()
takeBillsBack(cpo, {
  isCalm: () => calm,
  isAdvised: (reference) => [...advices.values()].some((one) => one.reference === reference),
})

/** Heard before anything reads it; what is given back takes the answer. */
function takeStart(request: Parameters<Serve>[0]): (answer: Awaited<ReturnType<Serve>>) => void {
  const { authorization_reference: reference = '' } = JSON.parse(request.body) as { authorization_reference?: string }
  const known = started.get(reference) ?? { at: Date.now(), orders: new Set() }
  known.orders.add(request.headers['x-request-id'] ?? '')
  started.set(reference, known)
  if (known.orders.size === 1) cpo.plan(nextPlan())
  return ({ body }) => {
    const { data } = JSON.parse(body) as { data?: { result?: string } }
    const which = data?.result === 'ACCEPTED' ? 'acceptedAt' : 'refusedAt'
    const now = started.get(reference) ?? known
    started.set(reference, { [which]: Date.now(), ...now })
  }
}

const heard: Serve = async (request) => {
  if (request.url.endsWith('/commands/START_SESSION')) {
    const answered = takeStart(request)
    const answer = await cpo.desk.serve(request)
    answered(answer)
    return answer
  }
  const answer = await cpo.desk.serve(request)
  if (request.method === 'POST' && request.url.endsWith('/financial-advice-confirmations') && answer.status < 300)
    takeAdvice(request.body)
  return answer
}

interface AdviceBody {
  readonly id: string
  readonly authorization_reference: string
  readonly capture_status_code: string
  readonly currency: string
  readonly last_updated: string
  readonly total_costs: { readonly before_taxes: number; readonly taxes?: readonly { readonly amount: number }[] }
}

/** In cents, by nobody else's code: sums of at most four decimals, far below where a double stops being exact. */
const gross = ({ before_taxes, taxes = [] }: AdviceBody['total_costs']) =>
  Math.round(taxes.reduce((sum, { amount }) => sum + amount, before_taxes) * 100)

function takeAdvice(bytes: string): void {
  const advice = JSON.parse(bytes) as AdviceBody
  const hash = createHash('sha256').update(bytes).digest('hex')
  const before = advices.get(advice.id)
  const hashes = [...new Set([...(before?.hashes ?? []), hash])]
  advices.set(advice.id, {
    id: advice.id,
    reference: advice.authorization_reference,
    status: advice.capture_status_code,
    amountMinor: gross(advice.total_costs),
    currency: advice.currency,
    at: Date.parse(advice.last_updated),
    hashes,
  })
}

function truth(): CpoTruth {
  const cdrs = cpo.charging.cdrs.all().map((cdr) => ({
    id: cdr.id,
    reference: cdr.authorization_reference ?? '',
    dueMinor: gross(cdr.total_cost as AdviceBody['total_costs']),
    currency: cdr.currency,
    at: Date.parse(cdr.last_updated),
    ...(cdr.credit && { creditOf: cdr.credit_reference_id ?? '' }),
  }))
  const charges = cpo.charging.charges().map(({ start, status, from, to }) => ({
    reference: start.authorization_reference ?? '',
    status,
    charged: from !== undefined,
    ...(to !== undefined && { endedAt: to }),
  }))
  return {
    starts: [...started].map(([reference, start]) => ({ ...start, reference, orders: start.orders.size })),
    charges,
    cdrs,
    advices: [...advices.values()],
  }
}

/** What the trial itself asks; undefined for OCPI. */
async function own(url: URL): Promise<unknown> {
  if (url.pathname === '/fire/truth') return truth()
  if (url.pathname === '/fire/calm') {
    calm = true
    return {}
  }
  if (url.pathname === '/fire/register') {
    const { searchParams: given } = url
    await cpo.desk.handshake.register({ versionsUrl: given.get('url') ?? '', token: given.get('token') ?? '' })
    return {}
  }
  if (url.pathname === '/fire/assign') {
    const [terminal = '', location = ''] = [url.searchParams.get('terminal'), url.searchParams.get('location')].map(
      (one) => one ?? '',
    )
    await cpo.assign(terminal, { location_ids: [location], evse_uids: [] })
    return {}
  }
  return undefined
}

const ocpi = listenerOf(heard, () => origin)
createServer((request, response) => {
  const url = new URL(request.url ?? '/', origin)
  if (!url.pathname.startsWith('/fire/')) return ocpi(request, response)
  own(url).then(
    (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {})),
    (error: Error) => response.writeHead(500).end(error.message),
  )
}).listen(Number(port), '127.0.0.1')
