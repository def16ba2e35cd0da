/** A registry on a real engine whose POSTs are never sent: two CPOs of one party each, and a hub of two. */
import { documents } from '@plugtill/engine/documents'
import { createEngine } from '@plugtill/engine/engine'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Terminal } from '@plugtill/ocpi/modules/payments'
import type { PartyId, Peer } from '@plugtill/ocpi/peers'
import { createContracts } from '../src/contracts/contract.ts'
import { sellableOf } from '../src/link/offers.ts'
import { defaultSettings } from '../src/settings.ts'
import { createRegistry } from '../src/terminals/registry.ts'
import { terminalKind } from '../src/terminals/terminal.ts'
import { T0 } from './samples.ts'

const PARTIES: Readonly<Record<string, readonly string[]>> = { a: ['A'], b: ['B'], hub: ['AAA', 'BBB'] }

export const party = (partyId: string): PartyId => ({ countryCode: 'NL', partyId })

export const peer = (id: string) =>
  ({
    id,
    status: 'registered',
    roles: PARTIES[id]?.map((party_id) => ({ role: 'CPO', country_code: 'NL', party_id })),
  }) as unknown as Peer

/** As the CPO of this party says it by PATCH. */
export const by = (partyId: string) => ({ replace: false, from: party(partyId) })

export type RegistryRig = Awaited<ReturnType<typeof registryRig>>

/** What is known of the CPOs' sites: each party has its own at every Location. */
function mirrored() {
  /** Sites that the CPO has not told of yet, or has taken away, and what happens while it is asked for them. */
  const sites = {
    untold: new Set<string>(),
    isGone: (_id: string) => false,
    meanwhile: async () => undefined as unknown,
  }
  const location = (id: string, of: PartyId) => {
    const evses = [{ uid: `${of.partyId}-E1`, status: 'AVAILABLE', connectors: [{ id: '1' }] }]
    return { id, country_code: of.countryCode, party_id: of.partyId, evses }
  }
  const mirror = {
    location: async (_peerId: string, of: PartyId, id: string) =>
      sites.untold.has(id) || sites.isGone(id) ? undefined : location(id, of),
    locationOfEvse: async (_peerId: string, of: PartyId) => location('L1', of),
  } as never
  const refresh = async () => {
    await sites.meanwhile()
    sites.untold.clear()
  }
  return { sites, mirror, refresh }
}

/** `post` takes what would be POSTed to a CPO; without it nothing is. */
export async function registryRig(post?: (peerId: string, terminal: Terminal) => Promise<void>) {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const time = { now: T0 }
  const clock = { now: () => time.now, after: () => () => undefined }
  let count = 0
  const ids = () => `id${String(++count).padStart(6, '0')}`
  const kind = terminalKind({
    of: ({ id }: { id: string }) => ({ postTerminal: ({ body }: { body: Terminal }) => post?.(id, body) }),
  } as never)
  const engine = createEngine({ store, clock, random: () => 0.5, kinds: [kind] })
  const books = documents(store, clock)
  const peers = { get: async (id: string) => (id in PARTIES ? peer(id) : undefined) }
  const settings = { ...defaultSettings, keySecret: 'secret' }
  const contracts = createContracts({ documents: books, clock, ids, peers, settings, accounts: ['second'] })
  const { sites, mirror, refresh } = mirrored()
  const terminals = engine.of(kind)
  if (post) engine.start()
  const registry = createRegistry({
    store,
    clock,
    ids,
    peers,
    contracts,
    settings,
    mirror,
    terminals,
    refresh,
  } as never)
  return {
    store,
    books,
    time,
    sites,
    contracts,
    registry,
    /** The Terminal as this CPO reads it by GET. */
    shelf: async (of: string, id: string) => {
      const doc = await books.get('terminals', `${of}/${id.toLowerCase()}`)
      return doc && (JSON.parse(doc.body) as object)
    },
    /** The EVSEs it sells. */
    sells: async (id: string) => (await sellableOf(mirror, (await registry.find(id))!)).map(({ evse }) => evse.uid),
    idle: engine.idle,
    close: async () => {
      await engine.stop()
      await store.close()
    },
  }
}
