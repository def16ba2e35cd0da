/** The Payment Terminal Provider platform: the only place that wires its rooms. */
import type { AdminTable } from '@plugtill/engine/admin'
import type { Clock } from '@plugtill/engine/clock'
import { documents as documentsOn } from '@plugtill/engine/documents'
import { createEngine, deskOf, type Engine } from '@plugtill/engine/engine'
import { faultRecord } from '@plugtill/engine/fault'
import type { Journal } from '@plugtill/engine/journal'
import { journal as journalOn } from '@plugtill/engine/journal'
import type { Entity } from '@plugtill/engine/machine'
import type { Store } from '@plugtill/engine/store'
import { type ClientParts, createOcpiClient } from '@plugtill/ocpi/client'
import { considerateSend } from '@plugtill/ocpi/considerate-send'
import { exchangeRecord, type OnExchange } from '@plugtill/ocpi/exchange'
import { createHandshake, type Handshake } from '@plugtill/ocpi/handshake'
import { createLockoutWatch } from '@plugtill/ocpi/lockout'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { commands } from '@plugtill/ocpi/modules/commands'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments as paymentsModule } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { createPeerWatch } from '@plugtill/ocpi/peer-health'
import { type Party, VERSIONS, type VersionNumber } from '@plugtill/ocpi/peers'
import { createRenewal } from '@plugtill/ocpi/renewal'
import { NEEDED_FROM_CPO } from '@plugtill/ocpi/roles'
import { createOcpiServer, mount } from '@plugtill/ocpi/server'
import { skippedItem } from '@plugtill/ocpi/skipped-item'
import { storedPeers } from '@plugtill/ocpi/stored-peers'
import type { Send, Serve } from '@plugtill/ocpi/wire'
import type { Psp, PspHint } from '@plugtill/psp/psp'
import { createSlipPdfs } from '@plugtill/receipt/pdf'
import { adminTable } from './admin.ts'
import { createBreaker, partner, provider } from './breaker.ts'
import { createCdrSync } from './cdr-sync.ts'
import { type Changes, createChanges, OFFERS, paymentTopic, terminalTopic } from './changes.ts'
import { createContracts } from './contracts/contract.ts'
import { advicesLane } from './effects/advise.ts'
import { paymentKind } from './effects/payment-kind.ts'
import { createIntake } from './intake.ts'
import { createLink, type Link, viewOf } from './link/link.ts'
import { createMirror, sameTariffBy } from './mirror.ts'
import { cdrsReceiver } from './ocpi/cdrs.receiver.ts'
import { commandsSender } from './ocpi/commands.sender.ts'
import { locationsReceiver } from './ocpi/locations.receiver.ts'
import { paymentsSender } from './ocpi/payments.sender.ts'
import { sessionsReceiver } from './ocpi/sessions.receiver.ts'
import { tariffsReceiver } from './ocpi/tariffs.receiver.ts'
import type { PaymentEvent } from './payment/events.ts'
import type { Payment } from './payment/payment.ts'
import { takePspHint } from './psp-messages.ts'
import { type ReceiptAnswer, type ReceiptAsked, serveReceipt } from './receipts/receipts.ts'
import { createDaily } from './reconcile/daily.ts'
import { reconcile } from './reconcile/reconcile.ts'
import type { PtpSettings } from './settings.ts'
import { createSweep } from './sweep.ts'
import { createSync, type Sync } from './sync.ts'
import { createReaders } from './terminals/readers.ts'
import { createRegistry } from './terminals/registry.ts'
import { type PaymentTerminal, type TerminalEvent, terminalKind } from './terminals/terminal.ts'

export interface PtpParts {
  readonly name: string
  readonly countryCode: string
  readonly partyId: string
  readonly store: Store
  readonly clock: Clock
  /** 0 <= x < 1. */
  readonly random: () => number
  /** Lower-case UUID v4. (E-20) */
  readonly ids: () => string
  /** 256 random bits in the Base64url alphabet. */
  readonly randomToken: () => string
  readonly send: Send
  readonly psp: Psp
  /** Further accounts at providers, by the name that contracts give them. */
  readonly pspAccounts?: Readonly<Record<string, Psp>>
  /** Public URL of our OCPI entrance, without trailing slash, e.g. https://pay.example/ptp/ocpi. */
  readonly baseUrl: string
  /** Public address below which drivers open receipts, without trailing slash; absent: receipts have none. */
  readonly receiptsUrl?: string
  readonly settings: PtpSettings
  /** Books of a simulated provider, when it is one. */
  readonly pspLedger?: () => Promise<readonly object[]>
  /** Name of this process among several on one database; one that comes back under its name resumes at once. */
  readonly node?: string
  readonly mayCall?: (url: string) => boolean
  /** Looks on at everything said with partners. */
  readonly onExchange?: OnExchange
  readonly onFault?: (fault: unknown, reference: string) => void
}

