/** Which chargers a driver looks for, and where they stand. */
import type { Offer } from '@plugtill/terminal/link'

export interface Wanted {
  /** Part of what is printed on the charger. */
  readonly text: string
  readonly freeOnly: boolean
  /** ConnectorType; absent: any. */
  readonly plug?: string
}

export const ANYTHING: Wanted = { text: '', freeOnly: false }

export interface Place {
  readonly id: string
  readonly name: string
  readonly free: number
  readonly all: number
  readonly shown: readonly Offer[]
}

/** Places in the order of the offers; one without a fitting charger is left out. */
export function placesOf(chargers: readonly Offer[], wanted: Wanted): readonly Place[] {
  return [...Map.groupBy(chargers, (offer) => offer.locationId)]
    .map(([id, offers]) => ({
      id,
      name: offers[0]?.locationName ?? id,
      free: offers.filter((offer) => offer.available).length,
      all: offers.length,
      shown: offers.filter((offer) => fits(offer, wanted)),
    }))
    .filter(({ shown }) => shown.length > 0)
}

function fits({ label, available, connector }: Offer, { text, freeOnly, plug }: Wanted): boolean {
  const asked = plain(text)
  return (
    (!freeOnly || available) &&
    (plug === undefined || connector.standard === plug) &&
    (asked === '' || plain(label).includes(asked))
  )
}

/** Who reads "P1-07" types "p107", "1 07" or "07". */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

export function plugsOf(chargers: readonly Offer[]): readonly string[] {
  return [...new Set(chargers.map(({ connector }) => connector.standard))]
}
