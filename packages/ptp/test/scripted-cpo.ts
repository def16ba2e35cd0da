/** A CPO that says what a test tells it to say, and the objects it sends. */
import { type OcpiClient, PeerRefused } from '@plugtill/ocpi/client'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { T0 } from './samples.ts'

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const REFERENCE = '11111111-1111-4111-8111-111111111111'

/** What the CPO answers; a test writes into it. An Error is thrown, `silent` never answers. */
export interface ScriptedCpo {
  start: { result: string; timeout: number } | Error
  stop: { result: string; timeout: number } | Error
  advice: Error | undefined
  /** A CPO of this id takes every connection and never says a word. */
  silent?: string
  sessions: Session[]
  cdrs: CdrReceived[]
  /** Names of the calls, in order. */
  readonly calls: string[]
  /** Bodies of the advices that arrived. */
  readonly advices: { id: string; capture_status_code: string; total_costs: { before_taxes: number } }[]
  readonly advicesTried: string[]
}

export function scripted(): ScriptedCpo {
  return {
    start: { result: 'ACCEPTED', timeout: 30 },
    stop: { result: 'ACCEPTED', timeout: 30 },
    advice: undefined,
    sessions: [],
    cdrs: [],
    calls: [],
    advices: [],
    advicesTried: [],
  }
}

export function clientOf(cpo: ScriptedCpo): OcpiClient {
  const say = <T>(name: string, answer: T | Error) => {
    cpo.calls.push(name)
    if (answer instanceof Error) return Promise.reject(answer)
    // An answer may be a promise: then it comes when the test says so, or never.
    return Promise.resolve(answer).then((data) => ({ data }))
  }
  const all = async function* <T>(name: string, items: readonly T[]) {
    cpo.calls.push(name)
    yield* items
  }
  const interfaces = {
    commands: { startSession: () => say('start', cpo.start), stopSession: () => say('stop', cpo.stop) },
    sessions: { list: () => all('sessions', cpo.sessions) },
    cdrs: { list: () => all('cdrs', cpo.cdrs) },
    payments: {
      postAdvice: ({ body }: { body: ScriptedCpo['advices'][number] }) => {
        cpo.advicesTried.push(JSON.stringify(body))
        if (!cpo.advice) cpo.advices.push(body)
        return say('advice', cpo.advice ?? {})
      },
      advice: ({ params }: { params: { id: string } }) => {
        const found = cpo.advices.find(({ id }) => id === params.id)
        return found ? say('advice-read', found) : Promise.reject(new Error('not there'))
      },
    },
  }
  const silence = new Proxy({}, { get: () => () => new Promise(() => undefined) })
  const of = (peer: { readonly id?: string }, { id }: { id: keyof typeof interfaces }) =>
    cpo.silent !== undefined && peer.id === cpo.silent ? silence : interfaces[id]
  return { of } as unknown as OcpiClient
}

const iso = (at: number) => new Date(at).toISOString()

/** The CPO says no: by HTTP, or by an OCPI status. */
export const refusal = (http: number, statusCode?: number): PeerRefused =>
  new PeerRefused('no', { peerId: 'peer-1', http, retry: http >= 500, ...(statusCode !== undefined && { statusCode }) })

/** The CPO's Session after so many minutes; 0.50 EUR per kWh and 21 % VAT. */
export function sessionAt(minutes: number, change: Partial<Session> = {}): Session {
  return {
    country_code: 'NL',
    party_id: 'CPO',
    id: 'S1',
    start_date_time: iso(T0 + MINUTE),
    kwh: 2,
    cdr_token: {
      country_code: 'NL',
      party_id: 'PTP',
      uid: 'ABCDEFGHIJKLMNOPQRST',
      type: 'AD_HOC_USER',
      contract_id: 'ABCDEFGHIJKLMNOPQRST',
    },
    auth_method: 'COMMAND',
    authorization_reference: REFERENCE,
    location_id: 'L1',
    evse_uid: 'E1',
    connector_id: '1',
    currency: 'EUR',
    status: 'ACTIVE',
    last_updated: iso(T0 + minutes * MINUTE),
    ...change,
  } as Session
}

/** A CDR for so many kWh in one hour that agrees with the tariff, unless `change` says otherwise. */
export function cdrFor(kwh: number, change: Partial<CdrReceived> = {}): CdrReceived {
  const net = kwh * 0.5
  const total = { before_taxes: net, taxes: [{ name: 'VAT', percentage: 21, amount: Math.round(net * 21) / 100 }] }
  return {
    country_code: 'NL',
    party_id: 'CPO',
    id: 'CDR1',
    start_date_time: iso(T0 + MINUTE),
    end_date_time: iso(T0 + 61 * MINUTE),
    session_id: 'S1',
    cdr_token: {
      country_code: 'NL',
      party_id: 'PTP',
      uid: 'ABCDEFGHIJKLMNOPQRST',
      type: 'AD_HOC_USER',
      contract_id: 'ABCDEFGHIJKLMNOPQRST',
    },
    auth_method: 'COMMAND',
    authorization_reference: REFERENCE,
    cdr_location: {
      id: 'L1',
      address: 'Street 1',
      city: 'Town',
      country: 'NLD',
      coordinates: { latitude: '52.1', longitude: '4.9' },
      evse_uid: 'E1',
      evse_id: 'NL*CPO*E1',
      connector_id: '1',
      connector_standard: 'IEC_62196_T2',
      connector_format: 'SOCKET',
      connector_power_type: 'AC_3_PHASE',
    },
    currency: 'EUR',
    charging_periods: [
      {
        start_date_time: iso(T0 + MINUTE),
        dimensions: [
          { type: 'ENERGY', volume: kwh },
          { type: 'TIME', volume: 1 },
        ],
      },
    ],
    total_cost: total,
    total_energy: kwh,
    total_time: 1,
    last_updated: iso(T0 + 62 * MINUTE),
    ...change,
  } as CdrReceived
}

/** The credit CDR that takes back the whole of another one. */
export const creditFor = (cdr: CdrReceived): CdrReceived => ({
  ...cdr,
  id: `${cdr.id}-C`,
  credit: true,
  credit_reference_id: cdr.id,
  total_cost: {
    before_taxes: -cdr.total_cost.before_taxes,
    taxes: (cdr.total_cost.taxes ?? []).map((tax) => ({ ...tax, amount: -tax.amount })),
  },
})
