/**
 * Makes two empty platforms ready for a driver: partners of each other, sites known, one terminal per kind of site.
 * Only the admin tables are used, so everything happens by real OCPI messages. Doing it again changes nothing.
 */
import type { AdminTable } from '@plugtill/engine/admin'
import type { Clock } from '@plugtill/engine/clock'
import { Fault } from '@plugtill/engine/fault'
import { type Admin, AdminRefused, adminOf } from './call-admin.ts'

export interface FurnishParts {
  readonly ptp: AdminTable
  readonly cpo: AdminTable
  readonly clock: Clock
  /** The OCPI version that the CPO registers with; default the highest both speak. */
  readonly version?: '2.3.0' | '2.2.1'
  /** Locations that one terminal sells together: a tablet before many chargers. */
  readonly carPark?: readonly string[]
  /** How long the platforms may take for one step; default 20 s. */
  readonly patienceMs?: number
}

export interface FurnishedTerminal {
  readonly terminal_id: string
  readonly model: string
  readonly reference: string
  readonly location_ids: readonly string[]
}

export interface Furnished {
  /** The CPO as the PTP knows it, and the other way round. */
  readonly peers: { readonly ptp: string; readonly cpo: string }
  readonly terminals: readonly FurnishedTerminal[]
}

interface Peer {
  readonly id: string
  readonly status: string
  readonly roles: readonly { readonly country_code: string; readonly party_id: string }[]
}
interface Party {
  readonly country_code: string
  readonly party_id: string
}
interface Location {
  readonly id: string
  readonly evses?: readonly {
    readonly status: string
    readonly connectors: readonly { readonly power_type: string }[]
  }[]
}
interface Terminal extends FurnishedTerminal {
  readonly state: string
}
interface Invitation {
  readonly versions_url: string
  readonly token: string
}
/** What a terminal is put up for. */
interface Post {
  readonly reference: string
  readonly model: string
  readonly locationIds: readonly string[]
}

/** Reference of the terminal of the car park. */
export const CAR_PARK = 'PLG-DEMO-PARK'

const POLL_MS = 50
const PATIENCE_MS = 20_000

export async function furnish(parts: FurnishParts): Promise<Furnished> {
  const sides = { ptp: adminOf(parts.ptp), cpo: adminOf(parts.cpo) }
  const until = waiter(parts)
  const peers = await introduce(sides, parts.version)
  // Sites that were taken away stay known, with every EVSE removed.
  const sites = (await sides.cpo.get<readonly Location[]>('/locations')).filter(({ evses = [] }) =>
    evses.some(({ status }) => status !== 'REMOVED'),
  )
  await until('the PTP has not learned the sites of the CPO', async () => {
    const known = await sides.ptp.get<readonly { readonly id?: string }[]>('/locations')
    return sites.every(({ id }) => known.some((location) => location.id === id)) || undefined
  })
  const terminals: FurnishedTerminal[] = []
  const places = sites.map(({ id }) => id)
  for (const post of postsFor(sites, parts.carPark))
    terminals.push(await putUp(sides, { post, places, peer: peers.ptp, until }))
  return { peers, terminals }
}

type Sides = Readonly<Record<'ptp' | 'cpo', Admin>>
type Until = <T>(what: string, look: () => Promise<T | undefined>) => Promise<T>

function waiter({ clock, patienceMs = PATIENCE_MS }: FurnishParts): Until {
  return async (what, look) => {
    const deadline = clock.now() + patienceMs
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (clock.now() >= deadline)
        throw new Fault(
          'NOT_FURNISHED',
          `After ${patienceMs / 1000} s ${what}. Look at the exchanges of both platforms.`,
        )
      await new Promise<void>((resolve) => void clock.after(POLL_MS, resolve))
    }
  }
}

/** The CPO registers with the PTP, unless both already agree that it did. A half that a crash left behind is ended first. */
async function introduce({ ptp, cpo }: Sides, version: FurnishParts['version']): Promise<Furnished['peers']> {
  const [ptpParty, cpoParty] = [await ptp.get<Party>('/platform'), await cpo.get<Party>('/platform')]
  const partner = async (side: Admin, party: Party) =>
    (await side.get<readonly Peer[]>('/peers')).find(
      ({ status, roles }) =>
        status === 'registered' &&
        roles.some((role) => role.country_code === party.country_code && role.party_id === party.party_id),
    )
  const [atPtp, atCpo] = [await partner(ptp, cpoParty), await partner(cpo, ptpParty)]
  if (atPtp && atCpo) return { ptp: atPtp.id, cpo: atCpo.id }
  if (atPtp) await ptp.delete(`/peers/${encodeURIComponent(atPtp.id)}`)
  if (atCpo) await cpo.delete(`/peers/${encodeURIComponent(atCpo.id)}`)
  const { country_code, party_id } = cpoParty
  const invitation = await ptp.post<Invitation & { readonly id: string }>('/peers/invite', {
    country_code,
    party_id,
    role: 'CPO',
  })
  const registered = await cpo.post<Peer>('/peers/register', {
    versions_url: invitation.versions_url,
    token: invitation.token,
    version,
  })
  return { ptp: invitation.id, cpo: registered.id }
}

/** The first slow and the first fast site get a terminal each; a car park gets one for all of its decks. */
function postsFor(all: readonly Location[], carPark: readonly string[] = []): readonly Post[] {
  const sites = all.filter(({ id }) => !carPark.includes(id))
  const fast = (site: Location) =>
    (site.evses ?? []).some(({ connectors }) => connectors.some(({ power_type }) => power_type === 'DC'))
  const slowSite = sites.find((site) => !fast(site))
  const fastSite = sites.find(fast)
  return [
    ...(slowSite ? [{ reference: 'PLG-DEMO-AC', model: 'apollo', locationIds: [slowSite.id] }] : []),
    ...(fastSite ? [{ reference: 'PLG-DEMO-DC', model: 'apollo-max', locationIds: [fastSite.id] }] : []),
    ...(carPark.length > 0 ? [{ reference: CAR_PARK, model: 'apollo-max', locationIds: carPark }] : []),
  ]
}

/** Creates the terminal at the PTP, and lets the CPO assign it when it has arrived there. (C.7) */
async function putUp(
  { ptp, cpo }: Sides,
  {
    post,
    places,
    peer,
    until,
  }: { readonly post: Post; readonly places: readonly string[]; readonly peer: string; readonly until: Until },
): Promise<FurnishedTerminal> {
  const find = async () =>
    (await ptp.get<readonly Terminal[]>('/terminals')).find(({ reference }) => reference === post.reference)
  const found =
    (await find()) ?? (await ptp.post<Terminal>('/terminals', { peer, model: post.model, reference: post.reference }))
  const place = `/terminals/${encodeURIComponent(found.terminal_id)}`
  // An operator who took it out of use, or gave it other places that are still there, is not overruled.
  const placed = found.location_ids.some((id) => places.includes(id))
  if (found.state === 'deactivated' || placed) return shown(found)
  await until(`terminal ${found.terminal_id} has not arrived at the CPO`, async () => {
    if ((await ptp.get<Terminal>(place)).state !== 'announced') return undefined
    return cpo.get<object>(place).catch((error: unknown) => {
      if (error instanceof AdminRefused && error.status === 404) return undefined
      throw error
    })
  })
  await cpo.post(`${place}/assign`, { locations: post.locationIds })
  return shown(await ptp.get<Terminal>(place))
}

function shown({ terminal_id, model, reference, location_ids }: Terminal): FurnishedTerminal {
  return { terminal_id, model, reference, location_ids }
}
