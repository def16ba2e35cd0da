/** A platform with just enough rows, on a real socket, for the tests of mount and commands. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AdminTable } from '@plugtill/engine/admin'
import { closedEnum, object, optional, text } from '@plugtill/ocpi/types'
import type { WireRequest } from '@plugtill/ocpi/wire'
import { createChanges } from '@plugtill/ptp/changes'
import type { Ptp } from '@plugtill/ptp/ptp'
import { Refusal } from '@plugtill/ptp/refusal'
import type { PaymentView } from '@plugtill/terminal/link'
import type { AccountParts } from '../src/http/account.ts'
import { createApp } from '../src/http/app.ts'
import { openPort } from '../src/http/port.ts'
import type { TerminalKeys } from '../src/http/terminal-key.ts'

export interface Tiny {
  readonly url: string
  readonly port: number
  /** What the OCPI entrance was given. */
  readonly wire: WireRequest[]
  /** What the admin rows were called with. */
  readonly called: { readonly path: string; readonly params: object; readonly body: unknown }[]
  readonly changes: ReturnType<typeof createChanges>
  readonly faults: unknown[]
  /** Where they were met, as the log names it. */
  readonly where: string[]
  /** State of the one payment; reading it moves it on while more is here. */
  readonly states: string[]
  close: () => Promise<void>
}

export const VIEW: PaymentView = {
  reference: 'ref-1',
  state: 'charging',
  locationId: 'L',
  evseUid: 'E',
  connectorId: '1',
  label: '1',
  final: false,
  language: 'en',
}

const payment = (state: string) => ({
  reference: 'ref-1',
  state,
  terminal_id: 'T-1',
  location_id: 'L',
  evse_uid: 'E',
  connector_id: '1',
  held: { amount_minor: 5000, currency: 'EUR' },
  captured: null,
  session_id: null,
  cdr_id: null,
  advice: null,
  reason: state === 'declined' ? 'no money' : null,
  timeline: [],
})

export async function tinyPlatform(
  options: {
    readonly apiKey?: string
    readonly cpo?: boolean
    readonly webFolder?: string
    readonly terminalKeys?: TerminalKeys
    /** Made when the address is known. */
    readonly account?: (publicUrl: string) => AccountParts | Promise<AccountParts>
  } = {},
): Promise<Tiny> {
  const { port, server, serve, close } = await openPort({ host: '127.0.0.1', port: 0 })
  const url = `http://localhost:${port}`
  const seen = {
    wire: [] as WireRequest[],
    called: [] as Tiny['called'],
    faults: [] as unknown[],
    where: [] as string[],
    states: ['authorizing', 'starting'],
  }
  const changes = createChanges()
  const serveOcpi = async (request: WireRequest) => {
    seen.wire.push(request)
    return {
      status: request.body.length > 1_000_000 ? 413 : 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"status_code":1000}',
    }
  }
  const ptp = { serveOcpi, admin: tableOf(seen), changes, link: linkOf(), serveReceipt }
  const app = await createApp({
    publicUrl: url,
    ptp,
    webFolder: options.webFolder ?? mkdtempSync(join(tmpdir(), 'plugtill-web-')),
    ...(options.cpo && { cpo: { serveOcpi, admin: tableOf(seen), serveInvoice } }),
    ...(options.apiKey !== undefined && { apiKey: options.apiKey }),
    ...(options.terminalKeys && { terminalKeys: options.terminalKeys }),
    ...(options.account && { account: await options.account(url) }),
    ready: async () => undefined,
    serverFactory: (listener) => {
      serve(listener)
      return server
    },
    onFault: (error, where) => {
      seen.faults.push(error)
      seen.where.push(where)
    },
  })
  return {
    url,
    port,
    changes,
    ...seen,
    close: async () => {
      await app.close()
      await close()
    },
  }
}

const serveInvoice = async () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: 'none' })
const serveReceipt = async () => {
  throw new Error('no receipts here')
}

