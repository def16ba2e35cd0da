/** Locations and tariffs reach the PTP: it reads them or takes what is pushed, and pushes are tried in every way. (D-02 to D-04) */
import { type Evse, type Location, locations } from '@plugtill/ocpi/modules/locations'
import { type Tariff, tariffs } from '@plugtill/ocpi/modules/tariffs'
import { formatDateTime } from '@plugtill/ocpi/types'
import { STREET } from '../lean-cpo-sites.ts'
import type { PtpStage, Scenario } from '../scenario.ts'
import { type Asked, ask } from './ask.ts'

/** A place and a price that are there for pushes only; no terminal gets them. */
export const PROBE_PLACE = 'JDG-PROBE'
export const PROBE_EVSE = 'JDG-PROBE-1'
export const PROBE_TARIFF = 'JDG-PROBE-PRICE'

const owned = ({ desk }: PtpStage) => ({
  country_code: desk.parts.party.countryCode,
  party_id: desk.parts.party.partyId,
})

/** Waits for the PTP to read everything; to one that only takes pushes it is pushed. */
async function known(stage: PtpStage): Promise<void> {
  const { desk, cpo, patienceMs } = stage
  const pulled = await desk.waitFor(
    (view) =>
      ['locations.list', 'tariffs.list'].every((row) => view.of('partner', row).length > 0) ? true : undefined,
    patienceMs,
  )
  if (pulled) {
    const last = (place: string) =>
      desk
        .view()
        .of('partner', place)
        .some(({ response }) => response?.headers['link'] === undefined)
    await desk.waitFor(() => (last('locations.list') && last('tariffs.list') ? true : undefined), patienceMs)
    return
  }
  const owner = owned(stage)
  for (const tariff of cpo.sites.tariffs.all())
    await push(stage, { module: tariffs, row: 'putTariff', params: { ...owner, tariff_id: tariff.id }, body: tariff })
  for (const location of cpo.sites.locations.all())
    await push(stage, {
      module: locations,
      row: 'putLocation',
      params: { ...owner, location_id: location.id },
      body: location,
    })
}

async function push({ desk }: PtpStage, asked: Omit<Asked, 'role'>): Promise<void> {
  await ask(desk, `${asked.module.id}.push`, { ...asked, role: 'receiver' })
}

const at = (nowMs: number) => formatDateTime(nowMs)

function place(stage: PtpStage): Location {
  const street = stage.cpo.sites.locations.get(STREET)
  const [evse] = street?.evses ?? []
  if (street === undefined || evse === undefined) throw new Error('The judge lost its own location.')
  const last_updated = at(stage.desk.parts.clock.now())
  const connectors = evse.connectors.map((one) => ({ ...one, tariff_ids: ['JDG-AC'], last_updated }))
  return {
    ...street,
    id: PROBE_PLACE,
    name: 'Probe Place',
    facilities: ['CAFE', 'MALL'],
    evses: [{ ...evse, uid: PROBE_EVSE, evse_id: 'NL*JDG*EPROBE1', connectors, last_updated }],
    last_updated,
  }
}

async function pushesPlaces(stage: PtpStage): Promise<void> {
  const { desk, pass } = stage
  const owner = { ...owned(stage), location_id: PROBE_PLACE }
  const evseAt = { ...owner, evse_uid: PROBE_EVSE }
  const plugAt = { ...evseAt, connector_id: '1' }
  const whole = place(stage)
  const [evse] = whole.evses ?? []
  if (evse === undefined) return
  const row = { module: locations, role: 'receiver' } as const
  const now = () => at(desk.parts.clock.now())
  const say = async (name: string, asked: Omit<Asked, 'module' | 'role'>, ageMs = 0) => {
    await pass(1_000)
    // Each is newer than the one before it, but for the one that is older on purpose.
    const last_updated = at(desk.parts.clock.now() - ageMs)
    const seen = await ask(desk, name, { ...row, ...asked, body: { ...asked.body, last_updated } })
    if (seen === undefined) return
    await ask(desk, `${name}.after`, { ...row, row: 'location', params: owner })
  }
  const unknown = { ...owner, location_id: 'NOT-THERE' }
  await ask(desk, 'locations.unknown', { ...row, row: 'location', params: unknown })
  await say('locations.put', { row: 'putLocation', params: owner, body: whole })
  await ask(desk, 'locations.get-evse', { ...row, row: 'evse', params: evseAt })
  await ask(desk, 'locations.get-connector', { ...row, row: 'connector', params: plugAt })
  await say('locations.status', { row: 'patchEvse', params: evseAt, body: { status: 'CHARGING' } })
  await say('locations.rename', {
    row: 'patchLocation',
    params: owner,
    body: { name: 'Probe Place 2' },
  })
  await say('locations.facilities', {
    row: 'patchLocation',
    params: owner,
    body: { facilities: ['HOTEL'] },
  })
  await say('locations.tariffs', {
    row: 'patchConnector',
    params: plugAt,
    body: { tariff_ids: ['JDG-DC'] },
  })
  await say('locations.null', {
    row: 'patchLocation',
    params: owner,
    body: {},
    edit: (said) => ({ ...said, directions: null }),
  })
  const second: Evse = { ...evse, uid: 'JDG-PROBE-2', evse_id: 'NL*JDG*EPROBE2' }
  await say('locations.put-evse', { row: 'putEvse', params: { ...owner, evse_uid: second.uid }, body: second })
  const plug = { ...evse.connectors[0], id: '2' }
  await say('locations.put-connector', { row: 'putConnector', params: { ...evseAt, connector_id: '2' }, body: plug })
  await say('locations.older', { row: 'patchEvse', params: evseAt, body: { status: 'OUTOFORDER' } }, 3_600_000)
  await say('locations.removed', {
    row: 'patchEvse',
    params: { ...owner, evse_uid: 'JDG-PROBE-2' },
    body: { status: 'REMOVED' },
  })
  await oddPlaces(stage, { whole: { ...whole, last_updated: now() }, evse })
}

