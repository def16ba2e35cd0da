/** Two payment terminal platforms and a mobility provider sell at one EVSE, one after the other, over real WebSockets. */
import type { Sites } from '@plugtill/cpo/sites/configuration'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Token } from '@plugtill/ocpi/modules/tokens'
import { describe, expect, test } from 'vitest'
import type { FakePtp } from '../packages/cpo/test/fake-ptp.ts'
import { openAt, type Plugged, worlds } from './plugged.ts'
import type { RawStation } from './raw-station.ts'
import { audited, commandsOf, sitesOf, tokenOf } from './station-world.ts'

const MINUTE = 60_000

/** Beside the price for cards one that a single provider buys at. */
function sites(): Sites {
  const plain = sitesOf(['BOTH'])
  const component = { type: 'ENERGY' as const, price: 0.3, vat: 21, step_size: 1 }
  const roaming = {
    ...{
      id: 'AC-ROAMING',
      partners: ['DE-EMA'],
      currency: 'EUR',
      type: 'REGULAR' as const,
      tax_included: 'NO' as const,
    },
    elements: [{ price_components: [component] }],
  }
  const locations = plain.locations.map((site) => ({
    ...site,
    evses: site.evses.map((evse) => ({
      ...evse,
      connectors: evse.connectors.map((one) => ({ ...one, tariff_ids: [...(one.tariff_ids ?? []), roaming.id] })),
    })),
  }))
  return { ...plain, locations, tariffs: [...plain.tariffs, roaming] }
}

const card = (uid: string): Token => ({
  ...{ country_code: 'DE', party_id: 'EMA', uid, type: 'RFID', contract_id: `DE-EMA-${uid}`, issuer: 'EMA' },
  ...{ valid: true, whitelist: 'ALLOWED', last_updated: '2026-01-01T00:00:00Z' },
})

async function start(partner: FakePtp, reference: string): Promise<string> {
  const { data } = await commandsOf(partner).startSession({
    body: {
      ...{ response_url: `${partner.origin}/ocpi/2.3.0/sender/commands/${reference}`, location_id: 'LOC' },
      ...{ evse_uid: 'E-BOTH', authorization_reference: reference },
      token: { ...tokenOf(reference), party_id: partner.partyId },
    },
  })
  return data.result
}

/** The driver shows a card of his provider instead of being started by anybody. */
function shows(station: RawStation, { names }: Plugged['words'], uid: string): void {
  const payload = { idTag: uid, idToken: { idToken: uid, type: 'ISO14443' } }
  station.got.push({ action: names.start, payload })
}

/** Half an hour, ten kilowatt-hours; `during` happens in the middle. */
async function charge(world: Plugged, station: RawStation, during: () => Promise<unknown> = async () => undefined) {
  const { words } = world
  const { id, answer } = await words.begin(station, world.now(), 1_000)
  expect(answer).toBe('Accepted')
  world.jump(15 * MINUTE)
  await words.meter(station, id, { at: world.now(), wh: 6_000 })
  await during()
  world.jump(15 * MINUTE)
  await words.end(station, id, world.now(), 11_000)
  await words.status(station, 'Available', world.now())
}

const accepted = (world: Plugged, partner: FakePtp, reference: string) =>
  world.until(`${reference} is accepted`, () =>
    partner.told.find(
      ({ what, body }) => what === 'result' && body['id'] === reference && body['result'] === 'ACCEPTED',
    ),
  )

/** All bills of a partner, each held against an independent audit. */
const bills = async (world: Plugged, partner: FakePtp) => {
  await world.until(`the CDR of ${partner.partyId}`, () => partner.last('cdr'))
  return partner.told.flatMap(({ what, body }) => {
    if (what !== 'cdr') return []
    const { tariffs, total_energy, total_cost, auth_method, cdr_token } = audited(body as unknown as Cdr)
    return [
      {
        tariffs: tariffs?.map(({ id, type }) => [id, type]),
        total_energy,
        net: total_cost.before_taxes,
        auth_method,
        by: cdr_token.party_id,
      },
    ]
  })
}

describe.each(worlds)('at one station that speaks $name', (at) => {
  test('two terminal platforms sell at the price for cards and a provider at its own, nobody while another one charges, and each hears of its own', async () => {
    const world = await openAt(at, { sites: sites() })
    const { ptp: pay } = world
    const ptb = await world.partner('PTB')
    const ema = await world.partner('EMA', { tokens: [card('CARD-A')], authorize: () => undefined })
    await world.until('the cards of EMA are known', async () => {
      const known = await world.admin.get<unknown>('/tokens?uid=CARD-A')
      return JSON.stringify(known).includes('DE-EMA-CARD-A') || undefined
    })
    const station = await world.plug('BOTH')

    expect(await start(pay, 'pay-1')).toBe('ACCEPTED')
    await accepted(world, pay, 'pay-1')
    await charge(world, station, async () => expect(await start(ptb, 'ptb-0')).toBe('REJECTED'))
    shows(station, world.words, 'CARD-A')
    await charge(world, station, async () => expect(await start(ptb, 'ptb-0')).toBe('REJECTED'))
    expect(await start(ptb, 'ptb-1')).toBe('ACCEPTED')
    await accepted(world, ptb, 'ptb-1')
    await charge(world, station)

    // 10 kWh at 0.40 and a fee of 0.50; the provider pays 0.30 and no fee.
    const byCard = { tariffs: [['AC-ADHOC', 'AD_HOC_PAYMENT']], total_energy: 10, net: 4.5, auth_method: 'COMMAND' }
    expect(await bills(world, ptb)).toEqual([{ ...byCard, by: 'PTB' }])
    expect(await bills(world, pay)).toEqual([{ ...byCard, by: 'PAY' }])
    expect(await bills(world, ema)).toEqual([
      { tariffs: [['AC-ROAMING', 'REGULAR']], total_energy: 10, net: 3, auth_method: 'WHITELIST', by: 'EMA' },
    ])
    expect(world.faults()).toEqual([])
    await world.close()
  })
})
