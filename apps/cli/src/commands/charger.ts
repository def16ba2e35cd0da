import type { Script } from '@plugtill/charger/script/schema'
import type { StationPlan } from '@plugtill/charger/script/station-plan'
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { couldNotRun, wrongUsage } from '../exit.ts'
import { readText } from '../lint/read-json.ts'

interface Options {
  readonly centralSystem?: string
  readonly id?: string
  readonly fleet?: string
  readonly ocpp?: string
  readonly evses?: string
  readonly kind?: string
  readonly power?: string
  readonly speed?: string
  readonly signedMeters?: boolean
  readonly script?: string
  readonly check?: boolean
  readonly password?: string
  readonly ramp: string
  readonly listen?: string
}

/** `plugtill charger`: stations against any central system, until Ctrl-C. */
export function addChargerCommand(program: Command, talk: Talk): void {
  program
    .command('charger')
    .description('simulated charging stations against any OCPP central system')
    .option(
      '--central-system <URL>',
      'its address without the id of the charger, e.g. ws://localhost:8080/ocpp or wss://…',
    )
    .option('--script <FILE>', 'stations and what happens to them, as YAML; then without the options on the next lines')
    .option('--id <ID>', 'identity of the charger')
    .option('--fleet <N>', 'so many of them, called ID-0001, ID-0002 …')
    .option('--ocpp <VERSION>', 'OCPP version: 1.6 or 2.0.1 (default: 1.6)')
    .option('--evses <N>', 'how many connectors (default: 1)')
    .option('--kind <KIND>', 'of the connectors: AC or DC (default: AC)')
    .option('--power <KW>', 'each of them has at most (default: 22 for AC, 150 for DC)')
    .option('--signed-meters', 'meters sign the first and the last reading (OCMF)')
    .option('--speed <N>', 'energy flows N times faster (default: 1)')
    .option('--check', 'only look whether the script is right')
    .option('--password <P>', 'HTTP basic authentication (or PLUGTILL_CHARGER_PASSWORD)')
    .option('--ramp <S>', 'all have connected for the first time within so many seconds', '0')
    .option('--listen <PORT>', 'live control on this port: plugtill sim … --api http://localhost:PORT')
    .action((options: Options) => run(options, talk))
}

async function run(options: Options, talk: Talk): Promise<void> {
  const plans =
    options.script === undefined ? await plansByOptions(options) : await plansByScript(options.script, options)
  if (options.check) {
    const said = { stations: plans.length, first: plans[0]?.id ?? null }
    return talk.answer(said, () => [
      `${options.script}: ${plans.length === 1 ? 'one station' : `${plans.length} stations`}, nothing wrong.`,
    ])
  }
  const { runChargers } = await import('../sim/run-chargers.ts')
  const password = options.password ?? (talk.io.env['PLUGTILL_CHARGER_PASSWORD'] || undefined)
  const chargers = {
    plans,
    endpoint: endpointOf(options.centralSystem),
    password,
    rampMs: numberIn('--ramp', options.ramp, { from: 0, to: 3_600 }) * 1_000,
    listen: options.listen === undefined ? undefined : numberIn('--listen', options.listen, { from: 0, to: 65_535 }),
    apiKey: talk.io.env['PLUGTILL_API_KEY'] || undefined,
  }
  await runChargers(chargers, talk.io.stopped, (event) => {
    const { at, event: name, ...more } = event
    const fields = Object.entries(more).map(([key, value]) => `${key}=${value}`)
    talk.io.out(talk.json() ? JSON.stringify(event) : `${at}  ${name.padEnd(10)}  ${fields.join(' ')}`.trimEnd())
  })
}

const BY_OPTION = ['id', 'fleet', 'ocpp', 'evses', 'kind', 'power', 'signedMeters', 'speed'] as const

async function plansByScript(file: string, options: Options): Promise<readonly StationPlan[]> {
  const given = BY_OPTION.find((name) => options[name] !== undefined)
  if (given !== undefined)
    throw wrongUsage(
      `--script says what the stations are: leave --${given === 'signedMeters' ? 'signed-meters' : given} out, or write it into the script.`,
    )
  const { readScript } = await import('@plugtill/charger/script/read-script')
  const read = readScript(await readText(file))
  if ('script' in read) return plansOf(read.script, (message) => couldNotRun(`${file}: ${message}`))
  const count = read.wrong.length === 1 ? 'one mistake' : `${read.wrong.length} mistakes`
  const lines = read.wrong.map(({ line, column, message }) => `  ${file}:${line}:${column}  ${message}`)
  throw couldNotRun(`${file} has ${count}:\n${lines.join('\n')}`)
}

async function plansOf(script: Script, wrong: (message: string) => Error): Promise<readonly StationPlan[]> {
  const { plansOf: make } = await import('@plugtill/charger/script/station-plan')
  try {
    return make(script)
  } catch (error) {
    throw error instanceof RangeError ? wrong(error.message) : error
  }
}

async function plansByOptions(options: Options): Promise<readonly StationPlan[]> {
  const { id, ocpp = '1.6', kind = 'AC' } = options
  if (options.check) throw wrongUsage('--check looks at a script: give it with --script.')
  if (id === undefined) throw wrongUsage('Which charger is it? Give --id, or --script with the stations in it.')
  if (!/^[\x21-\x2e\x30-\x7e]{1,48}$/.test(id))
    throw wrongUsage(`--id is "${id}"; it has to be 1 to 48 printable characters without spaces and slashes.`)
  if (ocpp !== '1.6' && ocpp !== '2.0.1') throw wrongUsage(`--ocpp is "${ocpp}"; it has to be 1.6 or 2.0.1.`)
  if (kind !== 'AC' && kind !== 'DC') throw wrongUsage(`--kind is "${kind}"; it has to be AC or DC.`)
  const powerKw = numberIn('--power', options.power ?? (kind === 'AC' ? '22' : '150'), {
    from: 1,
    to: 4_000,
    parts: true,
  })
  const evses = numberIn('--evses', options.evses ?? '1', { from: 1, to: 20 })
  const station = {
    id,
    ...(options.fleet !== undefined && {
      id: `${id}-{n}`,
      count: numberIn('--fleet', options.fleet, { from: 1, to: 10_000 }),
    }),
    ocpp,
    speed: numberIn('--speed', options.speed ?? '1', { from: 0.1, to: 3_600, parts: true }),
    signed_meters: options.signedMeters ?? false,
    connectors: Array.from({ length: evses }, () => ({ kind, max_power_kw: powerKw }) as const),
  } as const
  return plansOf({ stations: [station] }, (message) => wrongUsage(message))
}

function endpointOf(text: string | undefined): string {
  if (text === undefined) throw wrongUsage('Where to? Give --central-system, e.g. ws://localhost:8080/ocpp.')
  if (!URL.canParse(text) || !/^wss?:$/.test(new URL(text).protocol))
    throw wrongUsage(`--central-system is "${text}"; it has to be an address like ws://localhost:8080/ocpp.`)
  return text.replace(/\/+$/, '')
}

function numberIn(
  flag: string,
  text: string,
  { from, to, parts = false }: { readonly from: number; readonly to: number; readonly parts?: boolean },
): number {
  const value = (parts ? /^\d{1,6}(\.\d+)?$/ : /^\d{1,6}$/).test(text) ? Number(text) : Number.NaN
  if (value >= from && value <= to) return value
  throw wrongUsage(`${flag} is "${text}"; it has to be a ${parts ? '' : 'whole '}number from ${from} to ${to}.`)
}
