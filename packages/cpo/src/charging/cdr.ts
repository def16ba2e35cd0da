/** The charge detail record: the one object money is based on. Written once, from what stood fixed at the start. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Price } from '@plugtill/ocpi/types'
import { formatDateTime } from '@plugtill/ocpi/types'
import { breakdownOf, chargingPeriods, isFree, parkingHours, totalHours } from './cost.ts'
import { deliveredWh, startMeter } from './meter.ts'
import type { ChargingSession } from './session.ts'

const NOTHING: Price = { before_taxes: 0, taxes: [] }

/** The exact text that is stored, sent and served; nothing writes it a second time. (C-601) */
export function writeCdr(session: ChargingSession): string {
  return JSON.stringify(cdrOf(session))
}

/** (cdrs › CDR; C-603 to C-608) */
export function cdrOf(session: ChargingSession): Cdr {
  const meter = session.meter ?? startMeter(session.createdAt, 0)
  const parked = parkingHours(meter)
  return {
    country_code: session.countryCode,
    party_id: session.partyId,
    id: session.cdrId,
    start_date_time: formatDateTime(meter.startAt),
    end_date_time: formatDateTime(session.endedAt ?? meter.at),
    session_id: session.id,
    cdr_token: session.token,
    auth_method: session.authMethod ?? 'COMMAND',
    ...(session.reference === undefined ? {} : { authorization_reference: session.reference }),
    cdr_location: session.cdrLocation,
    currency: session.tariff.currency,
    tariffs: [session.tariff],
    charging_periods: chargingPeriods(session, meter),
    ...signedDataOf(session),
    ...costsOf({ ...session, meter }),
    total_energy: deliveredWh(meter) / 1000,
    total_time: Math.round((totalHours(meter) + parked) * 10_000) / 10_000,
    ...(parked > 0 ? { total_parking_time: parked } : {}),
    ...(session.terms.invoiceBy === 'CPO' ? { invoice_reference_id: session.reference ?? session.cdrId } : {}),
    last_updated: formatDateTime(session.changedAt),
  }
}

/** What the meter signed, exactly as the charger gave it: a driver can verify it. (cdrs › SignedData) */
function signedDataOf({ signed }: ChargingSession): Pick<Cdr, 'signed_data'> {
  const [first] = signed ?? []
  if (signed === undefined || first === undefined) return {}
  const key = signed.find(({ publicKey }) => publicKey !== undefined)?.publicKey
  return {
    signed_data: {
      encoding_method: (first.encoding ?? 'unknown').slice(0, 36),
      ...(key === undefined || key.length > 512 ? {} : { public_key: key }),
      signed_values: signed.map(({ nature, plain, data }) => ({ nature, plain_data: plain, signed_data: data })),
    },
  }
}

type Costs = Pick<
  Cdr,
  'total_cost' | 'total_fixed_cost' | 'total_energy_cost' | 'total_time_cost' | 'total_parking_cost' | 'remark'
>

function costsOf(session: Parameters<typeof breakdownOf>[0]): Costs {
  if (isFree(session)) return { total_cost: NOTHING, remark: 'No energy was delivered: nothing is due.' }
  const { price, perDimension } = breakdownOf(session)
  return {
    total_cost: price,
    ...(perDimension.FLAT === undefined ? {} : { total_fixed_cost: perDimension.FLAT }),
    ...(perDimension.ENERGY === undefined ? {} : { total_energy_cost: perDimension.ENERGY }),
    ...(perDimension.TIME === undefined ? {} : { total_time_cost: perDimension.TIME }),
    ...(perDimension.PARKING_TIME === undefined ? {} : { total_parking_cost: perDimension.PARKING_TIME }),
  }
}
