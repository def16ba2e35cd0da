/**
 * Only the OCPI and Payments side of a CPO, mounted on a charging system that is already there. It sells by the orders it
 * takes from partners and by what the system tells of them; stations, sessions and prices are the system's own affair.
 */
import type { AdminTable } from '@plugtill/engine/admin'
import { createEngine, type Desk } from '@plugtill/engine/engine'
import { Fault } from '@plugtill/engine/fault'
import { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { Session } from '@plugtill/ocpi/modules/sessions'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { explain, findingsOf } from '@plugtill/ocpi/validate'
import type { Serve } from '@plugtill/ocpi/wire'
import { auditCdr } from '@plugtill/pricing/audit'
import { partRoutes } from '../admin-part.ts'
import { creditOf } from '../corrections/corrected-cdr.ts'
import type { CpoParts } from '../cpo.ts'
import { publicationKind } from '../effects/publication-kind.ts'
import { createEntrance } from '../entrance.ts'
import { type Books, booksOf } from '../ground.ts'
import { createAdvices, unknownReference } from '../invoices/advices.ts'
import type { Bill } from '../invoices/bill.ts'
import { createInvoices, type Invoices } from '../invoices/invoices.ts'
import { createReconciliations, reconciliationKind } from '../invoices/reconciliation.ts'
import { cdrsSender } from '../ocpi/cdrs.sender.ts'
import { locationsSender } from '../ocpi/locations.sender.ts'
import { paymentsReceiver } from '../ocpi/payments.receiver.ts'
import { reconciliationReceiver, reconciliationSender } from '../ocpi/reconciliation.ts'
import { sessionsSender } from '../ocpi/sessions.sender.ts'
import { tariffsSender } from '../ocpi/tariffs.sender.ts'
import { ownersOf, referenceKey } from '../partners.ts'
import { createPublisher } from '../publisher.ts'
import type { Seller } from '../sites/configuration.ts'
import { createTerminals } from '../terminals/terminals.ts'
import type { Csms, CsmsCdr, CsmsLocation, CsmsSession } from './csms.ts'
import type { Order, OrderEvent } from './order.ts'
import { orderKind } from './order-kind.ts'
import { ordersReceiver } from './orders.receiver.ts'
import { createCsmsSites } from './sites.ts'

export interface PaymentsPartParts extends Omit<CpoParts, 'sites' | 'centralSystem' | 'onChargerMessage' | 'onChange'> {
  readonly csms: Csms
  /** On the invoices; absent: the name of the platform. */
  readonly seller?: Seller
}

export interface PaymentsPart {
  readonly serveOcpi: Serve
  /** What is at `${publicUrl}/invoices/${reference}` and below it. */
  readonly serveInvoice: Invoices['serve']
  /** Partners, terminals, reconciliation: the operator's rows that need no charger. */
  readonly admin: AdminTable
  /** The system has other locations, tariffs or statuses than before: it is asked, and partners are told within a second. */
  readonly changed: () => Promise<void>
  /** How the session of an order stands now. */
  readonly session: (orderId: string, session: CsmsSession) => Promise<void>
  /** What it costs, once: a repeat says the same. After a `credit` another one may follow. */
  readonly cdr: (orderId: string, cdr: CsmsCdr) => Promise<void>
  readonly credit: (orderId: string, what: { readonly cdrId: string; readonly reason: string }) => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Resolves when nothing is due and nothing runs. */
  readonly idle: () => Promise<void>
}

export function createPaymentsPart(parts: PaymentsPartParts): PaymentsPart {
  const books = booksOf(parts)
  const rooms = roomsOf(parts, books)
  const { engine, sites, advices, terminals, publisher, orders, reconciliations } = rooms
  const { docs, settings, serial, peers } = books
  const register = { seenBy: () => sites.view }
  const { greeter, handshake, renewal, serveOcpi } = createEntrance(parts, books, {
    ...{ engine, register, publisher, terminals, advices },
    modules: [
      locationsSender({ register }),
      tariffsSender({ register }),
      sessionsSender({ docs, settings }),
      cdrsSender({ docs }),
      ordersReceiver({ orders, sites: sites.view, serial, ids: parts.ids, timeoutS: settings.commandTimeoutS }),
      paymentsReceiver({ docs, advices, clock: parts.clock }),
      reconciliationSender({ docs }),
      reconciliationReceiver({ docs }),
    ],
  })
  const telling = { ...books, orders, clock: parts.clock, fault: books.fault, zoneOf: rooms.zoneOf }
  return {
    serveOcpi,
    serveInvoice: rooms.invoices.serve,
    admin: partRoutes({ ...books, ...parts, engine, handshake, terminals, reconciliations, view: sites.view, peers }),
    changed: rooms.refresh,
    session: (orderId, session) => tellSession(telling, orderId, session),
    cdr: (orderId, cdr) => tellCdr(telling, orderId, cdr),
    credit: (orderId, what) => credit(telling, orderId, what),
    start: async () => {
      await rooms.refresh()
      greeter.start()
      renewal.start()
      engine.start()
    },
    stop: async () => {
      greeter.stop()
      renewal.stop()
      await renewal.idle()
      await engine.stop()
    },
    idle: async () => {
      await greeter.idle()
      await engine.idle()
    },
  }
}

function roomsOf(parts: PaymentsPartParts, books: Books) {
  const { csms, store, clock, random, ids } = parts
  const { docs, peers, client, party, serial, fault, settings } = books
  const shared = { docs, random, peers, client }
  const kinds = {
    orders: orderKind({ ...shared, csms }),
    reconciliations: reconciliationKind(shared),
    publications: publicationKind({ ...shared, party, register: () => ({ seenBy: () => sites.view }) }),
  }
  const engine = createEngine({ store, clock, random, kinds: Object.values(kinds), onFault: parts.onFault })
  const orders = engine.of(kinds.orders)
  const publisher = createPublisher({ publications: engine.of(kinds.publications), peers, serial })
  const sites = createCsmsSites({ csms, docs, party, clock, serial, onChange: publisher.changed })
  let places: readonly CsmsLocation[] = []
  const refresh = async () => {
    places = await csms.locations()
    await sites.refresh()
  }
  const baseUrl = `${parts.publicUrl}/invoices`
  const terminals = createTerminals({
    ...{ docs, peers, client, clock },
    // Asked when it is needed: the system's sites change while we run.
    sites: {
      get locations() {
        return places
      },
    },
    ...(settings.invoiceBy === 'CPO' ? { invoices: { baseUrl } } : {}),
  })
  const match = async (owner: string, { authorization_reference }: { readonly authorization_reference: string }) =>
    (await orders.find(referenceKey(owner, authorization_reference))) !== undefined
  const onUnmatched = (advice: Parameters<typeof unknownReference>[0]) =>
    fault(unknownReference(advice), advice.authorization_reference)
  const advices = createAdvices({ ...{ docs, peers, client, clock, serial }, match, onFault: fault, onUnmatched })
  const zoneOf = async (locationId: string) => (await sites.view.location(locationId))?.time_zone ?? 'UTC'
  const billOf = async (reference: string): Promise<Bill | undefined> => {
    for (const owner of await ownersOf(peers)) {
      const order = await orders.find(referenceKey(owner, reference))
      if (order === undefined) continue
      const cdrs = order.cdrs.map((text) => JSON.parse(text) as Cdr)
      const timeZone = await zoneOf(order.start.locationId)
      return { reference: order.reference ?? reference, cdrs, advices: await advices.of(owner, reference), timeZone }
    }
    return undefined
  }
  return {
    ...{ engine, orders, publisher, sites, refresh, terminals, advices, zoneOf },
    invoices: createInvoices({ seller: parts.seller ?? { name: parts.name }, baseUrl, billOf }),
    reconciliations: createReconciliations({
      ...{ docs, peers, party, clock, ids },
      reconciliations: engine.of(kinds.reconciliations),
    }),
  }
}

interface Telling extends Pick<Books, 'party' | 'settings' | 'fault'> {
  readonly orders: Desk<Order, OrderEvent>
  readonly clock: { readonly now: () => number }
  readonly zoneOf: (locationId: string) => Promise<string>
}

async function orderOf({ orders }: Telling, orderId: string): Promise<Order> {
  const order = await orders.find(orderId)
  if (order !== undefined) return order
  throw new Fault('ORDER_UNKNOWN', `No partner has ordered "${orderId}". Use the id that came with the start.`)
}

/** What the partner gave with the order, and what is ours to say. */
function added({ party, clock }: Telling, order: Order, before: string | undefined) {
  return {
    country_code: party.countryCode,
    party_id: party.partyId,
    cdr_token: order.start.token,
    auth_method: 'COMMAND' as const,
    ...(order.reference === undefined ? {} : { authorization_reference: order.reference }),
    last_updated: formatDateTime(Math.max(clock.now(), before === undefined ? 0 : Date.parse(before) + 1)),
  }
}

async function tellSession(parts: Telling, orderId: string, told: CsmsSession): Promise<void> {
  const order = await orderOf(parts, orderId)
  const session: Session = { ...told, ...added(parts, order, order.session?.last_updated) }
  checked('session', findingsOf(Session, session))
  await parts.orders.apply(order.id, { type: 'session-told', session })
}

async function tellCdr(parts: Telling, orderId: string, told: CsmsCdr): Promise<void> {
  const order = await orderOf(parts, orderId)
  const written = order.cdrs.map((text) => JSON.parse(text) as Cdr)
  const invoices = written.filter((cdr) => !cdr.credit).length
  const number = `${order.reference ?? told.id}${invoices === 0 ? '' : `-${invoices + 1}`}`
  const cdr: Cdr = {
    ...told,
    ...added(parts, order, written.at(-1)?.last_updated),
    ...(parts.settings.invoiceBy === 'CPO' ? { invoice_reference_id: number } : {}),
  }
  const before = written.find(({ id }) => sameCi(id, told.id))
  if (before !== undefined) return sameAs(before, cdr)
  const open = written.find((one) => !one.credit && !written.some((other) => other.credit_reference_id === one.id))
  if (open !== undefined)
    throw new Fault(
      'CDR_CREDITED',
      `Order "${orderId}" has CDR ${open.id} already. Credit it before another takes its place.`,
    )
  checked('CDR', findingsOf(Cdr, cdr))
  const { findings } = auditCdr(cdr, { timeZone: await parts.zoneOf(order.start.locationId) })
  const doubt = findings.find(({ severity }) => severity === 'error')
  // It goes out as it is: the price is the system's affair. But its operator should hear of it before the partner does.
  if (doubt !== undefined)
    parts.fault(new Fault('CDR_DOUBTFUL', `CDR ${cdr.id}: ${doubt.reason}`), order.reference ?? '')
  await parts.orders.apply(order.id, { type: 'cdr-told', cdr: JSON.stringify(cdr) })
}

/** A CDR that was sent is never changed. (C-601) */
function sameAs(before: Cdr, again: Cdr): void {
  const text = ({ last_updated: _, invoice_reference_id: __, ...cdr }: Cdr) => JSON.stringify(cdr)
  if (text(before) === text(again)) return
  throw new Fault('CDR_CHANGED', `CDR ${before.id} was told with other content before. Credit it and write a new one.`)
}

async function credit(
  parts: Telling,
  orderId: string,
  { cdrId, reason }: { readonly cdrId: string; readonly reason: string },
): Promise<void> {
  const order = await orderOf(parts, orderId)
  const written = order.cdrs.map((text) => JSON.parse(text) as Cdr)
  const original = written.find(({ id, credit }) => !credit && sameCi(id, cdrId))
  if (original === undefined) throw new Fault('CDR_UNKNOWN', `Order "${orderId}" has no CDR "${cdrId}".`)
  if (written.some(({ credit_reference_id }) => credit_reference_id === original.id)) return
  const now = Math.max(parts.clock.now(), Date.parse(original.last_updated) + 1)
  await parts.orders.apply(order.id, { type: 'cdr-told', cdr: JSON.stringify(creditOf(original, { reason, now })) })
}

function checked(what: string, findings: Parameters<typeof explain>[0]): void {
  if (findings.length > 0)
    throw new Fault('CSMS_WRONG', `The charging system told a ${what} that is none of OCPI: ${explain(findings)}`)
}
