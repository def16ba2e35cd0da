/** The endpoints of the judge's CPO. */
import { OcpiError } from '@plugtill/ocpi/errors'
import { merge } from '@plugtill/ocpi/merge'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { type CommandResponse, commands, type StartSession } from '@plugtill/ocpi/modules/commands'
import { locations } from '@plugtill/ocpi/modules/locations'
import {
  type FinancialAdviceConfirmation,
  payments,
  readAdvice,
  type TerminalReceived,
} from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { type Tariff, tariffs } from '@plugtill/ocpi/modules/tariffs'
import { type Token, tokens } from '@plugtill/ocpi/modules/tokens'
import type { PartyId } from '@plugtill/ocpi/peers'
import { type Call, type Mounted, mount, type WriteAnswer } from '@plugtill/ocpi/server'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import type { Sites } from './lean-cpo.ts'
import { type Charging, type Plan, sameStart } from './lean-cpo-charging.ts'
import { createShelf, type Shelf } from './lean-shelf.ts'
import type { Clock } from './recorder.ts'

export interface ModulesParts {
  readonly clock: Clock
  readonly ids: () => string
  readonly owner: PartyId
  readonly sites: Sites
  readonly charging: Charging
  readonly terminals: Shelf<TerminalReceived>
  readonly advices: Shelf<FinancialAdviceConfirmation>
  readonly plan: (start: StartSession) => Plan
  readonly onTerminal: (terminal: TerminalReceived) => void
}

type Reply = WriteAnswer<CommandResponse>

/** In seconds. */
const TIMEOUT = 30

const said = (result: CommandResponse['result'], text?: string): Reply => ({
  data: { result, timeout: TIMEOUT, ...(text === undefined ? {} : { message: [{ language: 'en', text }] }) },
})

export function cpoModules(cpo: ModulesParts): readonly Mounted[] {
  return [...catalogueOf(cpo), ...chargesOf(cpo), paymentsOf(cpo), tokensOf()]
}

function catalogueOf({ sites }: ModulesParts): readonly Mounted[] {
  const find = (params: Readonly<Record<string, string>>) =>
    sites.find(params['location_id'] ?? '', params['evse_uid'] ?? '', params['connector_id'] ?? '')
  return [
    mount(locations, 'sender', {
      list: ({ page }) => sites.locations.page(page),
      location: async ({ params }) => find(params).location,
      evse: async ({ params }) => find(params).evse,
      connector: async ({ params }) => find(params).connector,
    }),
    mount(tariffs, 'sender', {
      list: ({ page }) => sites.tariffs.page(page),
      tariff: async ({ params }) => sites.tariffs.get(params['tariff_id'] ?? ''),
    }),
  ]
}

function chargesOf(cpo: ModulesParts): readonly Mounted[] {
  const { charging } = cpo
  const stops = new Map<string, number>()
  const notSupported = async () => said('NOT_SUPPORTED')
  return [
    mount(sessions, 'sender', {
      list: ({ page }) => charging.sessions.page(page),
      chargingPreferences: ({ params }) => {
        throw new OcpiError(2001, `Session "${params['session_id']}" takes no preferences.`, { http: 404 })
      },
    }),
    mount(cdrs, 'sender', { list: ({ page }) => charging.cdrs.page(page) }),
    mount(commands, 'receiver', {
      startSession: async (call) => {
        const { responseMs } = cpo.plan(call.body)
        const reply = start(cpo, call)
        if (responseMs > 0) await new Promise<void>((done) => void cpo.clock.after(responseMs, done))
        return reply
      },
      stopSession: async ({ body, peer }) => {
        const charge = charging.find(body.session_id)
        if (charge === undefined) return said('UNKNOWN_SESSION')
        if (charge.status !== 'ACTIVE' && charge.status !== 'PENDING') return said('REJECTED', 'It is over.')
        const plan = cpo.plan(charge.start)
        const failed = (stops.get(charge.id) ?? 0) < plan.failedStops
        stops.set(charge.id, (stops.get(charge.id) ?? 0) + 1)
        charging.answer(body.response_url, peer, { result: failed ? 'FAILED' : 'ACCEPTED', afterMs: plan.resultMs })
        if (!failed) charging.stop(charge, peer, plan)
        return said('ACCEPTED')
      },
      reserveNow: notSupported,
      cancelReservation: notSupported,
      unlockConnector: notSupported,
    }),
  ]
}

