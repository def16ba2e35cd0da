/** An operator says what a station that came by itself sells, and where. */
import { Fault } from '@plugtill/engine/fault'
import type { PartyId } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import Type from 'typebox'
import { type SiteConnector, siteOf } from '../sites/configuration.ts'
import { checkSites } from '../sites/contradictions.ts'
import type { Outlet } from './events.ts'
import { type AdoptedEvse, type StationRecord, type Stations, unknownStation } from './stations.ts'

const Electrical = {
  standard: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })),
  format: Type.Optional(Type.Union([Type.Literal('SOCKET'), Type.Literal('CABLE')])),
  power_type: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })),
  power_kw: Type.Optional(Type.Number({ minimum: 0.1, maximum: 4000 })),
  tariff_ids: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 36 }), { maxItems: 20 })),
}
/** What all its EVSEs have in common, and where one of them differs. */
export const Adoption = Type.Object({
  location_id: Type.String({ minLength: 1, maxLength: 36 }),
  ...Electrical,
  evses: Type.Optional(
    Type.Array(
      Type.Object({
        connector: Type.Integer({ minimum: 1, maximum: 1000 }),
        evse: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
        uid: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })),
        ...Electrical,
      }),
      { minItems: 1, maxItems: 100 },
    ),
  ),
})
export type Adoption = Type.Static<typeof Adoption>
type EvsePlan = NonNullable<Adoption['evses']>[number]

const CAPABILITIES = [
  'REMOTE_START_STOP_CAPABLE',
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'CONTACTLESS_CARD_SUPPORT',
] as const
const AC_VOLTS = 400
const DC_VOLTS = 920
const USUAL_KW = 22

/** Keeps it; the caller then brings the sites in line. Everything is checked before anything is kept. */
export async function adopt(
  { stations, party }: { readonly stations: Stations; readonly party: PartyId },
  chargerId: string,
  plan: Adoption,
): Promise<StationRecord> {
  const record = stations.find(chargerId)
  if (record === undefined) throw unknownStation(chargerId)
  if (record.adoption === undefined)
    throw new Fault('STATION_CONFIGURED', `Station "${record.id}" stands in the configured sites; change it there.`)
  if (siteOf(stations.sites, plan.location_id) === undefined)
    throw new Fault('LOCATION_UNKNOWN', `Location "${plan.location_id}" is not one of ours.`)
  const wanted = plan.evses ?? record.outlets.map(planOf)
  if (wanted.length === 0)
    throw new Fault(
      'OUTLETS_UNKNOWN',
      `Station "${record.id}" has not told of its connectors yet. Wait for it, or name them in evses.`,
    )
  const evses = wanted.map((one) => adopted(record, { ...plan, ...one }, party))
  check(stations, record, evses)
  return stations.note(record.id, { adoption: 'adopted', evses })
}

function planOf({ connectorId, evseId }: Outlet): EvsePlan {
  return { connector: connectorId, ...(evseId === undefined ? {} : { evse: evseId }) }
}

function adopted(record: StationRecord, plan: Adoption & EvsePlan, party: PartyId): AdoptedEvse {
  const dc = plan.power_type === 'DC'
  const watts = (plan.power_kw ?? USUAL_KW) * 1000
  const number = plan.evse === undefined ? String(plan.connector) : `${plan.evse}.${plan.connector}`
  const volts = dc ? DC_VOLTS : AC_VOLTS
  const connector: SiteConnector = {
    id: '1',
    standard: (plan.standard ?? (dc ? 'IEC_62196_T2_COMBO' : 'IEC_62196_T2')) as SiteConnector['standard'],
    format: plan.format ?? (dc ? 'CABLE' : 'SOCKET'),
    power_type: (plan.power_type ?? 'AC_3_PHASE') as SiteConnector['power_type'],
    max_voltage: volts,
    max_amperage: Math.max(1, Math.round(watts / volts / (dc ? 1 : Math.sqrt(3)))),
    max_electric_power: watts,
    ...(plan.tariff_ids === undefined ? {} : { tariff_ids: [...plan.tariff_ids] }),
    charger: { id: record.id, connector: plan.connector, ...(plan.evse === undefined ? {} : { evse: plan.evse }) },
  }
  const name = `${record.id}-${number}`.replace(/[^A-Za-z0-9]/g, '').toUpperCase()
  const uid = plan.uid ?? `${party.countryCode}${party.partyId}E${name}`.slice(0, 36)
  return { locationId: plan.location_id, evse: { uid, capabilities: [...CAPABILITIES], connectors: [connector] } }
}

/** The sites as they would be may not contradict themselves. */
function check({ sites }: Stations, record: StationRecord, evses: readonly AdoptedEvse[]): void {
  const others = sites.locations.map((site) => ({
    ...site,
    evses: [
      ...site.evses.filter(({ connectors }) => !connectors.some(({ charger }) => sameCi(charger.id, record.id))),
      ...evses.filter(({ locationId }) => sameCi(locationId, site.id)).map(({ evse }) => evse),
    ],
  }))
  checkSites({ locations: others, tariffs: sites.tariffs })
}
