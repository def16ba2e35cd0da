/** What the judge's CPO sells: a slow and a fast charger at one location, two more at another one. */
import type { Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId } from '@plugtill/ocpi/peers'
import { formatDateTime } from '@plugtill/ocpi/types'

/** Whole location assigned to terminals. */
export const STREET = 'JDG-STREET'
export const SLOW = 'JDG-AC-1'
export const FAST = 'JDG-DC-2'
/** Location of which one EVSE is assigned, and the other one is not. */
export const YARD = 'JDG-YARD'
/** Its fixed fee is higher than what its tariff asks to hold. */
export const DEAR = 'JDG-AC-3'
export const CLOSED = 'JDG-AC-4'

const ALL_CARDS = ['REMOTE_START_STOP_CAPABLE', 'CREDIT_CARD_PAYABLE', 'DEBIT_CARD_PAYABLE', 'CONTACTLESS_CARD_SUPPORT']

interface Plug {
  readonly uid: string
  readonly physical: string
  readonly tariff: string
  readonly fast?: boolean
}

function evse({ uid, physical, tariff, fast = false }: Plug, owner: PartyId, at: string): Evse {
  return {
    uid,
    evse_id: `${owner.countryCode}*${owner.partyId}*E${uid.replaceAll('-', '')}`,
    status: 'AVAILABLE',
    capabilities: fast ? [...ALL_CARDS, 'START_SESSION_CONNECTOR_REQUIRED'] : ALL_CARDS,
    physical_reference: physical,
    connectors: [
      {
        id: '1',
        standard: fast ? 'IEC_62196_T2_COMBO' : 'IEC_62196_T2',
        format: fast ? 'CABLE' : 'SOCKET',
        power_type: fast ? 'DC' : 'AC_3_PHASE',
        max_voltage: fast ? 920 : 400,
        max_amperage: fast ? 200 : 32,
        max_electric_power: fast ? 150_000 : 22_000,
        tariff_ids: [tariff],
        last_updated: at,
      },
    ],
    last_updated: at,
  }
}

export function locationsOf(owner: PartyId, nowMs: number): readonly Location[] {
  const at = formatDateTime(nowMs)
  const shared = {
    country_code: owner.countryCode,
    party_id: owner.partyId,
    publish: true,
    city: 'Utrecht',
    postal_code: '3511ED',
    country: 'NLD',
    time_zone: 'Europe/Amsterdam',
    opening_times: { twentyfourseven: true },
    last_updated: at,
  }
  return [
    {
      ...shared,
      id: STREET,
      name: 'Judge Street',
      address: 'Judge Street 1',
      coordinates: { latitude: '52.089440', longitude: '5.110060' },
      evses: [
        evse({ uid: SLOW, physical: '1', tariff: 'JDG-AC' }, owner, at),
        evse({ uid: FAST, physical: '2', tariff: 'JDG-DC', fast: true }, owner, at),
      ],
    },
    {
      ...shared,
      id: YARD,
      name: 'Judge Yard',
      address: 'Judge Yard 7',
      coordinates: { latitude: '52.091000', longitude: '5.121000' },
      evses: [
        evse({ uid: DEAR, physical: '3', tariff: 'JDG-DEAR' }, owner, at),
        evse({ uid: CLOSED, physical: '4', tariff: 'JDG-AC' }, owner, at),
      ],
    },
  ]
}

const VAT = 21
const texts = (en: string, nl: string) => [
  { language: 'en', text: en },
  { language: 'nl', text: nl },
]

/** Each has a fixed fee, so that a session of a few seconds costs something too. */
export function tariffsOf(owner: PartyId, nowMs: number): readonly Tariff[] {
  const shared = {
    country_code: owner.countryCode,
    party_id: owner.partyId,
    currency: 'EUR',
    type: 'AD_HOC_PAYMENT',
    tariff_alt_text: texts('Parking is free while you charge.', 'Parkeren is gratis tijdens het laden.'),
    tax_included: 'NO',
    last_updated: formatDateTime(nowMs),
  } as const
  const priced = (flat: number, energy: number) => [
    {
      price_components: [
        { type: 'ENERGY' as const, price: energy, vat: VAT, step_size: 1 },
        { type: 'FLAT' as const, price: flat, vat: VAT, step_size: 1 },
      ],
    },
  ]
  // Where 2.2.1 knows no amount to hold, the highest price says it. (E-24)
  const most = { max_price: { before_taxes: 50, after_taxes: 60.5 }, preauthorize_amount: 60.5 }
  return [
    { ...shared, ...most, id: 'JDG-AC', elements: priced(0.5, 0.4) },
    { ...shared, ...most, id: 'JDG-DC', elements: priced(1, 0.6) },
    { ...shared, id: 'JDG-DEAR', preauthorize_amount: 5, elements: priced(8, 0.4) },
  ]
}