function start(cpo: ModulesParts, { body, peer }: Call<StartSession>): Reply {
  const { sites, charging, clock, ids, owner } = cpo
  const reference = body.authorization_reference
  const before = charging.charges().find((one) => reference != null && one.start.authorization_reference === reference)
  const plan = cpo.plan(body)
  if (before !== undefined) {
    if (!sameStart(before.start, body)) return said('REJECTED', `authorization_reference "${reference}" is taken.`)
    charging.answer(body.response_url, peer, { result: plan.result, afterMs: plan.resultMs })
    return said('ACCEPTED')
  }
  const { location, evse, connector } = sites.find(body.location_id, body.evse_uid ?? '', body.connector_id ?? '')
  if (location === undefined) {
    const text = `Location "${body.location_id}" is not one of ours.`
    return { ...said('REJECTED', text), statusCode: 2003, statusMessage: text }
  }
  if (evse === undefined || connector === undefined)
    return said('REJECTED', `"${body.evse_uid} ${body.connector_id}" is no connector of ${location.id}.`)
  if (!body.token.valid) return said('REJECTED', 'The token is not valid.')
  const taken = charging
    .charges()
    .some(({ place, status }) => place.evse.uid === evse.uid && (status === 'PENDING' || status === 'ACTIVE'))
  const tariff = (connector.tariff_ids ?? [])
    .map((id) => sites.tariffs.get(id))
    .find((one): one is Tariff => one !== undefined)
  if (taken || evse.status !== 'AVAILABLE' || tariff === undefined)
    return said('REJECTED', `EVSE ${evse.uid} is occupied.`)
  if (plan.response !== 'ACCEPTED') return said(plan.response, 'The charger takes no commands now.')
  const charge = {
    id: ids(),
    cdrId: ids(),
    owner,
    start: body,
    place: { location, evse, connector },
    tariff,
    createdAt: clock.now(),
    invoiced: cpo.terminals.all().some((one) => one.invoice_creator === 'CPO'),
    status: 'PENDING' as const,
  }
  charging.begin(charge, peer, plan)
  return said('ACCEPTED')
}

function paymentsOf({ terminals, advices, clock, onTerminal }: ModulesParts): Mounted {
  return mount(payments, 'receiver', {
    terminals: ({ page }) => terminals.page(page),
    terminal: async ({ params }) => terminals.get(params['terminal_id'] ?? ''),
    postTerminal: async (call) => {
      const terminal = { ...call.body, last_updated: call.body.last_updated ?? formatDateTime(clock.now()) }
      const created = terminals.put(terminal, terminal.terminal_id) === 'created'
      onTerminal(terminal)
      return { created, location: below(call, terminal.terminal_id) }
    },
    advices: ({ page }) => advices.page(page),
    advice: async ({ params }) => advices.get(params['id'] ?? ''),
    postAdvice: async (call) => {
      const advice = readAdvice(call.body)
      const before = advices.get(advice.id)
      if (before !== undefined && !sameCi(before.authorization_reference, advice.authorization_reference))
        throw new OcpiError(2001, `The advice "${advice.id}" is known with another authorization_reference.`)
      return { created: advices.put(advice, advice.id) === 'created', location: below(call, advice.id) }
    },
  })
}

/** Where the object just posted is found. */
const below = (call: Call<unknown>, id: string): string =>
  `${call.raw.url.replace(/[?#].*$/, '').replace(/\/+$/, '')}/${encodeURIComponent(id)}`

function tokensOf(): Mounted {
  const shelf = createShelf<Token>()
  const id = ({ params, query }: Pick<Call<unknown>, 'params' | 'query'>) =>
    [
      params['country_code'] ?? '',
      params['party_id'] ?? '',
      params['token_uid'] ?? '',
      query['type'] ?? 'RFID',
    ] as const
  return mount(tokens, 'receiver', {
    token: async (call) => shelf.get(...id(call)),
    putToken: async (call) => ({ created: shelf.put(call.body, ...id(call)) === 'created' }),
    patchToken: async (call) => {
      const before = shelf.get(...id(call))
      if (before === undefined)
        throw new OcpiError(2001, `Token "${call.params['token_uid']}" is not known here.`, { http: 404 })
      shelf.put(merge(before, call.body), ...id(call))
    },
  })
}
