/** `plugtill chargers …`: the charging stations of the CPO platform, and what can be done with one from afar. */
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { EXIT, Exit, wrongUsage } from '../exit.ts'
import { pairs, table } from '../text/table.ts'
import { listed } from './flags.ts'

interface ChargerAnswer {
  readonly id: string
  readonly connected: boolean
  readonly protocol: string | null
  readonly adoption: string
  readonly secret: boolean
  readonly vendor: string | null
  readonly model: string | null
  readonly firmware: string | null
  readonly reported: readonly { readonly evse: number | null; readonly connector: number }[]
  readonly connectors: readonly { readonly evse_uid: string; readonly location_id: string }[]
}
interface OutcomeAnswer {
  readonly outcome: string
}
interface Place {
  readonly connector?: string
  readonly evse?: string
}

const pathOf = (id: string, act = '') => `/chargers/${encodeURIComponent(id)}${act}`

export function addChargersCommand(program: Command, talk: Talk): void {
  const chargers = program
    .command('chargers')
    .description(
      "the CPO's charging stations: list, show, adopt, secret, forget, availability, unlock, reset, trigger, configuration",
    )
  chargers
    .command('list')
    .description('all charging stations, also those that wait to be adopted')
    .action(async () => {
      const found = await talk.api().get<readonly ChargerAnswer[]>('cpo', '/chargers')
      talk.answer(found, () =>
        table(found, [
          { title: 'Station', cell: (one) => one.id },
          { title: 'Connected', cell: (one) => (one.connected ? (one.protocol ?? 'yes') : 'no') },
          { title: 'Standing', cell: (one) => one.adoption },
          { title: 'Secret', cell: (one) => (one.secret ? 'yes' : 'no') },
          { title: 'EVSEs', cell: (one) => one.connectors.map(({ evse_uid }) => evse_uid).join(' ') },
        ]),
      )
    })
  chargers
    .command('show <ID>')
    .description('one charging station')
    .action(async (id: string) => show(talk, await talk.api().get<ChargerAnswer>('cpo', pathOf(id))))
  addStanding(chargers, talk)
  addOrders(chargers, talk)
  addConfiguration(chargers, talk)
}

function show(talk: Talk, one: ChargerAnswer): void {
  talk.answer(one, () =>
    pairs({
      Station: one.id,
      Connected: one.connected ? (one.protocol ?? 'yes') : 'no',
      Standing: one.adoption,
      Secret: one.secret ? 'yes' : 'no',
      Make: [one.vendor, one.model, one.firmware].filter((word) => word !== null).join(' '),
      Connectors: one.reported.map(({ evse, connector }) => (evse ? `${evse}.${connector}` : connector)).join(' '),
      EVSEs: one.connectors.map(({ evse_uid, location_id }) => `${evse_uid} at ${location_id}`).join(', '),
    }),
  )
}

interface Adopt {
  readonly location: string
  readonly tariffs?: string
  readonly powerType?: string
  readonly powerKw?: string
}

function addStanding(chargers: Command, talk: Talk): void {
  chargers
    .command('adopt <ID>')
    .description('say what a station that came by itself sells')
    .requiredOption('--location <ID>', 'where it stands')
    .option('--tariffs <A,B>', 'tariffs of its connectors')
    .option('--power-type <TYPE>', 'AC_1_PHASE, AC_3_PHASE or DC', 'AC_3_PHASE')
    .option('--power-kw <N>', 'what a connector gives at most', '22')
    .action(async (id: string, { location, tariffs, powerType, powerKw }: Adopt) => {
      const power = Number(powerKw)
      if (!(power > 0 && power <= 4000))
        throw wrongUsage(`--power-kw is "${powerKw}"; it has to be a number from 0.1 to 4000.`)
      const plan = { location_id: location, power_type: powerType, power_kw: power }
      const body = tariffs === undefined ? plan : { ...plan, tariff_ids: listed(tariffs) }
      show(talk, await talk.api().post<ChargerAnswer>('cpo', pathOf(id, '/adopt'), body))
    })
  chargers
    .command('secret <ID>')
    .description('give a station a secret for basic authentication; it is shown once')
    .option('--set <SECRET>', '16 to 40 characters; made here when left out')
    .action(async (id: string, { set }: { readonly set?: string }) => {
      const body = set === undefined ? {} : { secret: set }
      const answer = await talk.api().post<{ readonly secret: string }>('cpo', pathOf(id, '/secret'), body)
      talk.answer(answer, () => [answer.secret])
    })
  chargers
    .command('forget <ID>')
    .description('forget a station that came by itself; its EVSEs are REMOVED')
    .action(async (id: string) => {
      const answer = await talk.api().delete<object>('cpo', pathOf(id))
      talk.answer(answer, () => [`${id} is forgotten.`])
    })
}

