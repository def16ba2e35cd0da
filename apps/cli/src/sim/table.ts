/** Live control of simulated stations, as a table: what a person at the charger, or a broken part, would do. */
import { type Behaviour, faultCodes } from '@plugtill/charger/behaviour'
import { type CarName, cars } from '@plugtill/charger/car'
import type { Station } from '@plugtill/charger/station'
import type { AdminAnswer, AdminCall, AdminRoute, AdminTable } from '@plugtill/engine/admin'
import Type, { type Static, type TObject } from 'typebox'
import { chargerRecord } from './record.ts'

const LONGEST_MS = 86_400_000
const Connector = Type.Integer({ minimum: 1, maximum: 100, default: 1, description: 'by its number at the charger' })
const OneConnector = Type.Object({ connector: Type.Optional(Connector) }, { additionalProperties: false })
const Answer = Type.Union([Type.Literal('accept'), Type.Literal('reject'), Type.Literal('silent')])

const Plug = Type.Object(
  {
    connector: Type.Optional(Connector),
    car: Type.Optional(Type.Enum(Object.keys(cars), { description: 'model of the car' })),
    soc: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'percent on arrival' })),
  },
  { additionalProperties: false },
)
const Fault = Type.Object(
  {
    connector: Type.Optional(Connector),
    code: Type.Optional(Type.Enum([...faultCodes])),
  },
  { additionalProperties: false },
)
const Card = Type.Object(
  {
    connector: Type.Optional(Connector),
    id_tag: Type.String({ minLength: 1, maxLength: 36, description: 'at most 20 characters in OCPP 1.6' }),
  },
  { additionalProperties: false },
)
const Lock = Type.Object(
  { connector: Type.Optional(Connector), jammed: Type.Boolean() },
  { additionalProperties: false },
)
const Meter = Type.Object(
  {
    connector: Type.Optional(Connector),
    add_wh: Type.Integer({
      minimum: -1e9,
      maximum: 1e9,
      description: 'less than nothing lets the meter run backwards',
    }),
  },
  { additionalProperties: false },
)
const Link = Type.Object(
  { down_ms: Type.Integer({ minimum: 0, maximum: LONGEST_MS, description: 'how long the link stays away' }) },
  { additionalProperties: false },
)
const Power = Type.Object(
  { off_ms: Type.Integer({ minimum: 0, maximum: LONGEST_MS, description: 'how long there is no power' }) },
  { additionalProperties: false },
)
const Behave = Type.Object(
  {
    remote_start: Type.Optional(Answer),
    remote_stop: Type.Optional(Answer),
    unlock: Type.Optional(Type.Enum(['unlock', 'fail', 'not-supported', 'silent'])),
    silent_on: Type.Optional(
      Type.Array(Type.String(), { maxItems: 100, description: 'actions that are never answered; * is all of them' }),
    ),
    answer_after_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_MS })),
    clock_skew_ms: Type.Optional(Type.Integer({ minimum: -LONGEST_MS, maximum: LONGEST_MS })),
    meter_values_late_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: LONGEST_MS })),
    transaction_ids: Type.Optional(Type.Enum(['right', 'wrong'])),
  },
  { additionalProperties: false, minProperties: 1 },
)

interface Act {
  readonly name: string
  readonly summary: string
  readonly body: TObject
  readonly run: (station: Station, body: unknown) => void
}

function act<Body extends TObject>(
  name: string,
  summary: string,
  { body, run }: { readonly body: Body; readonly run: (station: Station, body: Static<Body>) => void },
): Act {
  return { name, summary, body, run: (station, given) => run(station, given as Static<Body>) }
}

