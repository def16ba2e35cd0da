/**
 * The language of charger scripts: which stations there are, how they answer, what happens to them. One JSON Schema
 * checks a script, gives its types, and lets editors complete it.
 */
import Type, { type Static, type TProperties } from 'typebox'
import { faultCodes } from '../behaviour.ts'
import { cars } from '../car.ts'
import { DURATION, DURATION_OR_NEVER, SKEW } from './duration.ts'

const object = <P extends TProperties>(properties: P, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })
const choice = <const T extends readonly string[]>(values: T, description: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description })
const optional = Type.Optional
const duration = (description: string) => Type.String({ pattern: DURATION, description, examples: ['5s', '2min'] })
const orNever = (description: string) =>
  Type.String({ pattern: DURATION_OR_NEVER, description, examples: ['5s', '2min', 'never'] })

const Connector = Type.Integer({ minimum: 1, maximum: 100, description: 'number of the connector, default 1' })
const AtConnector = object({ connector: optional(Connector) })
const CarName = choice(Object.keys(cars) as (keyof typeof cars)[], 'model of the car')
const Soc = Type.Number({ minimum: 0, maximum: 100, description: 'battery in percent' })
const answers = ['accept', 'reject', 'silent'] as const
const statuses = [
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEV',
  'SuspendedEVSE',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
] as const

const Behaviour = object(
  {
    remote_start: optional(choice(answers, 'answer to a remote start')),
    remote_stop: optional(choice(answers, 'answer to a remote stop')),
    unlock: optional(choice(['unlock', 'fail', 'not-supported', 'silent'], 'answer to UnlockConnector')),
    silent_on: optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
        maxItems: 100,
        description: 'actions of the central system that are never answered; "*" is all of them',
      }),
    ),
    answer_after: optional(duration('every call is answered this much later')),
    clock_skew: optional(
      Type.String({ pattern: SKEW, description: 'the clock is ahead by so much, or behind', examples: ['-90s', '2h'] }),
    ),
    meter_values_late: optional(duration('samples are told this much later, with the time they were taken')),
    transaction_ids: optional(
      choice(['right', 'wrong'], 'wrong: samples and the end name a transaction that nobody began'),
    ),
    fault_after: optional(orNever('the connector breaks so long after a charge began')),
    fault_code: optional(choice(faultCodes, 'what breaks')),
    link_drops_after: optional(orNever('the link breaks so long after a charge began')),
    link_drops_for: optional(duration('and stays away so long')),
  },
  { description: 'how the station answers and fails' },
)

const Car = object(
  {
    model: optional(CarName),
    soc: optional(Soc),
    comes_after: optional(orNever('so long after a remote start it is plugged in')),
    stop_at_soc: optional(Soc),
    leaves_after: optional(orNever("leaves so long after energy began to flow, in the station's speed")),
    leaves_after_full: optional(orNever('stays so long when it takes no more')),
    leaves_after_stop: optional(orNever('stays so long after the charge was ended')),
  },
  { description: 'the car that comes after a remote start' },
)

const Step = object(
  {
    wait: optional(duration('nothing happens for a while')),
    plug: optional(
      object(
        { connector: optional(Connector), car: optional(CarName), soc: optional(Soc) },
        { description: 'a car is plugged in' },
      ),
    ),
    unplug: optional(AtConnector),
    card: optional(
      object(
        { connector: optional(Connector), tag: Type.String({ minLength: 1, maxLength: 36 }) },
        { description: 'a driver holds a card to the station: begins a charge, or ends the one it began' },
      ),
    ),
    stop: optional(AtConnector),
    fault: optional(object({ connector: optional(Connector), code: optional(choice(faultCodes, 'what breaks')) })),
    clear: optional(AtConnector),
    lock: optional(
      object(
        { connector: optional(Connector), jammed: Type.Boolean() },
        { description: 'the cable lock jams, or is freed' },
      ),
    ),
    meter: optional(
      object(
        { connector: optional(Connector), add_wh: Type.Integer({ minimum: -1e9, maximum: 1e9 }) },
        { description: 'the meter jumps; with less than nothing it runs backwards' },
      ),
    ),
    link_down: optional(duration('the link breaks and comes back after a while')),
    power_off: optional(duration('the station has no power for a while, and boots again')),
    behave: optional(Behaviour),
    until: optional(
      object(
        {
          connector: optional(Connector),
          status: choice(statuses, 'in the words of OCPP 1.6'),
          within: optional(duration('gives up after this; default 10min')),
        },
        { description: 'waits until a connector has a status' },
      ),
    ),
  },
  { minProperties: 1, maxProperties: 1, description: 'one thing that happens' },
)

const ConnectorSetup = object({
  kind: choice(['AC', 'DC'], 'alternating or direct current'),
  max_power_kw: Type.Number({ exclusiveMinimum: 0, maximum: 4_000 }),
  phases: optional(Type.Integer({ enum: [1, 3], description: 'AC only; default 3' })),
  rotation: optional(choice(['RST', 'RTS', 'SRT', 'STR', 'TRS', 'TSR'], 'to which phases of the grid it is wired')),
  register_wh: optional(Type.Integer({ minimum: 0, maximum: 1e12, description: 'what the meter shows at first' })),
})

const ScriptStation = object({
  id: Type.String({
    pattern: '^[\\x21-\\x2e\\x30-\\x7e]{1,48}$',
    description: 'identity; with count, {n} becomes 0001, 0002 …',
  }),
  count: optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'so many stations alike' })),
  ocpp: optional(choice(['1.6', '2.0.1'], 'default 1.6; in quotes, as it is no number')),
  vendor: optional(Type.String({ minLength: 1, maxLength: 20 })),
  model: optional(Type.String({ minLength: 1, maxLength: 20 })),
  firmware: optional(Type.String({ minLength: 1, maxLength: 50 })),
  password: optional(Type.String({ minLength: 1, maxLength: 40, description: 'HTTP basic authentication' })),
  connectors: optional(Type.Array(ConnectorSetup, { minItems: 1, maxItems: 100 })),
  shared_power_kw: optional(Type.Number({ exclusiveMinimum: 0, description: 'what all connectors together may draw' })),
  signed_meters: optional(Type.Boolean({ description: 'meters sign the first and the last reading (OCMF)' })),
  speed: optional(Type.Number({ minimum: 0.1, maximum: 3_600, description: 'energy flows so many times faster' })),
  configuration: optional(
    Type.Record(Type.String(), Type.String(), { description: 'configuration keys of OCPP 1.6, values in quotes' }),
  ),
  behaviour: optional(Behaviour),
  car: optional(Car),
  steps: optional(Type.Array(Step, { maxItems: 1_000, description: 'what happens, in order, once it is accepted' })),
  repeat: optional(Type.Boolean({ description: 'the steps begin anew when they are over' })),
})

export const ScriptShape = object({
  stations: Type.Array(ScriptStation, { minItems: 1, maxItems: 1_000 }),
})

export type Script = Static<typeof ScriptShape>
export type ScriptStation = Static<typeof ScriptStation>
export type ScriptStep = Static<typeof Step>
export type ScriptBehaviour = Static<typeof Behaviour>
export type ScriptCar = Static<typeof Car>

/** For editors: `# yaml-language-server: $schema=…` in the first line of a script. */
export function scriptSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Script of simulated charging stations',
    ...ScriptShape,
  }
}