/** What the station said; anything but yes is exit status 1. */
function tell(talk: Talk, answer: OutcomeAnswer): void {
  talk.answer(answer, () => [answer.outcome])
  if (answer.outcome !== 'accepted') throw new Exit(EXIT.no, `The station did not do it: ${answer.outcome}.`, answer)
}

const placed = ({ connector, evse }: Place) => ({
  ...(connector !== undefined && { connector: numberOf('--connector', connector) }),
  ...(evse !== undefined && { evse: numberOf('--evse', evse) }),
})

function numberOf(flag: string, text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text)
  throw wrongUsage(`${flag} is "${text}"; it has to be a whole number.`)
}

function addOrders(chargers: Command, talk: Talk): void {
  const order = async (id: string, act: string, body: object) =>
    tell(talk, await talk.api().post<OutcomeAnswer>('cpo', pathOf(id, `/${act}`), body))
  const connector = ['--connector <N>', "the station's own number of the connector"] as const
  const evse = ['--evse <N>', 'and of the EVSE, where it counts them (OCPP 2.0.1)'] as const
  chargers
    .command('availability <ID> <in|out>')
    .description('put a station, or one connector, into or out of use')
    .option(...connector)
    .option(...evse)
    .action((id: string, way: string, place: Place) => {
      if (way !== 'in' && way !== 'out') throw wrongUsage(`"${way}" is neither in nor out.`)
      return order(id, 'availability', { operative: way === 'in', ...placed(place) })
    })
  chargers
    .command('unlock <ID>')
    .description('unlock the cable of a connector')
    .requiredOption(...connector)
    .option(...evse)
    .action((id: string, place: Place) => order(id, 'unlock', placed(place)))
  chargers
    .command('reset <ID>')
    .description('restart a station')
    .option('--hard', 'at once, whatever charges there')
    .action((id: string, { hard }: { readonly hard?: boolean }) => order(id, 'reset', { type: hard ? 'Hard' : 'Soft' }))
  chargers
    .command('trigger <ID> <MESSAGE>')
    .description('ask a station for a message, for example StatusNotification')
    .option(...connector)
    .option(...evse)
    .action((id: string, message: string, place: Place) => order(id, 'trigger', { message, ...placed(place) }))
}

interface SettingsAnswer extends OutcomeAnswer {
  readonly settings: readonly { readonly name: string; readonly value: string | null; readonly readonly: boolean }[]
  readonly unknown: readonly string[]
}

function addConfiguration(chargers: Command, talk: Talk): void {
  chargers
    .command('configuration <ID>')
    .description('settings of a station: shown, or one of them changed')
    .option('--names <A,B>', 'only these; OCPP 2.0.1: Component.Variable')
    .option('--set <NAME=VALUE>', 'change this one')
    .action(async (id: string, { names, set }: { readonly names?: string; readonly set?: string }) => {
      const path = pathOf(id, '/configuration')
      if (set !== undefined) {
        const [, name, value] = /^([^=]+)=(.*)$/.exec(set) ?? []
        if (name === undefined) throw wrongUsage(`--set is "${set}"; it has to be NAME=VALUE.`)
        return tell(talk, await talk.api().post<OutcomeAnswer>('cpo', path, { name, value }))
      }
      const query = names === undefined ? '' : `?names=${encodeURIComponent(names)}`
      const answer = await talk.api().get<SettingsAnswer>('cpo', `${path}${query}`)
      talk.answer(answer, () => [
        ...table(answer.settings, [
          { title: 'Setting', cell: (one) => one.name },
          { title: 'Value', cell: (one) => one.value ?? '' },
          { title: 'May change', cell: (one) => (one.readonly ? 'no' : 'yes') },
        ]),
        ...answer.unknown.map((name) => `${name} is not known there.`),
      ])
      if (answer.outcome !== 'accepted') throw new Exit(EXIT.no, `The station did not answer: ${answer.outcome}.`)
    })
}