function linkOf(): Ptp['link'] {
  const known = async (terminalId: string) => {
    if (terminalId !== 'T-1') throw new Refusal('unknown-terminal', `No terminal "${terminalId}".`)
  }
  return {
    offers: async (id) => {
      await known(id)
      return { terminalId: id, model: 'apollo', languages: ['en'], language: 'en', chargers: [], open: [] }
    },
    tap: async (id, { card }) => {
      await known(id)
      if (card === 'taken') throw new Refusal('not-available', 'EVSE E has just been taken.')
      return VIEW
    },
    stop: async () => VIEW,
    receipts: async () => [],
    payment: async () => VIEW,
    recent: async () => [{ reference: VIEW.reference, final: false }],
  }
}

type Seen = Pick<Tiny, 'called' | 'states'>

function tableOf({ called, states }: Seen): AdminTable {
  const note =
    (path: string) =>
    async ({ params, body }: { params: object; body: unknown }) => {
      called.push({ path, params, body })
      return { status: 201, body: { ok: true, path, params } }
    }
  return [
    ...paymentRows({ called, states }),
    { method: 'GET', path: '/platform', summary: 'Who', run: async () => ({ body: { name: 'Tiny' } }) },
    { method: 'GET', path: '/peers', summary: 'Partners', run: async () => ({ body: [] }) },
    {
      method: 'GET',
      path: '/terminals',
      summary: 'Terminals',
      run: async () => ({ body: [{ terminal_id: 'T-1', model: 'apollo', state: 'announced' }] }),
    },
    {
      method: 'POST',
      path: '/peers/invite',
      summary: 'Invite',
      body: object({ country_code: text(2), party_id: text(3), role: optional(closedEnum(['CPO', 'PTP'])) }),
      run: note('/peers/invite'),
    },
    {
      method: 'POST',
      path: '/terminals',
      summary: 'Add',
      run: async ({ body }) =>
        (body as { model: string }).model === 'p6x'
          ? { status: 409, body: { refused: 'unfit-model', message: 'No touch screen.' } }
          : note('/terminals')({ params: {}, body }),
    },
    { method: 'POST', path: '/terminals/:id/assign', summary: 'Assign', run: note('/terminals/:id/assign') },
    {
      method: 'POST',
      path: '/payments/:reference/resolve',
      summary: 'Decide',
      run: note('/payments/:reference/resolve'),
    },
    {
      method: 'GET',
      path: '/broken',
      summary: 'Breaks',
      run: async () => {
        throw new Error('secret inside')
      },
    },
  ]
}

function paymentRows({ called, states }: Seen): AdminTable {
  const state = () => (states.length > 1 ? states.shift()! : states[0]!)
  return [
    { method: 'GET', path: '/payments', summary: 'Payments', run: async () => ({ body: [payment(states[0]!)] }) },
    {
      method: 'GET',
      path: '/payments/:reference',
      summary: 'Payment',
      run: async ({ params }) =>
        params['reference'] === 'ref-1'
          ? { body: payment(state()) }
          : { status: 404, body: { error: 'not-found', message: 'No payment.' } },
    },
    {
      method: 'POST',
      path: '/payments/tap',
      summary: 'Tap',
      run: async ({ body }) => {
        called.push({ path: '/payments/tap', params: {}, body })
        return (body as { evse: string }).evse === 'taken'
          ? { status: 409, body: { refused: 'not-available', message: 'EVSE taken is OCCUPIED.' } }
          : { status: 201, body: payment('authorizing') }
      },
    },
    { method: 'GET', path: '/payments/:reference/events', summary: 'Events', run: async () => ({ stream: events() }) },
  ]
}

async function* events() {
  for (const state of ['authorizing', 'captured'])
    yield { data: { at: '2026-01-01T00:00:00Z', kind: 'state', event: 'x', to: state, reference: 'ref-1', state } }
}