export interface Ptp {
  readonly serveOcpi: Serve
  readonly admin: AdminTable
  readonly link: Link
  readonly changes: Changes
  readonly view: (payment: Payment) => ReturnType<typeof viewOf>
  /** What stands at the address of a receipt. */
  readonly serveReceipt: (token: string, asked: ReceiptAsked) => Promise<ReceiptAnswer>
  /** The provider's reader in a terminal, as the operator named it. */
  readonly readerOf: (terminalId: string) => Promise<string | undefined>
  /** A genuine message of the provider, of a further account where one is named; resolves to whether it was about a payment of ours. */
  readonly pspHint: (hint: PspHint, account?: string) => Promise<boolean>
  readonly start: () => void
  readonly stop: () => Promise<void>
  /** Resolves when nothing is due and nothing runs. */
  readonly idle: () => Promise<void>
}

export function createPtp(parts: PtpParts): Ptp {
  const base = foundations(parts)
  const rooms = paymentRooms(parts, base)
  const handshake = handshakeWith(parts, base, rooms.sync)
  const renewal = createRenewal({ ...parts, ...base, handshake, afterMs: parts.settings.tokenRenewalMs })
  const linkParts = { ...parts, ...base, ...rooms }
  const link = createLink(linkParts)
  const readers = createReaders(base.documents, parts.clock)
  const pdf = createSlipPdfs()
  const daily = createDaily({
    ...linkParts,
    hour: parts.settings.reconcileHour,
    run: (period) => reconcile(linkParts, period),
  })
  const background = [rooms.sync, rooms.cdrSync, rooms.sweep, renewal, daily]
  return {
    serveOcpi: entrance(parts, { ...base, ...rooms, handshake }),
    link,
    changes: base.changes,
    view: (payment) => viewOf(linkParts, payment),
    serveReceipt: (token, asked) => serveReceipt({ ...linkParts, pdf }, token, asked),
    readerOf: readers.of,
    pspHint: takePspHint(linkParts),
    admin: adminTable({ ...linkParts, link, handshake, readers }),
    start: () => {
      rooms.engine.start()
      for (const one of background) one.start()
    },
    stop: async () => {
      for (const one of background) one.stop()
      for (const one of background) await one.idle()
      await rooms.engine.stop()
    },
    idle: async () => {
      for (const one of [rooms.sync, rooms.cdrSync, rooms.engine]) await one.idle()
    },
  }
}

type Foundations = ReturnType<typeof foundations>

/** What every room stands on: documents, the journal that sees everything, partners and the way to them. */
function foundations(parts: PtpParts) {
  const { store, clock, ids, random } = parts
  // Few at once, pauses kept, only GET twice; the handshake itself goes straight out.
  const send = considerateSend({ send: parts.send, clock, random })
  const party: Party = { countryCode: parts.countryCode, partyId: parts.partyId, role: 'PTP', name: parts.name }
  const documents = documentsOn(store, clock)
  const changes = createChanges()
  const journal = tellingJournal(journalOn(store, clock), changes)
  const onFault = (error: unknown, reference: string) => {
    void journal.write(reference, 'fault', faultRecord(error)).catch(() => undefined)
    parts.onFault?.(error, reference)
  }
  const breaker = createBreaker(clock)
  const watch = createPeerWatch(createLockoutWatch({ platform: 'ptp', onFault }).saw)
  const onExchange: OnExchange = (exchange, raw) => {
    const { direction, peerId, status } = exchange
    if (direction === 'out' && peerId) breaker.told(partner(peerId), status > 0 && status < 500)
    watch.saw(exchange)
    void journal.write(exchange.reference ?? '', 'ocpi', exchangeRecord(exchange)).catch(() => undefined)
    parts.onExchange?.(exchange, raw)
  }
  const peers = storedPeers(documents)
  const contracts = createContracts({ ...parts, documents, peers, accounts: Object.keys(parts.pspAccounts ?? {}) })
  const onSkipped: ClientParts['onSkipped'] = (skipped) => onFault(skippedItem(skipped), '')
  const onLoss: ClientParts['onLoss'] = ({ fault }) => onFault(fault, '')
  const clientParts: ClientParts = { send, peers, clock, ids, party, onExchange, onSkipped, onLoss }
  const client = createOcpiClient(clientParts)
  return {
    clientParts,
    party,
    documents,
    changes,
    journal,
    onFault,
    onExchange,
    watch,
    peers,
    contracts,
    breaker,
    client,
  }
}

