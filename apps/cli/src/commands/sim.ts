import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { wrongUsage } from '../exit.ts'
import type { chargerRecord } from '../sim/record.ts'
import { table } from '../text/table.ts'

type Charger = ReturnType<typeof chargerRecord>

interface Options {
  readonly connector: string
  readonly [option: string]: string | boolean | undefined
}

/** `plugtill sim …`: live control of the simulated chargers of a sandbox, or of `plugtill charger --listen`. */
export function addSimCommand(program: Command, talk: Talk): void {
  const sim = program
    .command('sim')
    .description(
      'simulated chargers: list, show, plug, unplug, card, stop, fault, clear, lock, meter, link, power, behaviour',
    )
  const act = (name: string, about: string) =>
    sim.command(`${name} <id>`).description(about).option('--connector <N>', 'by its number at the charger', '1')
  const post = async (id: string, name: string, body: object) =>
    show(talk, await talk.api().post<Charger>('sim', `/chargers/${encodeURIComponent(id)}/${name}`, body))
  const at = ({ connector }: Options) => ({ connector: whole('--connector', connector) })

  sim
    .command('list')
    .description('all of them')
    .action(async () => show(talk, ...(await talk.api().get<readonly Charger[]>('sim', '/chargers'))))
  sim
    .command('show <id>')
    .description('one of them')
    .action(async (id: string) =>
      show(talk, await talk.api().get<Charger>('sim', `/chargers/${encodeURIComponent(id)}`)),
    )
  act('plug', 'a driver plugs a car in')
    .option('--car <MODEL>', 'city, family, long-range, plug-in-hybrid, compact, touring, van, truck')
    .option('--soc <PERCENT>', 'battery on arrival')
    .action((id: string, { car, soc, ...more }: Options) =>
      post(id, 'plug', {
        ...at(more as Options),
        ...(car && { car }),
        ...(soc && { soc: whole('--soc', String(soc)) }),
      }),
    )
  act('unplug', 'the driver pulls the plug').action((id: string, options: Options) => post(id, 'unplug', at(options)))
  act('card', 'a card at the charger: begins a charge, or ends the one it began')
    .requiredOption('--tag <TAG>', 'what the card says')
    .action((id: string, options: Options) => post(id, 'card', { ...at(options), id_tag: options['tag'] }))
  act('stop', 'the driver ends the charge at the charger').action((id: string, options: Options) =>
    post(id, 'stop', at(options)),
  )
  act('fault', 'a connector breaks')
    .option('--code <CODE>', 'in the words of OCPP 1.6, e.g. GroundFailure')
    .action((id: string, options: Options) =>
      post(id, 'fault', { ...at(options), ...(options['code'] && { code: options['code'] }) }),
    )
  act('clear', 'the fault is mended').action((id: string, options: Options) => post(id, 'clear', at(options)))
  act('lock', 'the cable lock jams')
    .option('--free', 'is freed again')
    .action((id: string, options: Options) => post(id, 'lock', { ...at(options), jammed: options['free'] !== true }))
  act('meter', 'the meter jumps')
    .requiredOption('--add-wh <WH>', 'by so much; less than nothing lets it run backwards')
    .action((id: string, options: Options) =>
      post(id, 'meter', { ...at(options), add_wh: whole('--add-wh', String(options['addWh'])) }),
    )
  addStationActs(sim, post)
}

function addStationActs(sim: Command, post: (id: string, name: string, body: object) => Promise<void>): void {
  const forAWhile = (name: string, about: string, field: string) =>
    sim
      .command(`${name} <id>`)
      .description(about)
      .requiredOption('--down-s <S>', 'for so many seconds')
      .action((id: string, { downS }: { readonly downS: string }) =>
        post(id, name, { [field]: whole('--down-s', downS) * 1_000 }),
      )
  forAWhile('link', 'the connection to the central system is gone for a while', 'down_ms')
  forAWhile('power', 'the charger has no power for a while, and boots again', 'off_ms')
  sim
    .command('behaviour <id>')
    .description('how it answers from now on')
    .option('--remote-start <ANSWER>', 'accept, reject, silent')
    .option('--remote-stop <ANSWER>', 'accept, reject, silent')
    .option('--unlock <ANSWER>', 'unlock, fail, not-supported, silent')
    .option('--answer-after-ms <MS>', 'every call is answered this much later')
    .action((id: string, options: Options) =>
      post(id, 'behaviour', {
        ...(options['remoteStart'] && { remote_start: options['remoteStart'] }),
        ...(options['remoteStop'] && { remote_stop: options['remoteStop'] }),
        ...(options['unlock'] && { unlock: options['unlock'] }),
        ...(options['answerAfterMs'] && {
          answer_after_ms: whole('--answer-after-ms', String(options['answerAfterMs'])),
        }),
      }),
    )
}

function whole(flag: string, text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text)
  throw wrongUsage(`${flag} is "${text}"; it has to be a whole number.`)
}

/** One charger is one JSON object, several are a list. */
function show(talk: Talk, ...chargers: readonly Charger[]): void {
  const rows = chargers.flatMap((charger) => charger.connectors.map((connector) => ({ charger, connector })))
  talk.answer(chargers.length === 1 ? chargers[0] : chargers, () =>
    rows.length === 0
      ? ['No simulated chargers.']
      : table(rows, [
          { title: 'Charger', cell: ({ charger }) => charger.id },
          { title: 'Link', cell: ({ charger }) => (charger.connected ? charger.protocol : 'down') },
          { title: 'Connector', cell: ({ connector }) => String(connector.connector_id), align: 'right' },
          { title: 'Status', cell: ({ connector }) => connector.status },
          { title: 'Error', cell: ({ connector }) => (connector.error_code === 'NoError' ? '' : connector.error_code) },
          { title: 'W', cell: ({ connector }) => String(connector.power_w), align: 'right' },
          { title: 'Wh', cell: ({ connector }) => String(connector.register_wh), align: 'right' },
          { title: 'Car', cell: ({ connector }) => connector.car ?? '' },
          {
            title: 'SoC',
            cell: ({ connector }) => (connector.soc === null ? '' : `${connector.soc} %`),
            align: 'right',
          },
          { title: 'Tag', cell: ({ connector }) => connector.id_tag ?? '' },
          { title: 'Transaction', cell: ({ connector }) => connector.transaction_id ?? '' },
        ]),
  )
}
