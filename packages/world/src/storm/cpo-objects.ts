/** The objects of the scripted CPO as it writes them, and what they come to: whole numbers, nothing of our own pricing. */
import type { Names } from './cpo-names.ts'
import { type Currency, priceIn } from './currencies.ts'

/** Where a car can be plugged in. The last ones cost more. */
export const SPOTS = 16
const DEAR_FROM = 12

export interface Owner {
  readonly country_code: 'NL'
  readonly party_id: string
}

export const isDear = (spot: number) => spot >= DEAR_FROM
/** The spot beside it, of the same price. */
export const beside = (spot: number): number =>
  isDear(spot) ? DEAR_FROM + ((spot - DEAR_FROM + 1) % (SPOTS - DEAR_FROM)) : (spot + 1) % DEAR_FROM
const tariffId = (spot: number) => (isDear(spot) ? 'DEAR' : 'CHEAP')
/** Hundredths of the smallest unit for each Wh, without tax. Energies are multiples of 20 Wh, so that no cost has a fraction. */
const PRICE = { CHEAP: 5, DEAR: 8 } as const
const VAT = 21

export const iso = (at: number): string => new Date(at).toISOString()

/** Who sells, what its things are called, and in which currency. */
export interface Seller {
  readonly owner: Owner
  readonly names: Names
  readonly currency: Currency
}

export function locationOf({ owner, names }: Pick<Seller, 'owner' | 'names'>, at: number) {
  const last_updated = iso(at)
  return {
    ...owner,
    id: names.location,
    publish: true,
    name: `Storm ${owner.party_id}`,
    address: 'Wind 1',
    city: 'Utrecht',
    country: 'NLD',
    coordinates: { latitude: '52.089440', longitude: '5.110060' },
    time_zone: 'Europe/Amsterdam',
    evses: Array.from({ length: SPOTS }, (_, spot) => ({
      uid: names.evse(spot),
      evse_id: `NL*${owner.party_id}*E${spot}`,
      status: 'AVAILABLE',
      capabilities: ['REMOTE_START_STOP_CAPABLE', 'CREDIT_CARD_PAYABLE'],
      connectors: [
        {
          id: '1',
          standard: 'IEC_62196_T2_COMBO',
          format: 'CABLE',
          power_type: 'DC',
          max_voltage: 920,
          max_amperage: 200,
          max_electric_power: 150_000,
          tariff_ids: [names.again(names.tariff(tariffId(spot)))],
          last_updated,
        },
      ],
      last_updated,
    })),
    last_updated,
  }
}

/** By how much the prices rise each time. */
export const RAISE = 100

export interface Selling extends Seller {
  /** So many hundredths for each kWh more than at the beginning. (F38) */
  readonly raise: number
}

/** Half a hundred of a EUR, or as many of the smallest units of another currency. */
const HOLD = 5000

export const tariffsOf = ({ owner, names, currency, raise }: Selling, at: number) =>
  (['CHEAP', 'DEAR'] as const).map((id) => {
    const price = priceIn(currency, PRICE[id] * 1000 + raise)
    return {
      ...owner,
      id: names.tariff(id),
      currency,
      type: 'AD_HOC_PAYMENT',
      tax_included: 'NO',
      preauthorize_amount: priceIn(currency, HOLD * 100),
      elements: [{ price_components: [{ type: 'ENERGY', price, vat: VAT, step_size: 1 }] }],
      last_updated: iso(at),
    }
  })

/** A price in hundredths of the smallest unit, and what a driver owes for it in smallest units: cents, where they are. */
export interface Cost {
  readonly net: number
  readonly tax: number
}
export const costOf = (wh: number, spot: number, raise = 0): Cost => {
  const net = (wh * (PRICE[tariffId(spot)] * 1000 + raise)) / 1000
  return { net, tax: Math.round((net * VAT) / 100) }
}
/** Energy that costs so many cents, tax included. */
export const whFor = (cents: number, spot: number, raise: number): number =>
  (cents * 10_000_000) / (100 + VAT) / (PRICE[tariffId(spot)] * 1000 + raise)
