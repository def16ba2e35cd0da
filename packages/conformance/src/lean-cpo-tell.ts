/** What the judge's CPO tells the PTP: in order for each charge, and again when it was not taken. */
import type { Calls, OcpiClient } from '@plugtill/ocpi/client'
import { type Cdr, cdrs } from '@plugtill/ocpi/modules/cdrs'
import { CommandResult, type CommandResultType } from '@plugtill/ocpi/modules/commands'
import { type Evse, locations } from '@plugtill/ocpi/modules/locations'
import { type Session, sessions } from '@plugtill/ocpi/modules/sessions'
import type { PartyId, Peer } from '@plugtill/ocpi/peers'
import { formatDateTime } from '@plugtill/ocpi/types'
import type { Sites } from './lean-cpo.ts'
import { type Charge, cdrObject, sessionObject } from './lean-cpo-cdr.ts'
import { createLanes } from './lean-lanes.ts'
import type { Shelf } from './lean-shelf.ts'
import type { Clock } from './recorder.ts'

export interface TellerParts {
  readonly clock: Clock
  readonly client: () => OcpiClient
  readonly owner: PartyId
  readonly sites: Sites
}

interface Shelves {
  readonly sessions: Shelf<Session>
  readonly cdrs: Shelf<Cdr>
}

export interface Teller {
  readonly result: (responseUrl: string, peer: Peer, result: CommandResultType) => void
  readonly session: (charge: Charge, peer: Peer, how: 'put' | 'patch') => void
  readonly status: (charge: Charge, peer: Peer, status: Evse['status']) => void
  readonly cdr: (charge: Charge, peer: Peer) => void
}

export function createTeller({ clock, client, owner, sites }: TellerParts, shelves: Shelves): Teller {
  const tell = createLanes(clock)
  const owned = { country_code: owner.countryCode, party_id: owner.partyId }
  /** A PTP that does not take a push reads the lists. */
  const toReceiver = async <M extends typeof sessions | typeof cdrs | typeof locations>(
    peer: Peer,
    module: M,
    push: (calls: Calls<M['receiver']>) => Promise<unknown>,
  ) => {
    if (await client().offers(peer, module, 'receiver')) await push(client().of(peer, module, 'receiver') as never)
  }
  return {
    result: (responseUrl, peer, result) =>
      tell(responseUrl, () => client().postTo(peer, responseUrl, CommandResult, { result })),
    session: (charge, peer, how) => {
      const session = sessionObject(charge, clock.now())
      shelves.sessions.put(session, session.id)
      const params = { ...owned, session_id: session.id }
      const { kwh, total_cost, status, start_date_time, last_updated } = session
      const change = { kwh, ...(total_cost === undefined ? {} : { total_cost }), status, start_date_time, last_updated }
      tell(charge.id, () =>
        toReceiver(peer, sessions, (calls) =>
          how === 'put' ? calls.putSession({ params, body: session }) : calls.patchSession({ params, body: change }),
        ),
      )
    },
    status: ({ place, id }, peer, status) => {
      const body = { status, last_updated: formatDateTime(clock.now()) }
      sites.setStatus(place.evse.uid, status)
      const params = { ...owned, location_id: place.location.id, evse_uid: place.evse.uid }
      tell(`${id} status`, () => toReceiver(peer, locations, (calls) => calls.patchEvse({ params, body })))
    },
    cdr: (charge, peer) => {
      const cdr = cdrObject(charge, clock.now())
      shelves.cdrs.put(cdr, cdr.id)
      tell(charge.id, () => toReceiver(peer, cdrs, (calls) => calls.postCdr({ body: cdr })))
    },
  }
}
