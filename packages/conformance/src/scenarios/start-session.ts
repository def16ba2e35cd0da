/** Milestone `start-session`: the way to a running session, and everything that can go wrong on it. */
import { commands } from '@plugtill/ocpi/modules/commands'
import { endpointFor } from '@plugtill/ocpi/peer-url'
import type { WireRequest } from '@plugtill/ocpi/wire'
import type { Offer, Sale } from '../lean-ptp-sales.ts'
import type { CpoStage, Scenario } from '../scenario.ts'
import { choices, ended, freeChoices, purchaseOf, quietly, saidNo, start, statusesOf, stop, until } from './buying.ts'

const UNKNOWN_ID = 'JUDGE-KNOWS-NONE'
/** A session that nobody announces before the car is there. */
const ANNOUNCED_MS = 3_000
/** After a result that says no a session has so long to appear nevertheless. */
const STRAY_MS = 4_000

interface Command {
  readonly probe: string
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
}

/** A command under the name of a probe, sent as text. */
async function command({ desk }: CpoStage, { probe, name, body }: Command): Promise<void> {
  const peer = await desk.partner()
  if (peer === undefined) return
  const url = `${endpointFor(peer, commands, 'RECEIVER', '').replace(/\/+$/, '')}/${name}`
  const place = `commands.${PLACES[name] ?? 'unknown'}`
  await desk.probe(probe, { place, method: 'POST', url, body: JSON.stringify(body) })
}

const PLACES: Readonly<Record<string, string>> = {
  START_SESSION: 'startSession',
  STOP_SESSION: 'stopSession',
  RESERVE_NOW: 'reserveNow',
  CANCEL_RESERVATION: 'cancelReservation',
  UNLOCK_CONNECTOR: 'unlockConnector',
}

function startBody({ desk }: CpoStage, { location, evse, connector }: Offer) {
  const { party, ids, clock } = desk.parts
  const uid = `JDG${ids().replaceAll('-', '').slice(0, 17)}`.toUpperCase()
  return {
    response_url: responseUrl(desk),
    token: {
      country_code: party.countryCode,
      party_id: party.partyId,
      uid,
      type: 'AD_HOC_USER',
      contract_id: uid,
      issuer: party.name,
      valid: true,
      whitelist: 'NEVER',
      last_updated: new Date(clock.now()).toISOString(),
    },
    location_id: location.id,
    evse_uid: evse.uid,
    connector_id: connector.id,
    authorization_reference: ids(),
  }
}

const responseUrl = ({ parts, record }: CpoStage['desk'], id = parts.ids()) =>
  `${parts.baseUrl}/${record().version}/sender/commands/${id}`

async function askInVain(stage: CpoStage): Promise<void> {
  const offers = await choices(stage)
  const [offer] = offers
  if (offer === undefined) return
  const ask = (probe: string, change: (body: ReturnType<typeof startBody>) => object) =>
    command(stage, { probe, name: 'START_SESSION', body: { ...change(startBody(stage, offer)) } })
  await ask('commands.unknown-location', (body) => ({ ...body, location_id: UNKNOWN_ID }))
  await ask('commands.unknown-evse', (body) => ({ ...body, evse_uid: UNKNOWN_ID }))
  await ask('commands.unknown-connector', (body) => ({ ...body, connector_id: UNKNOWN_ID }))
  await ask('commands.malformed', ({ response_url: _url, location_id: _id, ...body }) => body)
  const strict = offers.find(({ evse }) => evse.capabilities?.includes('START_SESSION_CONNECTOR_REQUIRED'))
  if (strict !== undefined) {
    const { connector_id: _, ...body } = startBody(stage, strict)
    await command(stage, { probe: 'commands.no-connector', name: 'START_SESSION', body })
  }
  await askForOthers(stage)
}

