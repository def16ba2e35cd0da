/** Whose a terminal is, and whose sites it sells: each party of a connection is a CPO of its own. (E-28, T13, T15) */
import { OcpiError } from '@plugtill/ocpi/errors'
import { partyText, sameParty } from '@plugtill/ocpi/headers'
import type { Terminal } from '@plugtill/ocpi/modules/payments'
import { ownsParty, type PartyId, type Peer, partiesOf } from '@plugtill/ocpi/peers'
import { hashOf } from '../content-hash.ts'
import type { RegistryParts } from './registry.ts'
import type { PaymentTerminal } from './terminal.ts'

/** Who asks: a party of a connection. */
export interface Asker {
  readonly peer: Peer
  readonly from?: PartyId | undefined
}

/** A party that has left the connection holds nothing any more. */
const isOther = ({ peer, from }: Asker, party: PartyId | undefined): boolean =>
  from !== undefined && party !== undefined && !sameParty(party, from) && ownsParty(peer, party)

/** One that nobody has taken yet is offered to all of the connection. */
export const holds = (asker: Asker, { peerId, party }: PaymentTerminal): boolean =>
  peerId === asker.peer.id && !isOther(asker, party)

type Named = Pick<Terminal, 'country_code' | 'party_id'>

const partyIn = ({ country_code: countryCode, party_id: partyId }: Named): PartyId | undefined =>
  countryCode && partyId ? { countryCode, partyId } : undefined

/** Body and headers agree, unless the body names a customer that is no party of the connection. (T13, E-30) */
export function assertOwn(asker: Asker, body: Named): void {
  const party = partyIn(body)
  if (party && isOther(asker, party))
    throw new OcpiError(
      2001,
      `country_code and party_id name ${partyText(party)}, OCPI-from another of your parties. Send the same in both.`,
    )
}

/** Whose locations are meant: the terminal's own party, else who asks, else the CPO's only party. (E-28) */
export function partyFor(asker: Asker, terminal: Terminal): PartyId | undefined {
  const named = partyIn(terminal)
  // What the party before has left in the object names no other than who asks.
  if (named && !isOther(asker, named)) return named
  const parties = partiesOf(asker.peer)
  return asker.from ?? (parties.length === 1 ? parties[0] : undefined)
}

const placesOf = (party: PartyId | undefined, { location_ids, evse_uids }: Terminal): string =>
  hashOf([party && partyText(party).toLowerCase(), location_ids ?? [], evse_uids ?? []])

/** Nothing is stored that names a site we do not know, even after asking once more. (E-29, T15) */
export async function assertKnown(
  parts: Pick<RegistryParts, 'mirror' | 'refresh'>,
  { peer, before }: { readonly peer: Peer; readonly before: PaymentTerminal },
  { terminal, party }: { readonly terminal: Terminal; readonly party: PartyId | undefined },
): Promise<void> {
  const wanted = (terminal.location_ids?.length ?? 0) + (terminal.evse_uids?.length ?? 0)
  // A word that assigns nothing is not about sites, of which one may be there no more.
  if (wanted === 0 || placesOf(party, terminal) === placesOf(before.party, before.terminal)) return
  if (!party)
    throw new OcpiError(2001, 'Which party do location_ids belong to? Send country_code and party_id in the Terminal.')
  const missing = async () => {
    const gone: string[] = []
    for (const id of terminal.location_ids ?? [])
      if (!(await parts.mirror.location(peer.id, party, id))) gone.push(`Location ${id}`)
    for (const uid of terminal.evse_uids ?? [])
      if (!(await parts.mirror.locationOfEvse(peer.id, party, uid))) gone.push(`EVSE ${uid}`)
    return gone
  }
  if ((await missing()).length === 0) return
  await parts.refresh(peer).catch(() => undefined)
  const still = await missing()
  if (still.length > 0)
    throw new OcpiError(
      2003,
      `${still.join(', ')} of ${party.countryCode}-${party.partyId} is not known here. Offer it in GET locations first.`,
    )
}
