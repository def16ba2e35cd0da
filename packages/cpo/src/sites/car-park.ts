/** A car park as large as one likes: decks of slow charging points and a fast lane, all sold by one terminal. */
import type { Site, SiteEvse, Sites, SiteTariff } from './configuration.ts'

const POINTS_OF_A_DECK = 40
/** Every fifth charging point is a fast one, in a lane of its own. */
const FAST_SHARE = 5
const CONNECTORS_OF_A_CHARGER = 4
const VAT = 21

type Kind = 'AC' | 'DC'

/** No place at all for nothing. */
export function carPark(points: number): Sites {
  if (points === 0) return { locations: [], tariffs: [] }
  const fast = Math.floor(points / FAST_SHARE)
  const slow = points - fast
  const decks = Array.from({ length: Math.ceil(slow / POINTS_OF_A_DECK) }, (_, deck) =>
    placeOf(
      { id: `PARK-${deck + 1}`, name: `Car park, deck ${deck + 1}`, letter: `${deck + 1}-`, kind: 'AC' },
      Math.min(POINTS_OF_A_DECK, slow - deck * POINTS_OF_A_DECK),
    ),
  )
  const lane = { id: 'PARK-FAST', name: 'Car park, fast lane', letter: 'F', kind: 'DC' } as const
  return { locations: fast > 0 ? [...decks, placeOf(lane, fast)] : decks, tariffs: [tariffOf('AC'), tariffOf('DC')] }
}

/** Two operators' worth of sites as those of one. */
export function together(first: Sites, second: Sites): Sites {
  if (second.locations.length === 0) return first
  return {
    ...first,
    locations: [...first.locations, ...second.locations],
    tariffs: [...first.tariffs, ...second.tariffs],
  }
}

interface Lane {
  readonly id: string
  readonly name: string
  /** Before the number that is printed on the charging point. */
  readonly letter: string
  readonly kind: Kind
}

function placeOf(lane: Lane, points: number): Site {
  return {
    id: lane.id,
    publish: true,
    name: lane.name,
    address: 'Parklaan 40',
    city: 'Utrecht',
    postal_code: '3511GA',
    country: 'NLD',
    coordinates: { latitude: '52.086110', longitude: '5.117220' },
    parking_type: 'PARKING_GARAGE',
    time_zone: 'Europe/Amsterdam',
    opening_times: { twentyfourseven: true },
    operator: { name: 'Plugtill Charging', website: 'https://plugtill.example' },
    evses: Array.from({ length: points }, (_, index) => evseOf(lane, index)),
  }
}

function evseOf({ id, letter, kind }: Lane, index: number): SiteEvse {
  const number = String(index + 1).padStart(2, '0')
  const power =
    kind === 'DC'
      ? ({
          standard: 'IEC_62196_T2_COMBO',
          format: 'CABLE',
          power_type: 'DC',
          max_voltage: 920,
          max_amperage: 250,
          max_electric_power: 150_000,
        } as const)
      : ({
          standard: 'IEC_62196_T2',
          format: 'SOCKET',
          power_type: 'AC_3_PHASE',
          max_voltage: 400,
          max_amperage: 16,
          max_electric_power: 11_000,
        } as const)
  return {
    uid: `${id}-${number}`,
    evse_id: `NL*PLG*E${id.replace('-', '')}${number}`,
    capabilities: ['REMOTE_START_STOP_CAPABLE', 'CONTACTLESS_CARD_SUPPORT'],
    physical_reference: `${letter}${number}`,
    connectors: [
      {
        id: '1',
        ...power,
        tariff_ids: [`PARK-${kind}`],
        charger: {
          id: `${id}-${Math.floor(index / CONNECTORS_OF_A_CHARGER) + 1}`,
          connector: (index % CONNECTORS_OF_A_CHARGER) + 1,
        },
      },
    ],
  }
}

const tariffOf = (kind: Kind): SiteTariff => ({
  id: `PARK-${kind}`,
  currency: 'EUR',
  type: 'AD_HOC_PAYMENT',
  tax_included: 'NO',
  tariff_alt_text: [
    { language: 'en', text: 'Parking is paid at the barrier.' },
    { language: 'de', text: 'Das Parken zahlen Sie an der Schranke.' },
    { language: 'nl', text: 'Parkeren betaalt u bij de slagboom.' },
  ],
  preauthorize_amount: kind === 'DC' ? 50 : 40,
  elements: [{ price_components: [{ type: 'ENERGY', price: kind === 'DC' ? 0.55 : 0.38, vat: VAT, step_size: 1 }] }],
})