/** Commands that no payment terminal sends, about things that do not exist. */
async function askForOthers(stage: CpoStage): Promise<void> {
  const { desk } = stage
  const response_url = responseUrl(desk)
  const reservation = { response_url, reservation_id: UNKNOWN_ID }
  const place = { location_id: UNKNOWN_ID, evse_uid: UNKNOWN_ID }
  const { token } = startBody(stage, { location: { id: '' }, evse: { uid: '' }, connector: { id: '' } } as Offer)
  const expiry_date = new Date(desk.parts.clock.now() + 60_000).toISOString()
  const probe = 'commands.other'
  await command(stage, { probe, name: 'RESERVE_NOW', body: { ...reservation, ...place, token, expiry_date } })
  await command(stage, { probe, name: 'CANCEL_RESERVATION', body: reservation })
  await command(stage, { probe, name: 'UNLOCK_CONNECTOR', body: { response_url, ...place, connector_id: UNKNOWN_ID } })
  await command(stage, { probe: 'commands.unknown-name', name: 'MAKE_COFFEE', body: { response_url } })
  const unknown = { response_url, session_id: UNKNOWN_ID }
  await command(stage, { probe: 'commands.stop-unknown', name: 'STOP_SESSION', body: unknown })
}

async function buy(stage: CpoStage): Promise<void> {
  const [offer] = await freeChoices(stage)
  const chosen = offer ?? (await choices(stage))[0]
  if (chosen === undefined) {
    stage.say('There is no connector that could be sold: no assigned EVSE with a tariff for card payment.')
    return
  }
  const sale = await start(stage, chosen)
  if (sale === undefined) return
  const { reference } = sale
  if (purchaseOf(stage.desk.view(), reference)?.accepted === true) await plugIn(stage, sale)
  const running = (view: Parameters<typeof purchaseOf>[0]) => {
    const purchase = purchaseOf(view, reference)
    const settled = statusesOf(purchase).some((status) => status !== 'PENDING' && status !== 'RESERVATION')
    return (settled && (purchase?.results.length ?? 0) > 0) || (saidNo(purchase) && !settled) || undefined
  }
  await until(stage, running, stage.operatorMs)
  if (saidNo(purchaseOf(stage.desk.view(), reference))) {
    await until(stage, (view) => statusesOf(purchaseOf(view, reference)).includes('ACTIVE') || undefined, STRAY_MS)
  }
}

async function plugIn({ operator, say }: CpoStage, { offer }: Sale): Promise<void> {
  const { location, evse, connector } = offer
  say(`started at ${location.name ?? location.id}, EVSE ${evse.uid}; waiting for a car`)
  await operator({
    id: 'plug-in',
    text: `Plug a car in at EVSE ${evse.physical_reference ?? evse.uid} of ${location.name ?? location.id}.`,
    details: { location_id: location.id, evse_uid: evse.uid, connector_id: connector.id },
  })
}

type Change = (body: Record<string, unknown>) => Record<string, unknown>

const otherCase = (id: unknown) => {
  const text = String(id)
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
}

const ODD: Readonly<Record<string, Change>> = {
  capitals: (body) => ({
    ...body,
    location_id: otherCase(body['location_id']),
    evse_uid: otherCase(body['evse_uid']),
    connector_id: otherCase(body['connector_id']),
  }),
  field: (body) => ({ ...body, receipt_language: 'en' }),
  uid: (body) => {
    const token = body['token'] as { readonly uid: string }
    return { ...body, token: { ...token, uid: token.uid.padEnd(36, '0') } }
  },
  url: (body) => ({ ...body, response_url: `${String(body['response_url'])}?of=JUDGE` }),
}

/** START_SESSION with something about it that is legal and not usual. */
async function startOddly(stage: CpoStage, offer: Offer, changes: readonly Change[]): Promise<Sale | undefined> {
  const undo = stage.desk.alter({
    name: 'commands.odd',
    change: (request) => (isStart(request) ? changed(request, changes) : undefined),
  })
  try {
    return await start(stage, offer)
  } finally {
    undo()
  }
}

const isStart = ({ method, url }: WireRequest) => method === 'POST' && /\/START_SESSION\/?$/.test(url)

