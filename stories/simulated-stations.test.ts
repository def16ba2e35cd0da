/** Our simulator at our central system, over real WebSockets: paid sessions, and drivers with the card of a mobility provider beside them. */
import { usualPlan } from '@plugtill/charger/car'
import { createFleet, type Fleet } from '@plugtill/charger/fleet'
import { createWebSocketLink } from '@plugtill/charger/link.ocpp-rpc'
import type { Station } from '@plugtill/charger/station'
import type { Sites } from '@plugtill/cpo/sites/configuration'
import { wallClock } from '@plugtill/engine/clock'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Token } from '@plugtill/ocpi/modules/tokens'
import { describe, expect, test } from 'vitest'
import type { Drivers, FakePtp } from '../packages/cpo/test/fake-ptp.ts'
import { type At, openAt, type Plugged, worlds } from './plugged.ts'
import { audited, sitesOf } from './station-world.ts'

const SPEED = 600
const NAMES = ['PAID', 'ROAMS']

/** A card price for everybody, and a contract price for each of two mobility providers. */
function sites(): Sites {
  const plain = sitesOf(NAMES)
  const contract = (partyId: string, price: number) => ({
    ...{ id: `CONTRACT-${partyId}`, currency: 'EUR', type: 'REGULAR' as const, tax_included: 'NO' as const },
    partners: [`DE-${partyId}`],
    elements: [{ price_components: [{ type: 'ENERGY' as const, price, vat: 21, step_size: 1 }] }],
  })
  return {
    locations: plain.locations.map((site) => ({
      ...site,
      evses: site.evses.map((evse) => ({
        ...evse,
        connectors: evse.connectors.map((connector) => ({
          ...connector,
          tariff_ids: ['AC-ADHOC', 'CONTRACT-EMA', 'CONTRACT-EMB'],
        })),
      })),
    })),
    tariffs: [...plain.tariffs, contract('EMA', 0.3), contract('EMB', 0.25)],
  }
}

const cardOf = (partyId: string, uid: string): Token => ({
  ...{ country_code: 'DE', party_id: partyId, uid, type: 'RFID', contract_id: `DE-${partyId}-C1`, issuer: partyId },
  ...{ valid: true, whitelist: 'NEVER', last_updated: '2026-01-15T09:00:00Z' },
})

type World = Plugged & { readonly fleet: Fleet; readonly station: (id: string) => Station }

async function open(at: At): Promise<World> {
  const world = await openAt(at, { sites: sites(), settings: { chargerSpeed: SPEED } })
  const fleet = createFleet({
    clock: wallClock,
    random: Math.random,
    link: ({ id, protocol }) => createWebSocketLink({ id, protocol, endpoint: `ws://127.0.0.1:${world.port}/ocpp` }),
    plans: NAMES.map((id) => ({
      ...{ id, protocol: at.protocol, password: undefined, steps: [], repeat: false },
      parts: {
        ...{ vendor: 'Plugtill', model: 'Simulated', speed: SPEED, signedMeters: true },
        connectors: [{ connectorId: 1, kind: 'AC' as const, maxPowerKw: 22 }],
        behaviour: { plan: { ...usualPlan, after: 50, unplugAfterStopMs: 50 } },
      },
    })),
  })
  fleet.start()
  const station = (id: string) => fleet.stations.get(id)!
  await world.until('all booted', () => NAMES.every((id) => station(id).state().accepted) || undefined)
  await world.until('all is for sale', () => forSale(world))
  return { ...world, fleet, station, close: () => fleet.stop().then(world.close) }
}

async function forSale(world: Plugged): Promise<boolean> {
  const [location] = await world.admin.get<readonly { evses: readonly { status: string }[] }[]>('/locations')
  return location?.evses.every(({ status }) => status === 'AVAILABLE') ?? false
}

const meterOf = (station: Station) => station.state().connectors[0]!
/** What the meter of a station gave since its transaction began. */
function givenBy(station: Station): number {
  const { registerWh, meterStartWh = Number.NaN } = meterOf(station)
  return registerWh - meterStartWh
}

/** Ends what runs, and says what its meter gave in all. */
function ended(station: Station, end: () => void): number {
  const { meterStartWh = Number.NaN } = meterOf(station)
  end()
  return meterOf(station).registerWh - meterStartWh
}

const charged = (world: World, id: string, wh: number) =>
  world.until(`${id} has charged ${wh} Wh`, () => givenBy(world.station(id)) > wh || undefined)