export const timesOf = ({ net, tax }: Cost, factor: number): Cost => ({
  net: Math.round(net * factor),
  tax: Math.round(tax * factor),
})
export const centsOf = ({ net, tax }: Cost): number => Math.sign(net) * Math.round(Math.abs(net + tax) / 100)

export const priceOf = (
  { net, tax }: Cost,
  { currency, withTax = true }: Pick<BillWord, 'withTax'> & Pick<Seller, 'currency'>,
) => ({
  before_taxes: priceIn(currency, net),
  ...(withTax && { taxes: [{ name: 'VAT', percentage: VAT, amount: priceIn(currency, tax) }] }),
})

/** What a session and its bill say about who charged where. */
export interface Charged extends Seller {
  readonly reference: string
  readonly tokenUid: string
  readonly sessionId: string
  readonly spot: number
  readonly startAt: number
}

const tokenOf = ({ tokenUid, names }: Charged) => ({
  country_code: 'NL',
  party_id: 'PTP',
  uid: names.again(tokenUid),
  type: 'AD_HOC_USER',
  contract_id: tokenUid,
})

export interface SessionWord {
  readonly status: 'PENDING' | 'ACTIVE' | 'COMPLETED' | 'INVALID'
  readonly wh: number
  readonly at: number
  readonly endAt?: number
}

export const sessionOf = (charged: Charged, { status, wh, at, endAt }: SessionWord) => ({
  ...charged.owner,
  id: charged.sessionId,
  start_date_time: iso(charged.startAt),
  ...(endAt !== undefined && { end_date_time: iso(endAt) }),
  kwh: wh / 1000,
  cdr_token: tokenOf(charged),
  auth_method: 'COMMAND',
  authorization_reference: charged.reference,
  location_id: charged.names.again(charged.names.location),
  evse_uid: charged.names.again(charged.names.evse(charged.spot)),
  connector_id: '1',
  currency: charged.currency,
  status,
  last_updated: iso(at),
})

export interface BillWord {
  readonly id: string
  readonly wh: number
  readonly endAt: number
  readonly at: number
  readonly cost: Cost
  readonly currency?: string
  readonly withTax?: boolean
  readonly creditOf?: string
}

export const cdrOf = (charged: Charged, bill: BillWord) => ({
  ...charged.owner,
  id: bill.id,
  start_date_time: iso(charged.startAt),
  end_date_time: iso(bill.endAt),
  session_id: charged.names.again(charged.sessionId),
  cdr_token: tokenOf(charged),
  auth_method: 'COMMAND',
  authorization_reference: charged.names.again(charged.reference),
  cdr_location: {
    id: charged.names.location,
    address: 'Wind 1',
    city: 'Utrecht',
    country: 'NLD',
    coordinates: { latitude: '52.089440', longitude: '5.110060' },
    evse_uid: charged.names.evse(charged.spot),
    evse_id: `NL*${charged.owner.party_id}*E${charged.spot}`,
    connector_id: '1',
    connector_standard: 'IEC_62196_T2_COMBO',
    connector_format: 'CABLE',
    connector_power_type: 'DC',
  },
  currency: bill.currency ?? charged.currency,
  charging_periods: [
    {
      start_date_time: iso(charged.startAt),
      dimensions: [
        { type: 'ENERGY', volume: bill.wh / 1000 },
        { type: 'TIME', volume: hours(bill.endAt - charged.startAt) },
      ],
    },
  ],
  total_cost: priceOf(bill.cost, { ...bill, currency: charged.currency }),
  total_energy: bill.wh / 1000,
  total_time: hours(bill.endAt - charged.startAt),
  invoice_reference_id: `INV-${bill.id.slice(0, 8)}`,
  ...(bill.creditOf !== undefined && { credit: true, credit_reference_id: charged.names.again(bill.creditOf) }),
  last_updated: iso(bill.at),
})

const hours = (ms: number): number => Math.round((ms / 3_600_000) * 10_000) / 10_000