function behaviourOf(change: Static<typeof Behave>): Partial<Behaviour> {
  return {
    ...(change.remote_start && { remoteStart: change.remote_start }),
    ...(change.remote_stop && { remoteStop: change.remote_stop }),
    ...(change.unlock && { unlock: change.unlock as Behaviour['unlock'] }),
    ...(change.silent_on && { silentOn: change.silent_on }),
    ...(change.answer_after_ms !== undefined && { answerAfterMs: change.answer_after_ms }),
    ...(change.clock_skew_ms !== undefined && { clockSkewMs: change.clock_skew_ms }),
    ...(change.meter_values_late_ms !== undefined && { meterValuesLateMs: change.meter_values_late_ms }),
    ...(change.transaction_ids && { transactionIds: change.transaction_ids as Behaviour['transactionIds'] }),
  }
}

const ACTS: readonly Act[] = [
  act('plug', 'A driver plugs a car in', {
    body: Plug,
    run: (station, { connector = 1, car = 'family', soc }) => {
      const model = cars[car as CarName]
      station.plugIn(connector, { model: soc === undefined ? model : { ...model, soc } })
    },
  }),
  act('unplug', 'The driver pulls the plug', {
    body: OneConnector,
    run: (station, { connector = 1 }) => station.unplug(connector),
  }),
  act('stop', 'The driver ends the charge at the charger', {
    body: OneConnector,
    run: (station, { connector = 1 }) => station.stopCharging(connector),
  }),
  act('fault', 'A connector breaks', {
    body: Fault,
    run: (station, { connector = 1, code = 'InternalError' }) =>
      station.fault(connector, code as (typeof faultCodes)[number]),
  }),
  act('clear', 'The fault of a connector is mended', {
    body: OneConnector,
    run: (station, { connector = 1 }) => station.clearFault(connector),
  }),
  act('card', 'A driver holds a card to the charger: it begins a charge, or ends the one it began', {
    body: Card,
    run: (station, { connector = 1, id_tag }) => station.presentCard(connector, { idTag: id_tag }),
  }),
  act('lock', 'The cable lock jams, or is freed', {
    body: Lock,
    run: (station, { connector = 1, jammed }) => station.jamLock(connector, jammed),
  }),
  act('meter', 'The meter jumps', {
    body: Meter,
    run: (station, { connector = 1, add_wh }) => station.shiftMeter(connector, add_wh),
  }),
  act('link', 'The connection to the central system breaks and stays away for a while', {
    body: Link,
    run: (station, { down_ms }) => station.dropLink(down_ms),
  }),
  act('power', 'The charger has no power for a while, and boots again', {
    body: Power,
    run: (station, { off_ms }) => station.cutPower(off_ms),
  }),
  act('behaviour', 'How the charger answers from now on', {
    body: Behave,
    run: (station, change) => station.behave(behaviourOf(change)),
  }),
]

/** `stations` is looked at with every call: a fleet may grow. */
export function simTable(stations: () => ReadonlyMap<string, Station>): AdminTable {
  const unknown = ({ params }: AdminCall): AdminAnswer => ({
    status: 404,
    body: { error: 'unknown', message: `No charger "${params['id']}" is simulated here.` },
  })
  const withStation =
    (work: (station: Station, call: AdminCall) => AdminAnswer): AdminRoute['run'] =>
    async (call) => {
      const station = stations().get(call.params['id'] ?? '')
      return station === undefined ? unknown(call) : work(station, call)
    }
  return [
    {
      method: 'GET',
      path: '/chargers',
      summary: 'All simulated chargers',
      run: async () => ({ body: [...stations().values()].map((station) => chargerRecord(station.state())) }),
    },
    {
      method: 'GET',
      path: '/chargers/:id',
      summary: 'One simulated charger',
      run: withStation((station) => ({ body: chargerRecord(station.state()) })),
    },
    ...ACTS.map(
      ({ name, summary, body, run }): AdminRoute => ({
        method: 'POST',
        path: `/chargers/:id/${name}`,
        summary,
        body,
        run: withStation(
          (station, call) => refusalOf(() => run(station, call.body)) ?? { body: chargerRecord(station.state()) },
        ),
      }),
    ),
  ]
}

/** What a station says no to is told; what breaks is not. */
function refusalOf(run: () => void): AdminAnswer | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { status: 409, body: { refused: 'not-possible', message: error.message } }
  }
}
