/** The operator's API of the PTP platform, as a table. Names and shapes are promised in docs/reference/interfaces.md. */

import type { AdminCall, AdminTable } from '@plugtill/engine/admin'
import type { Handshake } from '@plugtill/ocpi/handshake'
import { type Party, type PeerStore, VERSIONS } from '@plugtill/ocpi/peers'
import { peersAdmin } from '@plugtill/ocpi/peers-admin'
import Type from 'typebox'
import { contractRows } from './admin-contracts.ts'
import { resolveRows } from './admin-resolve.ts'
import { readerRows, terminalRows } from './admin-terminals.ts'
import { Id, limitOf, notFound, row } from './admin-words.ts'
import type { Changes } from './changes.ts'
import type { Link, LinkParts } from './link/link.ts'
import type { PaymentState } from './payment/payment.ts'
import { paymentRecord } from './payment/view.ts'
import { receiptUrl } from './receipts/receipts.ts'
import type { Readers } from './terminals/readers.ts'
import { followTimeline, timelineOf } from './timeline.ts'

export interface AdminParts extends LinkParts {
  readonly link: Link
  readonly party: Party
  readonly baseUrl: string
  readonly handshake: Handshake
  readonly peers: PeerStore
  readonly changes: Changes
  readonly readers: Readers
  readonly pspLedger?: () => Promise<readonly object[]>
}

const Tap = Type.Object({
  terminal: Id,
  evse: Id,
  connector: Type.Optional(Id),
  card: Type.Optional(Id),
  language: Type.Optional(Type.String({ maxLength: 2 })),
  maximum_minor: Type.Optional(Type.Integer({ minimum: 1 })),
  tap_id: Type.Optional(Id),
})
const Stop = Type.Object({ terminal: Id, reference: Id, card: Type.Optional(Id) })

export function adminTable(parts: AdminParts): AdminTable {
  return [
    row('GET', '/platform', { summary: 'What this platform is', run: async () => ({ body: platform(parts) }) }),
    ...peersAdmin({ platform: 'ptp', peers: parts.peers, handshake: parts.handshake }),
    ...terminalRows(parts),
    ...readerRows(parts),
    ...paymentRows(parts),
    ...driverRows(parts),
    ...resolveRows(parts),
    ...contractRows(parts),
    ...mirrorRows(parts),
  ]
}

/** The first card of the tray: an approved one in the sandbox, the reader itself with a real provider. */
const defaultCard = ({ settings }: AdminParts) => settings.cardTray[0] ?? 'approved'

const platform = ({ party, baseUrl, psp }: AdminParts) => ({
  platform: 'ptp',
  name: party.name,
  role: party.role,
  country_code: party.countryCode,
  party_id: party.partyId,
  versions_url: `${baseUrl}/versions`,
  versions: VERSIONS,
  psp: psp.name,
})

/** One payment as the operator sees it, with everything that happened to it. */
async function recordOf(parts: AdminParts, reference: string | undefined) {
  const payment = await parts.payments.find((reference ?? '').toLowerCase())
  if (!payment) return undefined
  const receipt_url = receiptUrl(parts, payment.id) ?? null
  return { ...paymentRecord(payment), receipt_url, timeline: await timelineOf(parts, payment.id) }
}

function paymentRows(parts: AdminParts): AdminTable {
  const unknown = (reference: string | undefined) =>
    notFound(`payment "${reference}"`, '"plugtill payments list" names them.')
  return [
    row('GET', '/payments', {
      summary: 'Payments, newest first',
      run: async (call) => {
        const states = call.query['state']?.split(',') as PaymentState[] | undefined
        return {
          body: (await parts.payments.list({ limit: limitOf(call), ...(states && { states }) })).map(paymentRecord),
        }
      },
    }),
    row('GET', '/payments/:reference', {
      summary: 'One payment with its timeline',
      run: async ({ params }) => {
        const found = await recordOf(parts, params['reference'])
        return found ? { body: found } : unknown(params['reference'])
      },
    }),
    row('GET', '/payments/:reference/events', {
      summary: 'Timeline entries as they happen (server-sent events), until nothing is left to do',
      run: async ({ params, signal }) => {
        const payment = await parts.payments.find((params['reference'] ?? '').toLowerCase())
        if (!payment) return unknown(params['reference'])
        return { stream: dataOf(followTimeline(parts, payment.id, signal)) }
      },
    }),
    row('GET', '/psp/ledger', {
      summary: 'What the simulated provider has booked, independent of this platform',
      run: async () =>
        parts.pspLedger
          ? { body: await parts.pspLedger() }
          : notFound('ledger', 'Only the simulated provider shows its books.'),
    }),
  ]
}

/** What drivers do at a terminal, done from here. */
function driverRows(parts: AdminParts): AdminTable {
  return [
    row('POST', '/payments/tap', {
      summary: 'What the driver does: choose, accept the price, tap',
      body: Tap,
      run: async ({ body }) => {
        const { terminal, evse, connector, card, language, maximum_minor, tap_id } = body as Type.Static<typeof Tap>
        const tapped = await parts.link.tap(terminal, {
          locationId: '',
          evseUid: evse,
          connectorId: connector ?? '',
          card: card ?? defaultCard(parts),
          language: language ?? 'en',
          ...(maximum_minor !== undefined && { maximumMinor: maximum_minor }),
          tapId: tap_id ?? parts.ids(),
        })
        return { status: 201, body: await recordOf(parts, tapped.reference) }
      },
    }),
    row('POST', '/payments/stop', {
      summary: 'The driver stops at the terminal with the same card',
      body: Stop,
      run: async ({ body }) => {
        const { terminal, reference, card } = body as Type.Static<typeof Stop>
        const stopped = await parts.link.stop(terminal, { reference, card: card ?? defaultCard(parts) })
        return { body: await recordOf(parts, stopped.reference) }
      },
    }),
  ]
}

async function* dataOf<T>(entries: AsyncIterable<T>): AsyncGenerator<{ data: T }> {
  for await (const data of entries) yield { data }
}

function mirrorRows({ mirror, journal }: AdminParts): AdminTable {
  const entries = (kinds: readonly ('ocpi' | 'fault')[]) => async (call: AdminCall) => ({
    body: (await journal.recent(limitOf(call), { kinds })).map(({ seq, at, reference, kind, body }) => ({
      ...body,
      seq,
      at: new Date(at).toISOString(),
      reference: reference || null,
      kind,
    })),
  })
  return [
    row('GET', '/locations', {
      summary: 'Locations mirrored from all CPOs',
      run: async () => ({ body: await mirror.locations() }),
    }),
    row('GET', '/tariffs', {
      summary: 'Tariffs mirrored from all CPOs',
      run: async () => ({ body: await mirror.tariffs() }),
    }),
    row('GET', '/exchanges', { summary: 'OCPI requests and answers, newest first', run: entries(['ocpi']) }),
    row('GET', '/faults', { summary: 'What went wrong and was kept, newest first', run: entries(['fault']) }),
  ]
}