type PaymentRooms = ReturnType<typeof paymentRooms>

/** The rooms of the payment: the mirror of the CPOs' sites, the intake, the engine and the terminals. */
function paymentRooms(parts: PtpParts, base: Foundations) {
  const { store, clock, random, settings } = parts
  const mirror = createMirror(base.documents, { clock, onChange: () => base.changes.publish(OFFERS) })
  const sync = createSync({
    ...parts,
    ...base,
    mirror,
    intervalMs: settings.locationsPollMs,
    // What waited for this partner need not wait for its next try.
    onGreeted: ({ id }) => void engine.retryNow(advicesLane(id)).catch((error) => base.onFault(error, id)),
  })
  // The engine needs the kinds, the kinds need the intake, and the intake applies events to the engine.
  const payments = deskOf<Payment, PaymentEvent>(() => engine, 'payment')
  const intake = createIntake({ ...parts, ...base, payments, sameTariff: sameTariffBy(mirror) })
  const engine: Engine = createEngine({
    store,
    clock,
    random,
    node: parts.node,
    kinds: [
      paymentKind({
        ...parts,
        ...base,
        intake,
        keySecret: settings.keySecret,
        onPsp: (account, answered) => base.breaker.told(provider(account), answered),
        adviceRetryMaxMs: settings.adviceRetryMaxMs,
        responseUrl: async (commandId, peerId) => {
          const version = (await base.peers.get(peerId))?.version ?? VERSIONS[0]
          return `${parts.baseUrl}/${version}/sender/commands/${commandId}`
        },
      }),
      terminalKind(base.client),
    ],
    onFault: base.onFault,
    onCommit: (kind, entity) => tell(base.changes, kind, entity),
  })
  const terminals = deskOf<PaymentTerminal, TerminalEvent>(() => engine, 'terminal')
  const registry = createRegistry({ ...parts, ...base, terminals, mirror, refresh: sync.pull })
  const ownsTerminal = async (terminalId: string) => (await terminals.find(terminalId)) !== undefined
  const cdrSync = createCdrSync({ ...parts, ...base, intake, intervalMs: settings.cdrsPollMs })
  const sweep = createSweep({
    ...parts,
    ...base,
    payments,
    engine,
    keySecret: settings.keySecret,
    intervalMs: settings.sweepMs,
    ownsTerminal,
  })
  return { mirror, sync, cdrSync, sweep, payments, intake, engine, registry, ownsTerminal }
}

function handshakeWith(parts: PtpParts, base: Foundations, sync: Sync): Handshake {
  return createHandshake({
    ...parts,
    ...base,
    needs: NEEDED_FROM_CPO,
    onNote: ({ peerId, text }) =>
      void base.journal.write(`peer:${peerId}`, 'note', { message: text }).catch(() => undefined),
    onChange: (peer) => {
      if (peer.status === 'registered') sync.greet(peer)
    },
  })
}

/** Our OCPI entrance: the interfaces of a PTP. (C.0) */
function entrance(parts: PtpParts, rooms: Foundations & PaymentRooms & { readonly handshake: Handshake }): Serve {
  const urlOf = (cdr: string, version: VersionNumber) =>
    `${parts.baseUrl}/${version}/receiver/cdrs/${encodeURIComponent(cdr)}`
  return createOcpiServer({
    ...parts,
    ...rooms,
    onFault: (error, at) => rooms.onFault(error, at.requestId),
    modules: [
      mount(locations, 'receiver', locationsReceiver(rooms.mirror, parts.clock)),
      mount(tariffs, 'receiver', tariffsReceiver(rooms.mirror)),
      mount(commands, 'sender', commandsSender({ ...parts, ...rooms, refresh: rooms.sync.refresh })),
      mount(sessions, 'receiver', sessionsReceiver({ ...parts, ...rooms })),
      mount(cdrs, 'receiver', cdrsReceiver({ ...rooms, urlOf })),
      mount(paymentsModule, 'sender', paymentsSender(rooms)),
    ],
  })
}

/** Who looks on is told which payment, which terminal or which offers changed. */
function tell(changes: Changes, kind: string, entity: Entity): void {
  changes.publish(kind === 'terminal' ? terminalTopic(entity.id) : paymentTopic(entity.id))
  const { terminalId } = entity as Partial<Payment>
  if (terminalId) changes.publish(terminalTopic(terminalId))
  changes.publish(OFFERS)
}

/** A journal that tells who follows a payment that there is something new. */
function tellingJournal(journal: Journal, changes: Changes): Journal {
  return {
    ...journal,
    write: async (reference, kind, body) => {
      await journal.write(reference, kind, body)
      if (reference) changes.publish(paymentTopic(reference))
    },
  }
}
