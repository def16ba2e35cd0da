/** What every room of the CPO platform stands on. */
import { documents } from '@plugtill/engine/documents'
import { faultRecord } from '@plugtill/engine/fault'
import { journal as journalOn } from '@plugtill/engine/journal'
import { type ClientParts, createOcpiClient } from '@plugtill/ocpi/client'
import { considerateSend } from '@plugtill/ocpi/considerate-send'
import { exchangeRecord, type OnExchange } from '@plugtill/ocpi/exchange'
import { createLockoutWatch } from '@plugtill/ocpi/lockout'
import { createPeerWatch } from '@plugtill/ocpi/peer-health'
import type { Party } from '@plugtill/ocpi/peers'
import { skippedItem } from '@plugtill/ocpi/skipped-item'
import { storedPeers } from '@plugtill/ocpi/stored-peers'
import { createStations } from './chargers/stations.ts'
import type { CpoParts } from './cpo.ts'
import { createErrands } from './errands.ts'
import { createFindings } from './findings.ts'
import { createSerial } from './serial.ts'
import { type CpoSettings, DEFAULT_SETTINGS } from './settings.ts'
import { toldShelves } from './told-shelves.ts'

/** Settings, books, partners and the way to them; nothing of chargers. */
export function booksOf(parts: Omit<CpoParts, 'sites'>) {
  const { store, clock, ids, random } = parts
  // Few at once, pauses kept, only GET twice; the handshake itself goes straight out.
  const send = considerateSend({ send: parts.send, clock, random })
  const settings: CpoSettings = { ...DEFAULT_SETTINGS, ...parts.settings }
  const party: Party = { countryCode: parts.countryCode, partyId: parts.partyId, role: 'CPO', name: parts.name }
  const docs = toldShelves(documents(store, clock), parts.onChange)
  const journal = journalOn(store, clock)
  /** Entries that nobody waits for, but the end. */
  const written = createErrands(clock, () => undefined)
  const fault = (error: unknown, reference: string) => {
    written.run(() => journal.write(reference, 'fault', faultRecord(error)))
    parts.onFault?.(error, reference)
  }
  const watch = createPeerWatch(createLockoutWatch({ platform: 'cpo', onFault: fault }).saw)
  const onExchange: OnExchange = (exchange, raw) => {
    watch.saw(exchange)
    written.run(() => journal.write(exchange.reference ?? '', 'ocpi', exchangeRecord(exchange)))
    parts.onExchange?.(exchange, raw)
  }
  const peers = storedPeers(docs)
  const onSkipped: ClientParts['onSkipped'] = (skipped) => fault(skippedItem(skipped), '')
  const onLoss: ClientParts['onLoss'] = (loss) => fault(loss.fault, '')
  const clientParts: ClientParts = { send, peers, clock, ids, party, onExchange, onSkipped, onLoss }
  const client = createOcpiClient(clientParts)
  const serial = createSerial()
  return { settings, party, docs, journal, written, fault, onExchange, watch, peers, clientParts, client, serial }
}
export type Books = ReturnType<typeof booksOf>

/** What every room stands on. */
export function groundOf(parts: CpoParts) {
  const { clock, randomToken, sites: configured } = parts
  const books = booksOf(parts)
  const { docs, settings, fault } = books
  const onFinding = createFindings(clock, fault)
  const stations = createStations({ docs, clock, configured, settings, randomToken, onFinding, onFault: fault })
  return { ...books, onFinding, stations }
}
export type Ground = ReturnType<typeof groundOf>
