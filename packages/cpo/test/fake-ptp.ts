/** A partner made of the OCPI tables: a real server, client and handshake, with handlers that write down what they get. */
import { createOcpiClient } from '@plugtill/ocpi/client'
import { OcpiError } from '@plugtill/ocpi/errors'
import { createHandshake } from '@plugtill/ocpi/handshake'
import { type CdrReceived, cdrs } from '@plugtill/ocpi/modules/cdrs'
import { type CommandResult, commands } from '@plugtill/ocpi/modules/commands'
import { invoiceReconciliation } from '@plugtill/ocpi/modules/invoice-reconciliation'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { type AuthorizationInfo, type Token, tokens } from '@plugtill/ocpi/modules/tokens'
import { memoryPeers, type Party } from '@plugtill/ocpi/peers'
import { NEEDED_FROM_CPO } from '@plugtill/ocpi/roles'
import { createOcpiServer, type Mounted, mount } from '@plugtill/ocpi/server'
import type { Send } from '@plugtill/ocpi/wire'

/** One thing the CPO told the partner, in order of arrival. */
export interface Told {
  readonly what: string
  readonly body: Record<string, unknown>
}

export const PTP_URL = 'https://ptp.example'
const SENT_BY_CPO = ['result', 'putSession', 'patchSession', 'cdr']

interface Desk {
  readonly tell: (what: string, body: unknown) => void
  readonly terminals: Record<string, unknown>[]
  readonly advices: object[]
  readonly origin: string
  readonly now: () => number
  /** A mobility provider: it has drivers with tokens instead of terminals. */
  readonly drivers?: Drivers
}

/** A mobility provider's side: its tokens, and what it says when it is asked in real time. */
export interface Drivers {
  readonly tokens: Token[]
  authorize: (uid: string) => AuthorizationInfo | undefined
}

const none = async () => undefined

function tokensOf(drivers: Drivers, tell: Desk['tell']): Mounted {
  return mount(tokens, 'sender', {
    list: async () => ({
      total: drivers.tokens.length,
      items: drivers.tokens.map((token) => JSON.stringify(token)),
    }),
    authorize: async ({ params, body }) => {
      const uid = params['token_uid'] ?? ''
      tell('authorize', { uid, ...body })
      const data = drivers.authorize(uid)
      if (data === undefined) throw new OcpiError(2004, `Token "${uid}" is not known.`, { http: 404 })
      return { data }
    },
  })
}

function paymentsOf({ tell, terminals, advices, now }: Desk): Mounted {
  const terminal = (id: string | undefined) => terminals.find((each) => each['terminal_id'] === id)
  return mount(payments, 'sender', {
    terminals: async () => ({
      total: terminals.length,
      items: terminals.map((terminal) => JSON.stringify(terminal)),
    }),
    terminal: async ({ params }) => terminal(params['terminal_id']) as never,
    patchTerminal: async ({ body, params }) => {
      tell('patchTerminal', body)
      Object.assign(terminal(params['terminal_id'])!, body)
    },
    putTerminal: none,
    activate: async ({ body }) => tell('activate', body),
    deactivate: async ({ params }) => {
      tell('deactivate', params)
      Object.assign(terminal(params['terminal_id'])!, {
        location_ids: [],
        evse_uids: [],
        last_updated: new Date(now()).toISOString(),
      })
    },
    advices: async () => ({ total: advices.length, items: advices.map((advice) => JSON.stringify(advice)) }),
    advice: none,
  })
}

function modulesOf(desk: Desk): readonly Mounted[] {
  const { tell, origin, drivers } = desk
  return [
    mount(commands, 'sender', {
      result: async ({ body, params }) => tell('result', { ...(body as CommandResult), id: params['id'] }),
    }),
    mount(locations, 'receiver', {
      location: none,
      evse: none,
      connector: none,
      putLocation: async ({ body }) => tell('putLocation', body),
      putEvse: none,
      putConnector: none,
      patchLocation: none,
      patchEvse: async ({ body, params }) => tell('patchEvse', { ...body, uid: params['evse_uid'] }),
      patchConnector: none,
    }),
    mount(tariffs, 'receiver', {
      tariff: none,
      putTariff: async ({ body }) => tell('putTariff', body),
      deleteTariff: none,
    }),
    mount(sessions, 'receiver', {
      session: none,
      putSession: async ({ body }) => tell('putSession', body),
      patchSession: async ({ body }) => tell('patchSession', body),
    }),
    mount(cdrs, 'receiver', {
      postCdr: async ({ body }) => {
        tell('cdr', body)
        return { created: true, location: `${origin}/cdrs/${(body as CdrReceived).id}` }
      },
      cdr: none,
    }),
    drivers === undefined ? paymentsOf(desk) : tokensOf(drivers, tell),
    mount(invoiceReconciliation, 'receiver', {
      record: none,
      postRecord: async ({ body }) => tell('postRecord', body),
      putRecord: none,
      deleteRecord: async ({ params }) => tell('deleteRecord', params),
    }),
  ]
}

/** What was told, in order, and what of it is to be refused. */
function notebook() {
  const told: Told[] = []
  let failing: Record<string, number> = {}
  return {
    told,
    tell: (what: string, body: unknown) => {
      if ((failing[what] ?? 0) > 0) {
        failing = { ...failing, [what]: failing[what]! - 1 }
        throw new OcpiError(2000, `The test lets ${what} fail.`)
      }
      told.push({ what, body: body as Record<string, unknown> })
    },
    /** The next so many messages of a kind are refused. */
    fail: (what: string, times: number) => {
      failing = { ...failing, [what]: times }
    },
    /** What was told about sessions, in order, in short. */
    heard: () =>
      told
        .filter(({ what }) => SENT_BY_CPO.includes(what))
        .map(({ what, body }) => `${what} ${String(body['status'] ?? body['result'] ?? '')}`.trim()),
    last: (what: string) => told.findLast((each) => each.what === what)?.body,
  }
}

export function fakePtp(parts: {
  readonly send: Send
  readonly clock: { readonly now: () => number }
  readonly name?: string
  readonly drivers?: Drivers
}) {
  const partyId = parts.name ?? 'PAY'
  const origin = parts.name === undefined ? PTP_URL : `https://${parts.name.toLowerCase()}.example`
  const { drivers } = parts
  const party: Party = {
    countryCode: 'DE',
    partyId,
    role: 'PTP',
    name: 'Pay GmbH',
    ...(drivers && { roleSent: 'EMSP' }),
  }
  const { tell, ...notes } = notebook()
  const terminals: Record<string, unknown>[] = []
  const advices: object[] = []
  let count = 0
  const next = (prefix: string) => `${prefix}${++count}`
  const peers = memoryPeers()
  const shared = { baseUrl: `${origin}/ocpi`, party, peers, clock: parts.clock, ids: () => next(`${partyId}-`) }
  const handshake = createHandshake({
    ...shared,
    send: parts.send,
    needs: NEEDED_FROM_CPO,
    randomToken: () => next('ptp_').padEnd(40, '0'),
  })
  const serve = createOcpiServer({
    ...shared,
    handshake,
    modules: modulesOf({ tell, terminals, advices, origin, now: parts.clock.now, ...(drivers && { drivers }) }),
  })
  const client = createOcpiClient({ ...shared, send: parts.send })
  return {
    origin,
    partyId,
    serve,
    handshake,
    client,
    terminals,
    advices,
    ...notes,
    cpoId: '',
  }
}

export type FakePtp = ReturnType<typeof fakePtp>
