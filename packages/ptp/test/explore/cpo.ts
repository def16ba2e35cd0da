/** The CPO as our platform meets it: commands, lists, advices, and what its charger and the driver may do meanwhile. */
import type { Documents } from '@plugtill/engine/documents'
import { type OcpiClient, PeerRefused } from '@plugtill/ocpi/client'
import { Fault } from '@plugtill/ocpi/errors'
import type { SessionSeen } from '../../src/payment/payment.ts'
import { eur, T0 } from '../samples.ts'
import type { Bill, BillKind, Message, World } from './world.ts'

/** As with the provider; `unknown`: it knows no such session; `failed`: taken, and the charger does not obey. */
export type CpoWay = 'ok' | 'lost-done' | 'lost' | 'down' | 'refused' | 'failed'

export const LEVELS = [
  { kwh: 0, cost: 0 },
  { kwh: 4, cost: 1200 },
  { kwh: 9, cost: 4950 },
] as const

export const send = (world: World, message: Message): void => {
  world.wire = [...world.wire, message].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** The session changes and is pushed; partner's clock, one second for each word. */
export function change(world: World, to: Partial<SessionSeen> & Pick<SessionSeen, 'status'>): void {
  const { cpo } = world
  cpo.version++
  const lastUpdated = new Date(T0 + cpo.version * 1000).toISOString()
  cpo.session = { ...(cpo.session ?? { id: 'S1', kwh: 0 }), ...to, lastUpdated }
  send(world, { kind: 'session', session: cpo.session })
}

export const atLevel = (level: number): Pick<SessionSeen, 'kwh' | 'cost' | 'verified'> => {
  const { kwh, cost } = LEVELS[level] ?? LEVELS[0]
  return { kwh, cost: eur(cost), verified: eur(cost) }
}

/** What the CPO asks for a session that cost so much, truly or not. */
export function billOf(kind: BillKind, costMinor: number, n: number): Bill {
  const id = `CDR${n}`
  const cdr = (minor: number, currency = 'EUR') => ({ id, hash: id, due: { amountMinor: minor, currency } })
  const expected = eur(costMinor)
  switch (kind) {
    case 'plain':
      return { cdr: cdr(costMinor), check: { verdict: 'agrees', expected } }
    case 'above':
      return { cdr: cdr(6200), check: { verdict: 'agrees', expected: eur(6200) } }
    case 'over':
      return { cdr: cdr(costMinor + 100), check: { verdict: 'over', expected, reason: 'more than it gives' } }
    case 'under':
      return { cdr: cdr(Math.max(0, costMinor - 100)), check: { verdict: 'under', expected, reason: 'less than due' } }
    case 'unverified':
      return { cdr: cdr(costMinor), check: { verdict: 'unverified', reason: 'cannot be checked' } }
    case 'foreign':
      return { cdr: cdr(costMinor, 'HUF') }
    case 'tiny':
      return { cdr: cdr(20), check: { verdict: 'agrees', expected: eur(20) } }
    case 'negative':
      return { cdr: cdr(-100), check: { verdict: 'agrees' } }
  }
}

const refusal = (http: number) => new PeerRefused('no', { peerId: 'peer-1', http, retry: http >= 500 })

/** Whether the call gets through; what is thrown is what our client throws. */
function reach(way: CpoWay, act: () => void): void {
  if (way === 'down') throw new Fault('PEER_UNREACHABLE', 'no connection')
  if (way === 'lost') throw refusal(503)
  if (way === 'refused') throw refusal(400)
  act()
  if (way === 'lost-done') throw refusal(504)
}

export interface Reads {
  readonly way: CpoWay
  /** Violations of byte equality are found where the bytes arrive. (I8) */
  readonly onChanged: (id: string) => void
}

export function clientOf(world: World, { way, onChanged }: Reads): OcpiClient {
  const { cpo } = world
  const said = (result: string) => ({ data: { result, timeout: 30 } })
  const commands = {
    startSession: async () => {
      reach(way, () => {
        if (cpo.start === 'none') cpo.start = 'taken'
      })
      return said('ACCEPTED')
    },
    stopSession: async () => {
      if (way === 'ok' && !cpo.session) return said('UNKNOWN_SESSION')
      reach(way === 'failed' ? 'ok' : way, () => {
        if (way === 'failed') send(world, { kind: 'stop-failed' })
        else cpo.stopAsked = true
      })
      return said('ACCEPTED')
    },
  }
  const sessions = {
    list: async function* () {
      reach(way, () => undefined)
      if (cpo.session) yield { ...cpo.session, authorization_reference: world.payment.id, cdr_token: { uid: '' } }
    },
  }
  const cdrs = {
    list: async function* () {
      reach(way, () => undefined)
      for (const { cdr } of cpo.bills) yield { id: cdr.id, authorization_reference: world.payment.id }
      if (cpo.credit) yield { id: cpo.credit.id, authorization_reference: world.payment.id, credit: true }
    },
  }
  const payments = {
    postAdvice: async ({ body }: { readonly body: { readonly id: string } }) => {
      reach(way, () => {
        const text = JSON.stringify(body)
        if ((cpo.advices[body.id] ?? text) !== text) onChanged(body.id)
        cpo.advices = { ...cpo.advices, [body.id]: text }
      })
      return said('ok')
    },
    advice: async ({ params: { id } }: { readonly params: { readonly id: string } }) => {
      const there = cpo.advices[id]
      if (there === undefined) throw refusal(404)
      return { data: JSON.parse(there) as object }
    },
  }
  const rooms: Readonly<Record<string, object>> = { commands, sessions, cdrs, payments }
  return { of: (_peer: unknown, { id }: { readonly id: string }) => rooms[id] } as unknown as OcpiClient
}

/** Only the advices are kept here; the total cost of a CDR is not needed for what is explored. */
export const documentsOf = (world: World): Documents =>
  ({
    get: async (shelf: string, key: string) => {
      const body = shelf === 'advices' ? world.written[key] : undefined
      return body === undefined ? undefined : { key, body }
    },
    put: async (shelf: string, key: string, body: string) => {
      if (shelf === 'advices') world.written = { ...world.written, [key]: body }
      return 'created'
    },
    delete: async () => false,
  }) as unknown as Documents
