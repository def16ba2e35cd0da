/**
 * Bad weather at the kerb: chargers that are cut off, silent, late or told twice, and a CPO that dies in mid-sentence.
 * What must hold is read from the chargers' own registers, word by word as they sent them. Each seed replays bit for bit.
 */
import type { TransactionId } from '@plugtill/cpo/chargers/events'
import { evseStatusOf } from '@plugtill/cpo/chargers/evse-status'
import type { ChargingSession } from '@plugtill/cpo/charging/session'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { auditCdr } from '@plugtill/pricing/audit'
import { type Chance, chance } from '@plugtill/world/seed'
import { expect, test } from 'vitest'
import { databases, type Story, tell } from './rig.ts'

const WORLDS = 7
const DRIVERS = 16
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const SPOTS = [
  { location: 'LOC-CITY', evse: 'NLPLGE101', station: 'PLG-AC-1', connector: 1 },
  { location: 'LOC-CITY', evse: 'NLPLGE102', station: 'PLG-AC-1', connector: 2 },
  { location: 'LOC-HIGHWAY', evse: 'NLPLGE203', station: 'PLG-DC-1', connector: 1 },
  { location: 'LOC-HIGHWAY', evse: 'NLPLGE204', station: 'PLG-DC-1', connector: 2 },
]

/** What the chargers said of their registers. */
interface Registers {
  readonly starts: Map<string, number>
  readonly stops: Map<TransactionId, number>
}

interface Weather {
  readonly luck: Chance
  readonly chanceOf: (share: number) => boolean
  readonly strength: number
  calm: boolean
  die: () => void
}

function listenTo({ starts, stops }: Registers, text: string): void {
  const [, , action, payload] = JSON.parse(text) as [number, string, string, Record<string, never>]
  if (action === 'StartTransaction') starts.set(payload['idTag']!, payload['meterStart']!)
  if (action === 'StopTransaction') stops.set(payload['transactionId']!, payload['meterStop']!)
}

async function oneDriver(story: Story, { luck, chanceOf }: Weather): Promise<void> {
  const free = SPOTS.filter(
    (each) => story.stations.get(each.station)!.state().connectors[each.connector - 1]!.status === 'Available',
  )
  const spot = free[Math.floor(luck.random() * free.length)]
  if (spot === undefined) return story.pass(10 * MINUTE)
  const station = story.stations.get(spot.station)!
  station.behave({
    remoteStart: chanceOf(0.9) ? 'accept' : 'silent',
    remoteStop: chanceOf(0.7) ? 'accept' : chanceOf(0.5) ? 'reject' : 'silent',
    plan: {
      after: chanceOf(0.05) ? 'never' : luck.random() * MINUTE,
      stopAtSoc: 100,
      unplugAfterFullMs: MINUTE,
      leaveAfterMs: 10_000 + luck.random() * 40 * MINUTE,
      unplugAfterStopMs: 5_000,
    },
  })
  const terminal = story.terminals.find(({ location_ids }) => location_ids.includes(spot.location))!.terminal_id
  const card = `approved#${1 + Math.floor(luck.random() * 9999)}`
  const tap = { locationId: spot.location, evseUid: spot.evse, connectorId: '1', card, language: 'en' }
  const view = await story
    .flow(story.ptp().link.tap(terminal, { ...tap, tapId: luck.ids() }), 5 * MINUTE)
    .catch(() => undefined)
  if (view && chanceOf(0.3)) {
    const stop = () => story.ptp().link.stop(terminal, { reference: view.reference, card })
    story.clock.after(luck.random() * 30 * MINUTE, () => void stop().catch(() => undefined))
  }
  const link = story.links.get(spot.station)!
  for (let cut = 0; chanceOf(0.3) && cut < 3; cut++)
    story.clock.after(luck.random() * 20 * MINUTE, () => link.cut({ silently: chanceOf(0.5) }))
  if (chanceOf(0.2)) story.clock.after(luck.random() * 20 * MINUTE, () => station.dropLink(luck.random() * 25 * MINUTE))
  if (chanceOf(0.1)) story.clock.after(luck.random() * 20 * MINUTE, () => station.fault(spot.connector))
  await story.pass(luck.random() * 15 * MINUTE)
  station.clearFault(spot.connector)
}

async function storm(seed: number): Promise<Story & { readonly registers: Registers }> {
  const luck = chance(seed * 104_729)
  const chanceOf = (share: number) => luck.random() < share
  const weather: Weather = { luck, chanceOf, strength: 0.01 * (seed % 5), calm: true, die: () => undefined }
  const registers: Registers = { starts: new Map(), stops: new Map() }
  const story = await tell(databases[0]!, {
    seed,
    ocpp: ({ from, text }) => {
      if (from === 'charger') listenTo(registers, text)
      if (weather.calm) return { delayMs: 5 }
      if (chanceOf(weather.strength / 15)) weather.die()
      if (!chanceOf(weather.strength)) return { delayMs: luck.random() * 200 }
      const kind = luck.random()
      return kind < 0.4 ? 'drop' : kind < 0.7 ? 'cut' : { delayMs: luck.random() * 50_000 }
    },
  })
  let dead = false
  const revive = async () => {
    if (!dead) return
    dead = false
    await story.cpoReturns()
  }
  weather.die = () => {
    if (dead) return
    dead = true
    story.killCpo()
    story.clock.after(luck.random() * 10 * MINUTE, () => void revive())
  }
  weather.calm = false
  for (let driver = 0; driver < DRIVERS; driver++) await oneDriver(story, weather)
  weather.calm = true
  await revive()
  for (const spot of SPOTS) {
    const station = story.stations.get(spot.station)!
    station.behave({ remoteStop: 'accept' })
    station.unplug(spot.connector)
  }
  return { ...story, registers }
}