async function cardPayment(world: World, id: string): Promise<Cdr> {
  const reference = await world.start(id)
  expect(await world.resultOf(reference)).toBe('ACCEPTED')
  await charged(world, id, 1000)
  const wh = ended(world.station(id), () => world.station(id).stopCharging(1))
  const cdr = await world.cdrOf(reference)
  expect(cdr.total_energy).toBe(wh / 1000)
  expect(cdr).toMatchObject({ auth_method: 'COMMAND', authorization_reference: reference })
  expect(cdr.tariffs?.map(({ id: tariff }) => tariff)).toEqual(['AC-ADHOC'])
  expect(cdr.signed_data).toMatchObject({
    encoding_method: 'OCMF',
    signed_values: [{ nature: 'Start' }, { nature: 'End' }],
  })
  return cdr
}

/** A driver shows a card, plugs in, charges and goes. Returns what his provider is billed. */
async function roaming(world: World, provider: FakePtp, uid: string): Promise<Cdr> {
  await world.until('the place is free', () => forSale(world))
  const before = provider.told.length
  const station = world.station('ROAMS')
  station.presentCard(1, { idTag: uid })
  station.plugIn(1)
  await charged(world, 'ROAMS', 1000)
  const wh = ended(station, () => station.unplug(1))
  const told = await world.until('the provider gets the CDR', () =>
    provider.told.slice(before).find(({ what }) => what === 'cdr'),
  )
  const cdr = audited(told.body as unknown as Cdr, SPEED)
  expect(cdr.total_energy).toBe(wh / 1000)
  expect(provider.heard().at(-1)).toBe('cdr')
  expect(cdr).not.toHaveProperty('invoice_reference_id')
  return cdr
}

async function refused(world: World, emb: FakePtp): Promise<void> {
  await world.until('the place is free', () => forSale(world))
  const before = emb.told.length
  const station = world.station('ROAMS')
  station.presentCard(1, { idTag: 'LOST-CARD' })
  await world.until('the provider is asked', () =>
    emb.told.slice(before).find(({ what, body }) => what === 'authorize' && body['uid'] === 'LOST-CARD'),
  )
  await world.until('the station has heard', () => station.state().connectors[0]?.status === 'Available' || undefined)
  const sessions = await world.admin.get<readonly { state: string }[]>('/sessions')
  expect(sessions.filter(({ state }) => state === 'charging')).toEqual([])
}

describe.each(worlds)('simulated stations that speak $name', (at) => {
  test('charge for a card payment to the Wh their meters signed; a card of a provider, asked in real time, charges beside it at its own price', async () => {
    const world = await open(at)
    const drivers = (partyId: string, reference: string): Drivers => ({
      tokens: [],
      authorize: (uid) =>
        uid.startsWith(partyId)
          ? { allowed: 'ALLOWED', token: cardOf(partyId, uid), authorization_reference: reference }
          : uid === 'LOST-CARD' && partyId === 'EMB'
            ? { allowed: 'BLOCKED', token: cardOf(partyId, uid) }
            : undefined,
    })
    const ema = await world.partner('EMA', drivers('EMA', 'REF-A'))
    const emb = await world.partner('EMB', drivers('EMB', 'REF-B'))
    const [paid, roamed] = await Promise.all([cardPayment(world, 'PAID'), roaming(world, ema, 'EMA-CARD')])
    expect(paid.cdr_token.type).toBe('AD_HOC_USER')
    expect(roamed).toMatchObject({
      ...{ auth_method: 'AUTH_REQUEST', authorization_reference: 'REF-A', currency: 'EUR' },
      cdr_token: { party_id: 'EMA', uid: 'EMA-CARD', type: 'RFID', contract_id: 'DE-EMA-C1' },
    })
    expect(roamed.tariffs?.map(({ id }) => id)).toEqual(['CONTRACT-EMA'])
    expect(roamed.total_cost.before_taxes).toBeCloseTo(roamed.total_energy * 0.3, 3)

    // The same EVSE: another provider at another price, a lost card, and a card payment.
    const other = await roaming(world, emb, 'EMB-CARD')
    expect(other.total_cost.before_taxes).toBeCloseTo(other.total_energy * 0.25, 3)
    await refused(world, emb)
    await world.until('the place is free', () => forSale(world))
    await cardPayment(world, 'ROAMS')
    for (const { told } of [ema, emb]) expect(told.filter(({ what }) => what === 'cdr')).toHaveLength(1)
    expect(world.ptp.told.filter(({ what }) => what === 'cdr')).toHaveLength(2)
    expect(world.faults()).toEqual([])
    await world.close()
  })
})
