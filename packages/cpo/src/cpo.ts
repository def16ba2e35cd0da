/** The Charge Point Operator platform: the only place that wires its rooms. */
import type { AdminTable } from '@plugtill/engine/admin'
import type { Clock } from '@plugtill/engine/clock'
import { createEngine, type Engine } from '@plugtill/engine/engine'
import type { Store } from '@plugtill/engine/store'
import type { OnExchange } from '@plugtill/ocpi/exchange'
import type { Send, Serve } from '@plugtill/ocpi/wire'
import { adminTable } from './admin.ts'
import { billingKinds, createBilling } from './billing.ts'
import { type CentralSystem, type CentralSystemSettings, createCentralSystem } from './chargers/central-system.ts'
import type { Finding } from './chargers/events.ts'
import type { Stations } from './chargers/stations.ts'
import type { ChargerMessage } from './chargers/watched-link.ts'
import { createChargerDesk } from './charging/charger-reports.ts'
import { createLocalStarts, type LocalStartParts } from './charging/local-start.ts'
import { createMessageBook } from './charging/message-book.ts'
import { transactionIds } from './charging/transaction-ids.ts'
import { type ChargingParts, chargingKind } from './effects/charging-kind.ts'
import { publicationKind } from './effects/publication-kind.ts'
import { requestKind, reservationKind, reservationLost } from './effects/reservation-kind.ts'
import { createEntrance } from './entrance.ts'
import { type Ground, groundOf } from './ground.ts'
import type { Invoices } from './invoices/invoices.ts'
import { cdrsSender } from './ocpi/cdrs.sender.ts'
import { commandsReceiver } from './ocpi/commands.receiver.ts'
import { locationsSender } from './ocpi/locations.sender.ts'
import { paymentsReceiver } from './ocpi/payments.receiver.ts'
import { reconciliationReceiver, reconciliationSender } from './ocpi/reconciliation.ts'
import { sessionsSender } from './ocpi/sessions.sender.ts'
import { tariffsSender } from './ocpi/tariffs.sender.ts'
import { tokensReceiver } from './ocpi/tokens.receiver.ts'
import { createPublisher } from './publisher.ts'
import type { CpoSettings } from './settings.ts'
import type { Sites } from './sites/configuration.ts'
import { checkSites } from './sites/contradictions.ts'
import { createSiteRegister, type SiteChange, type SiteRegister } from './sites/register.ts'
import { createAuthorization } from './tokens/authorization.ts'
import { createKnownTokens } from './tokens/known-tokens.ts'
import { noteShown } from './tokens/shown-cards.ts'

export interface CpoParts {
  readonly name: string
  readonly countryCode: string
  readonly partyId: string
  readonly store: Store
  readonly clock: Clock
  /** 0 <= x < 1. */
  readonly random: () => number
  /** Lower-case UUID v4. */
  readonly ids: () => string
  /** 256 random bits in the Base64url alphabet. */
  readonly randomToken: () => string
  readonly send: Send
  /** Public URL of our OCPI entrance, without trailing slash, e.g. https://cpo.example/cpo/ocpi. */
  readonly baseUrl: string
  /** Where drivers reach us, without trailing slash; invoices are below it. */
  readonly publicUrl: string
  readonly sites: Sites
  readonly settings?: Partial<CpoSettings>
  readonly centralSystem?: Partial<CentralSystemSettings>
  /** Name of this process; one that comes back under its name takes its work up at once. */
  readonly node?: string
  readonly mayCall?: (url: string) => boolean
  /** Looks on at everything said with partners. */
  readonly onExchange?: OnExchange
  /** Looks on at everything said with chargers. */
  readonly onChargerMessage?: (message: ChargerMessage) => void
  /** Is told that something of this topic is not as it was. */
  readonly onChange?: (topic: CpoTopic, id: string) => void
  readonly onFault?: (fault: unknown, reference: string) => void
}

export type CpoTopic = 'sessions' | 'cdrs' | 'chargers' | 'locations' | 'terminals' | 'tokens' | 'peers'

export interface Cpo {
  readonly serveOcpi: Serve
  readonly admin: AdminTable
  /** Takes over the connection of a charger, see ChargerLink. */
  readonly chargers: CentralSystem
  /** Who may connect, and what is known of each charging station. */
  readonly stations: Stations
  /** What the entrance of the chargers finds wrong with one of them. */
  readonly onFinding: (finding: Finding) => void
  /** What is at `${publicUrl}/invoices/${reference}` and below it. */
  readonly serveInvoice: Invoices['serve']
  readonly engine: Engine
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Resolves when nothing is due and nothing runs. */
  readonly idle: () => Promise<void>
}

export function createCpo(parts: CpoParts): Cpo {
  checkSites(parts.sites)
  const ground = groundOf(parts)
  const rooms = roomsOf(parts, ground)
  const { greeter, handshake, renewal, serveOcpi } = entranceOf(parts, ground, rooms)
  const { engine, register, desk, chargers, invoices } = rooms
  const { party, peers, docs, journal, watch, clientParts, stations } = ground
  const { baseUrl, clock } = parts

  const shared = {
    party,
    baseUrl,
    clock,
    peers,
    handshake,
    docs,
    journal,
    engine,
    watch,
    clientParts,
    sites: stations.sites,
  }
  let stopWatching: () => void = () => undefined
  return {
    serveOcpi,
    admin: adminTable({ ...shared, ...rooms, stations, again: desk.again }),
    chargers,
    stations,
    onFinding: ground.onFinding,
    serveInvoice: invoices.serve,
    engine,
    start: async () => {
      await stations.load()
      await register.sync()
      stopWatching = desk.watchAbsent()
      greeter.start()
      renewal.start()
      engine.start()
    },
    stop: async () => {
      stopWatching()
      greeter.stop()
      renewal.stop()
      desk.close()
      await chargers.close()
      await renewal.idle()
      await engine.stop()
      await ground.written.idle()
    },
    idle: async () => {
      await greeter.idle()
      await engine.idle()
    },
  }
}