const changed = (request: WireRequest, changes: readonly Change[]): WireRequest => {
  const body = JSON.parse(request.body) as Record<string, unknown>
  return { ...request, body: JSON.stringify(changes.reduce((made, change) => change(made), body)) }
}

/** The driver walks away: the start is stopped as soon as there is a session to stop. */
async function giveUp(stage: CpoStage): Promise<void> {
  const { desk } = stage
  if (desk.view().probes('commands.odd').length > 0) return
  const [offer, another] = await freeChoices(stage)
  if (offer === undefined) return
  const sale = await startOddly(stage, offer, Object.values(ODD))
  if (sale !== undefined && purchaseOf(desk.view(), sale.reference)?.accepted === true) {
    await walkAway(stage, sale)
    return
  }
  for (const change of Object.values(ODD)) {
    const alone = await startOddly(stage, another ?? offer, [change])
    if (alone !== undefined && purchaseOf(desk.view(), alone.reference)?.accepted === true) await walkAway(stage, alone)
  }
}

async function walkAway(stage: CpoStage, { reference }: Sale): Promise<void> {
  const { desk, ptp } = stage
  const told = (view: Parameters<typeof purchaseOf>[0]) => {
    const purchase = purchaseOf(view, reference)
    const known = ptp.sales.get(reference)?.session !== undefined
    return (known && (purchase?.results.length ?? 0) > 0) || undefined
  }
  await until(stage, told, ANNOUNCED_MS)
  if (ptp.sales.get(reference)?.session !== undefined) await stop(stage, reference)
  desk.fact({ name: 'given-up', about: reference, text: 'The driver walked away.' })
}

/** Another card, and then the same command once more, while the session runs. */
async function startTwice(stage: CpoStage): Promise<void> {
  const { desk, ptp } = stage
  const running = ptp.sales.all().find(({ session }) => session?.status === 'ACTIVE')
  if (running === undefined) return
  const { reference, token, startCommand } = running
  const mine = startBody(stage, running.offer)
  // The judge answers a result that comes for one of these as it answers that of the first command.
  const at = (word: string) => ({ response_url: `${responseUrl(desk, startCommand)}?${word}=1` })
  const body = { ...mine, ...at('second') }
  await command(stage, { probe: 'commands.occupied', name: 'START_SESSION', body })
  const again = { ...mine, ...at('again'), token, authorization_reference: reference }
  await command(stage, { probe: 'commands.repeat', name: 'START_SESSION', body: again })
  const answered = desk.view().probes('commands.occupied').at(-1)
  const accepted = (answered?.answer?.data as { result?: unknown } | undefined)?.result === 'ACCEPTED'
  if (accepted)
    await until(
      stage,
      (view) => {
        const second = purchaseOf(view, body.authorization_reference)
        return (second?.results.length ?? 0) > 0 && (second?.sessions.length ?? 0) > 0 ? true : undefined
      },
      STRAY_MS,
    )
}

/** Nothing is left running, whatever happened before. */
async function cleanUp(stage: CpoStage): Promise<void> {
  await quietly(stage.ptp.sales.poll())
  for (const { reference, session } of stage.ptp.sales.all()) {
    if (session === undefined || ended(purchaseOf(stage.desk.view(), reference))) continue
    await stop(stage, reference)
  }
}

const milestone = 'start-session'

export const starting: readonly Scenario<CpoStage>[] = [
  { name: 'commands that cannot be carried out', milestone, kind: 'probe', act: askInVain },
  { name: 'a driver pays and plugs in', milestone, kind: 'path', act: buy },
  { name: 'a second card at the same place', milestone, kind: 'probe', act: startTwice },
  { name: 'a driver pays and walks away', milestone, kind: 'probe', act: giveUp },
]

/** After the sessions were finished. */
export const tidying: readonly Scenario<CpoStage>[] = [
  { name: 'what still runs is stopped', milestone, kind: 'probe', act: cleanUp },
  { name: 'a driver pays and walks away, later', milestone, kind: 'probe', act: giveUp },
]
