/** Our copies of the partners' payment terminals, and what a CPO does with them: assign, activate, deactivate. */
import { change, type Documents } from '@plugtill/engine/documents'
import { Fault } from '@plugtill/engine/fault'
import { catchUpOn } from '@plugtill/ocpi/catch-up'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { payments, type TerminalActivation, type TerminalReceived } from '@plugtill/ocpi/modules/payments'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { ownerOf, partnerKey } from '../partners.ts'

export const TERMINALS = 'terminals'

/** What the operator is shown: the object and whose it is. */
export type KnownTerminal = TerminalReceived & { readonly peer: string; readonly owner: string }

/** Upsert: unknown is created, the same or older changes nothing, newer replaces. (E-11) */
export async function keepTerminal(
  docs: Documents,
  owner: string,
  terminal: TerminalReceived,
): Promise<'created' | 'updated' | 'same'> {
  const key = partnerKey(owner, terminal.terminal_id)
  const body = JSON.stringify(terminal)
  // A push and the reading of a list may keep the same terminal at the same moment.
  const done = await change(docs, { shelf: TERMINALS, key }, async (doc) => {
    const lastUpdated = terminal.last_updated ?? doc?.lastUpdated ?? formatDateTime(0)
    const isNews = doc === undefined || (doc.body !== body && Date.parse(lastUpdated) >= Date.parse(doc.lastUpdated))
    return isNews ? { body, lastUpdated } : undefined
  })
  return done === 'left' ? 'same' : done
}

export interface Terminals {
  readonly list: () => Promise<readonly KnownTerminal[]>
  readonly find: (terminalId: string) => Promise<KnownTerminal>
  /** Fetches all the partner has; a terminal that is ours already only when it is newer. (D-07, E-12) */
  readonly pull: (peerId: string) => Promise<number>
  /** The same for what changed since the last time, and once a day for all. */
  readonly catchUp: (peerId: string) => Promise<number>
  /** Both lists replace what was assigned; together they are a union. (C-702, E-07) */
  readonly assign: (
    terminalId: string,
    to: { readonly locations?: readonly string[]; readonly evses?: readonly string[] },
  ) => Promise<KnownTerminal>
  readonly activate: (peerId: string, request: Omit<TerminalActivation, 'last_updated'>) => Promise<void>
  readonly deactivate: (terminalId: string) => Promise<KnownTerminal>
}

/** Where a terminal can be put up. */
export interface Places {
  readonly locations: readonly { readonly id: string; readonly evses: readonly { readonly uid: string }[] }[]
}

export interface TerminalsParts {
  readonly docs: Documents
  readonly peers: Pick<PeerStore, 'get' | 'list'>
  readonly client: Pick<OcpiClient, 'of' | 'offers'>
  readonly clock: { readonly now: () => number }
  readonly sites: Places
  /** Told to the PTP with every assignment when we make the invoices. (C-710) */
  readonly invoices?: { readonly baseUrl: string }
}

export function createTerminals(parts: TerminalsParts): Terminals {
  const { docs } = parts
  const calls = (peerId: string) => parts.client.of({ id: peerId }, payments, 'sender')
  const list = async () => {
    const registered = (await parts.peers.list()).filter((peer) => peer.status === 'registered')
    return (await docs.all(TERMINALS)).map((doc): KnownTerminal => {
      const owner = doc.key.slice(0, doc.key.indexOf('/'))
      const peer = registered.find((each) => ownerOf(each) === owner)?.id ?? owner
      return { ...(JSON.parse(doc.body) as TerminalReceived), peer, owner }
    })
  }
  const find = async (terminalId: string) => {
    const found = (await list()).filter((terminal) => sameCi(terminal.terminal_id, terminalId))
    const [only] = found
    if (only !== undefined && found.length === 1) return only
    throw unknownTerminal(terminalId, found.length)
  }
  const refresh = async (terminal: KnownTerminal) => {
    const { data } = await calls(terminal.peer).terminal({ params: { terminal_id: terminal.terminal_id } })
    await keepTerminal(docs, terminal.owner, data)
    return find(terminal.terminal_id)
  }
  return {
    list,
    find,
    pull: (peerId) => pull(parts, peerId, true),
    catchUp: (peerId) => pull(parts, peerId, false),
    assign: async (terminalId, to) => {
      const terminal = await find(terminalId)
      checkPlaces(parts.sites, to)
      const body = {
        ...(to.locations === undefined ? {} : { location_ids: to.locations }),
        ...(to.evses === undefined ? {} : { evse_uids: to.evses }),
        ...(parts.invoices === undefined
          ? {}
          : { invoice_creator: 'CPO' as const, invoice_base_url: parts.invoices.baseUrl }),
        last_updated: formatDateTime(parts.clock.now()),
      }
      await calls(terminal.peer).patchTerminal({ params: { terminal_id: terminal.terminal_id }, body })
      return refresh(terminal)
    },
    activate: async (peerId, request) => {
      await calls(peerId).activate({ body: { ...request, last_updated: formatDateTime(parts.clock.now()) } })
    },
    deactivate: async (terminalId) => {
      const terminal = await find(terminalId)
      await calls(terminal.peer).deactivate({ params: { terminal_id: terminal.terminal_id } })
      return refresh(terminal)
    },
  }
}

async function pull({ docs, peers, client, clock }: TerminalsParts, peerId: string, whole: boolean): Promise<number> {
  const peer = await peers.get(peerId)
  if (peer === undefined || !(await client.offers(peer, payments, 'sender'))) return 0
  let changed = 0
  const keep = async (terminal: TerminalReceived) => {
    if ((await keepTerminal(docs, ownerOf(peer), terminal)) !== 'same') changed++
  }
  const read = (query: { readonly date_from?: string }) => client.of(peer, payments, 'sender').terminals({ query })
  await catchUpOn(docs, { peerId, list: TERMINALS, whole }, { clock, read, keep })
  return changed
}

function unknownTerminal(id: string, found: number): Fault {
  const text =
    found === 0
      ? `No terminal has the id "${id}". See the list of terminals for those the partners have sent.`
      : `${found} partners have a terminal "${id}". Ask them to give each its own id.`
  return new Fault('TERMINAL_UNKNOWN', text)
}

/** A typing error would leave a terminal that sells nothing. (E-29) */
function checkPlaces(
  sites: Places,
  to: { readonly locations?: readonly string[]; readonly evses?: readonly string[] },
): void {
  for (const id of to.locations ?? []) {
    if (!sites.locations.some((site) => sameCi(site.id, id)))
      throw new Fault(
        'LOCATION_UNKNOWN',
        `No location has the id "${id}". Use one of: ${sites.locations.map((site) => site.id).join(', ')}.`,
      )
  }
  const evses = sites.locations.flatMap((site) => site.evses)
  for (const uid of to.evses ?? []) {
    if (!evses.some((evse) => sameCi(evse.uid, uid)))
      throw new Fault(
        'EVSE_UNKNOWN',
        `No EVSE has the uid "${uid}". Use one of: ${evses.map((evse) => evse.uid).join(', ')}.`,
      )
  }
}