/** Rooms that call each other hold each other by name: nothing runs before all of them stand. */
function roomsOf(parts: CpoParts, ground: Ground) {
  const { store, clock, random } = parts
  const { party, journal, fault, peers, serial, stations, onFinding } = ground
  const { sites } = stations
  const chargers: CentralSystem = createCentralSystem({
    clock,
    onEvent: async (event) => {
      const answer = await desk.onEvent(event)
      if (event.type === 'connected' || event.type === 'disconnected') parts.onChange?.('chargers', event.chargerId)
      return answer
    },
    authorize: (chargerId, idTag) => desk.authorize(chargerId, idTag),
    known: stations.knows,
    nextTransactionId: transactionIds(store),
    onFault: (error, event) => fault(error, event.chargerId),
    onFinding,
    onMessage: (message) => {
      ground.written.run(() => book(message).catch((error: unknown) => fault(error, message.chargerId)))
      parts.onChargerMessage?.(message)
    },
    ...(parts.centralSystem === undefined ? {} : { settings: parts.centralSystem }),
  })
  const kinds = kindsOf(parts, ground, { chargers, register: () => register })
  const engine = createEngine({
    store,
    clock,
    random,
    node: parts.node,
    kinds: Object.values(kinds),
    onFault: parts.onFault,
    onCommit: (kind, { id }) => parts.onChange?.(kind === kinds.publications.machine.name ? 'peers' : 'sessions', id),
  })
  const charging = engine.of(kinds.sessions)
  const reservations = engine.of(kinds.reservations)
  const requests = engine.of(kinds.requests)
  const publisher = createPublisher({ publications: engine.of(kinds.publications), peers, serial })
  const onSite = (change: SiteChange) => {
    parts.onChange?.('locations', '')
    return publisher.changed(change)
  }
  const register: SiteRegister = createSiteRegister({ store, clock, party, sites, onChange: onSite })
  const { tokens, local } = cardsOf(parts, ground, { charging, register })
  const watched = { charging, register, sites, stations, clock, journal, local, onFinding }
  const book = createMessageBook(watched)
  const desk = createChargerDesk({
    ...watched,
    graceMs: ground.settings.stationGraceS * 1000,
    chargers: () => chargers,
    onReservationEnded: (event) => reservationLost(reservations, event),
    onFault: fault,
  })
  const { ids, name, publicUrl, sites: configured } = parts
  const money = createBilling(
    { engine, charging, register, ids, name, publicUrl, kinds, seller: configured.seller },
    { ...ground, clock },
  )
  const sold = { charging, reservations, requests, tokens, ...money }
  return { engine, chargers, publisher, register, desk, ...sold }
}

/** The state tables with what their orders mean outside. */
function kindsOf(
  { clock, random }: CpoParts,
  { docs, peers, client, party }: Ground,
  { chargers, register }: { readonly chargers: CentralSystem; readonly register: () => SiteRegister },
) {
  const shared = { clock, random, docs, peers, client, chargers }
  const statusOf: ChargingParts['statusOf'] = async ({ locationId, evseUid }) =>
    register().statusOf(locationId, evseUid)
  return {
    sessions: chargingKind({ ...shared, statusOf }),
    reservations: reservationKind(shared),
    requests: requestKind(shared),
    publications: publicationKind({ random, party, peers, client, register }),
    ...billingKinds(shared),
  }
}

/** Drivers of mobility providers who show a card at the station. */
function cardsOf(
  { clock, ids, onChange }: CpoParts,
  ground: Ground,
  { charging, register }: Pick<LocalStartParts, 'charging' | 'register'>,
) {
  const { settings, docs, peers, client, party, fault, stations } = ground
  const tokens = createKnownTokens({ docs, peers, client, clock })
  const timeoutMs = settings.authorizationTimeoutS * 1000
  const told = { onFault: fault, onShown: noteShown(ground, onChange) }
  const authorization = createAuthorization({ docs, peers, client, known: tokens, clock, timeoutMs, ...told })
  const { sites } = stations
  const local = createLocalStarts({ charging, register, sites, authorization, party, settings, clock, ids })
  return { tokens, local }
}

/** Where partners come in: the handshake and one set of handlers per module and role. */
function entranceOf(parts: CpoParts, ground: Ground, rooms: ReturnType<typeof roomsOf>) {
  const { clock, ids } = parts
  const { settings, party, docs, serial } = ground
  const { engine, charging, reservations, requests, chargers, register, publisher, terminals, advices, tokens } = rooms
  const commanded = { charging, reservations, requests, register, chargers, sites: ground.stations.sites }
  return createEntrance(parts, ground, {
    ...{ engine, register, publisher, terminals, advices, tokens },
    modules: [
      locationsSender({ register }),
      tariffsSender({ register }),
      sessionsSender({ docs, settings }),
      cdrsSender({ docs }),
      commandsReceiver({ ...commanded, party, settings, clock, ids, serial }),
      paymentsReceiver({ docs, advices, clock }),
      tokensReceiver(tokens),
      reconciliationSender({ docs }),
      reconciliationReceiver({ docs }),
    ],
  })
}