const sessionsOf = (story: Story) => story.cpo.engine.list<ChargingSession>('charging', { limit: 1000 })
const OPEN = ['commanded', 'awaiting-plug', 'charging']
const GIVEN_UP = ['ChargerSilent', 'TransactionForgotten']

function check(story: Story & { readonly registers: Registers }, session: ChargingSession): void {
  const { starts, stops } = story.registers
  const about = `${session.id} ${session.state} ${session.stopReason}`
  const sent = story.sent('POST', '/cdrs').filter((cdr) => cdr['session_id'] === session.id)
  expect(new Set(sent.map((cdr) => JSON.stringify(cdr))).size, about).toBe(session.cdr === undefined ? 0 : 1)
  if (session.cdr === undefined) {
    expect(['failed', 'expired'], about).toContain(session.state)
    return
  }
  const cdr = JSON.parse(session.cdr) as Cdr
  const delivered = stops.get(session.transactionId!)! - starts.get(session.idTag)!
  const billed = Math.round(cdr.total_energy * 1000)
  if (GIVEN_UP.includes(session.stopReason ?? '')) expect(billed, about).toBeLessThanOrEqual(delivered)
  else expect(billed, about).toBe(delivered)
  const summed = cdr.charging_periods
    .flatMap(({ dimensions }) => dimensions.filter(({ type }) => type === 'ENERGY'))
    .reduce((sum, { volume }) => sum + Math.round(volume * 1000), 0)
  expect(summed, about).toBe(billed)
  expect(Date.parse(cdr.end_date_time)).toBeGreaterThanOrEqual(Date.parse(cdr.start_date_time))
  if (billed === 0) expect(cdr.total_cost.before_taxes, about).toBe(0)
  else {
    const audit = auditCdr(cdr, { timeZone: session.timeZone })
    expect(
      audit.findings.filter(({ severity }) => severity === 'error'),
      about,
    ).toEqual([])
    expect(audit.ok, about).toBe(true)
  }
}

/** C-101, C-501: created by PUT, and no update is older than the one before. */
function checkPushes(story: Story, session: ChargingSession): void {
  const pushes = story.network.passed.filter(
    ({ request }) => request.method !== 'GET' && request.url.includes(`/sessions/`) && request.url.endsWith(session.id),
  )
  if (pushes.length > 0) expect(pushes[0]!.request.method).toBe('PUT')
  const times = pushes.map(({ request }) => String(JSON.parse(request.body ?? '{}').last_updated))
  expect(times, session.id).toEqual(times.toSorted())
}

/** What the chargers show has reached everybody, however it was lost on the way. */
async function allShown(story: Story): Promise<boolean> {
  type Sites = readonly { readonly evses: readonly { readonly uid: string; readonly status: string }[] }[]
  const sides = [await story.cpoAdmin.get<Sites>('/locations'), await story.ptpAdmin.get<Sites>('/locations')]
  const shown = SPOTS.map(({ evse, station, connector }) => {
    const { status } = story.stations.get(station)!.state().connectors[connector - 1]!
    return { evse, status: evseStatusOf[status] }
  })
  return sides.every((sites) =>
    shown.every(({ evse, status }) =>
      sites.some(({ evses }) => evses.some((each) => each.uid === evse && each.status === status)),
    ),
  )
}

test.each(Array.from({ length: WORLDS }, (_, index) => index + 1))(
  'what the registers of the chargers gave is billed once, whatever happens on the way (seed %i)',
  async (seed) => {
    const story = await storm(seed)
    const settled = async () => (await sessionsOf(story)).every(({ state }) => !OPEN.includes(state))
    await story.until('every session ends', settled, 10 * HOUR)
    await story.until(
      'every CDR is acknowledged',
      async () => (await sessionsOf(story)).every(({ cdr, cdrUrl }) => cdr === undefined || cdrUrl !== undefined),
      3 * HOUR,
    )
    const sessions = await sessionsOf(story)
    for (const session of sessions) {
      check(story, session)
      checkPushes(story, session)
    }
    const billed = sessions.filter(({ cdr }) => cdr !== undefined)
    expect(billed.length).toBeGreaterThan(DRIVERS / 4)
    await story.until('both platforms show what the chargers show', () => allShown(story))
    await story.close()
  },
)
