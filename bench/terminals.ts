/** One terminal for each place, put up by the admin tables as an operator would. */

import { type Admin, AdminRefused } from '@plugtill/world/call-admin'
import type { FurnishedTerminal } from '@plugtill/world/furnish'
import type { Spot } from './fleet.ts'

export interface TerminalParts {
  readonly ptp: Admin
  readonly cpo: Admin
  /** The CPO as the PTP knows it. */
  readonly peer: string
  readonly spots: readonly Spot[]
  /** Lets time pass until `check` holds. */
  readonly until: (what: string, check: () => Promise<boolean>) => Promise<unknown>
}

/** Terminal ids by location. */
export async function terminalsFor({
  ptp,
  cpo,
  peer,
  spots,
  until,
}: TerminalParts): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const location of new Set(spots.map((spot) => spot.locationId))) {
    const { terminal_id: id } = await ptp.post<FurnishedTerminal>('/terminals', {
      peer,
      model: 'apollo',
      reference: `BENCH-${location}`,
    })
    const place = `/terminals/${encodeURIComponent(id)}`
    const arrived = () =>
      cpo.get(place).then(
        () => true,
        (error: unknown) => {
          if (error instanceof AdminRefused && error.status === 404) return false
          throw error
        },
      )
    await until(`terminal ${id} at the CPO`, arrived)
    await cpo.post(`${place}/assign`, { locations: [location] })
    found.set(location, id)
  }
  for (const [location, id] of found)
    await until(`chargers of ${location} for sale`, async () => {
      const sold = await ptp.get<readonly { readonly evse_uid: string; readonly status: string }[]>(
        `/terminals/${encodeURIComponent(id)}/sellable`,
      )
      const wanted = spots.filter((spot) => spot.locationId === location)
      return wanted.every(({ evseUid }) => sold.some((one) => one.evse_uid === evseUid && one.status === 'AVAILABLE'))
    })
  return found
}