async function oddPlaces(
  stage: PtpStage,
  { whole, evse }: { readonly whole: Location; readonly evse: Evse },
): Promise<void> {
  const { desk } = stage
  const owner = { ...owned(stage), location_id: PROBE_PLACE }
  const row = { module: locations, role: 'receiver' } as const
  const patch = { ...row, row: 'patchLocation', body: { name: 'Ghost', last_updated: at(desk.parts.clock.now()) } }
  await ask(desk, 'locations.patch-unknown', { ...patch, params: { ...owner, location_id: 'NOT-THERE' } })
  const status = { status: 'AVAILABLE', last_updated: at(desk.parts.clock.now()) }
  await ask(desk, 'locations.patch-unknown', {
    ...row,
    row: 'patchEvse',
    params: { ...owner, evse_uid: 'NOT-THERE' },
    body: status,
  })
  const put = { ...row, row: 'putLocation', body: { ...whole, id: 'JDG-PROBE-3' } }
  const third = { ...owner, location_id: 'JDG-PROBE-3' }
  await ask(desk, 'locations.foreign', { ...put, params: { ...third, country_code: 'XX', party_id: 'YYY' } })
  await ask(desk, 'locations.foreign', { ...put, params: third, edit: (said) => ({ ...said, party_id: 'YYY' }) })
  await ask(desk, 'locations.other-id', { ...put, params: { ...owner, location_id: 'JDG-PROBE-4' } })
  await ask(desk, 'locations.broken', { ...put, params: third, edit: ({ coordinates: _, ...said }) => said })
  await ask(desk, 'locations.new-words', {
    ...put,
    params: third,
    edit: (said) => ({
      ...said,
      judge_field: { a: 1 },
      facilities: ['CAFE', 'JUDGE_ROOM'],
      evses: [{ ...evse, uid: 'JDG-PROBE-5', capabilities: ['REMOTE_START_STOP_CAPABLE', 'JUDGE_CAPABLE'] }],
    }),
  })
}

function price(stage: PtpStage): Tariff {
  const tariff = stage.cpo.sites.tariffs.get('JDG-AC')
  if (tariff === undefined) throw new Error('The judge lost its own tariff.')
  return { ...tariff, id: PROBE_TARIFF, last_updated: at(stage.desk.parts.clock.now()) }
}

async function pushesPrices(stage: PtpStage): Promise<void> {
  const { desk, pass } = stage
  const params = { ...owned(stage), tariff_id: PROBE_TARIFF }
  const row = { module: tariffs, role: 'receiver', params } as const
  const whole = price(stage)
  const put = { ...row, row: 'putTariff', body: whole }
  const say = async (name: string, body: Tariff, edit?: Asked['edit']) => {
    await pass(1_000)
    const seen = await ask(desk, name, {
      ...put,
      body: { ...body, last_updated: at(desk.parts.clock.now()) },
      ...(edit === undefined ? {} : { edit }),
    })
    if (seen !== undefined) await ask(desk, `${name}.after`, { ...row, row: 'tariff' })
  }
  await ask(desk, 'tariffs.unknown', { ...row, row: 'tariff', params: { ...params, tariff_id: 'NOT-THERE' } })
  await say('tariffs.put', whole)
  const { max_price: _max, tariff_alt_text: _text, ...bare } = whole
  const elements = [{ price_components: [{ type: 'ENERGY' as const, price: 0.77, vat: 21, step_size: 1 }] }]
  await say('tariffs.replace', { ...bare, elements })
  const older = { ...whole, last_updated: at(desk.parts.clock.now() - 3_600_000) }
  await ask(desk, 'tariffs.older', { ...put, body: older })
  await ask(desk, 'tariffs.older.after', { ...row, row: 'tariff' })
  await say('tariffs.new-words', { ...bare, elements }, (said) => ({ ...said, judge_field: [1] }))
  const other = { ...params, tariff_id: 'JDG-PROBE-OTHER' }
  await ask(desk, 'tariffs.foreign', { ...put, params: { ...params, country_code: 'XX', party_id: 'YYY' } })
  await ask(desk, 'tariffs.foreign', { ...put, edit: (said) => ({ ...said, party_id: 'YYY' }) })
  await ask(desk, 'tariffs.other-id', { ...put, params: other })
  await ask(desk, 'tariffs.broken', {
    ...put,
    body: { ...whole, id: 'JDG-PROBE-OTHER' },
    params: other,
    edit: ({ elements: _, ...said }) => said,
  })
  await ask(desk, 'tariffs.delete', { ...row, row: 'deleteTariff' })
  await ask(desk, 'tariffs.delete.after', { ...row, row: 'tariff' })
  await ask(desk, 'tariffs.delete-unknown', {
    ...row,
    row: 'deleteTariff',
    params: { ...params, tariff_id: 'NOT-THERE' },
  })
}

export const ptpSites: readonly Scenario<PtpStage>[] = [
  { name: 'locations and tariffs arrive', milestone: 'terminal-registration', kind: 'path', act: known },
  { name: 'locations are pushed', milestone: 'locations-exchange', kind: 'probe', act: pushesPlaces },
  { name: 'tariffs are pushed', milestone: 'tariffs-exchange', kind: 'probe', act: pushesPrices },
]
