/** The command `plugtill`: options that stand anywhere, one status for every way to end, nothing but the answer on stdout. */
import { Command, CommanderError } from 'commander'
import plugtill from '../package.json' with { type: 'json' }
import { type Api, createApi } from './api.ts'
import { EXIT, Exit, type ExitStatus, wrongUsage } from './exit.ts'
import type { Io } from './io.ts'

/** What a command gets beside its own options. */
export interface Talk {
  readonly io: Io
  readonly api: () => Api
  readonly json: () => boolean
  /** The answer: as one JSON document, or as these lines for people. */
  readonly answer: (body: unknown, lines: () => readonly string[]) => void
}

const ADDRESS = 'http://localhost:8080'

export async function run(argv: readonly string[], io: Io): Promise<ExitStatus> {
  const program = new Command('plugtill')
  program
    .description('Card payment at the charger, over OCPI: both platforms, terminals and chargers.')
    .version(plugtill.version)
    .option('--json', 'one JSON document (JSON lines for a stream) and nothing else on stdout')
    .option('--api <url>', `admin API of a running platform (default: PLUGTILL_API or ${ADDRESS})`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'plugtill: ')),
    })
    .showHelpAfterError('Add --help to see what is possible.')
    .showSuggestionAfterError()
    .helpCommand(false)
  const talk = talkOf(program, io)
  for (const add of await wanted(argv)) add(program, talk)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return EXIT.done
  } catch (error) {
    return ended(error, talk)
  }
}

type Add = (program: Command, talk: Talk) => void

/** By the words that stand for them, in the order of the help. What is not asked for is not read, because reading takes most of a command's time. */
const COMMANDS: readonly (readonly [RegExp, () => Promise<Add>])[] = [
  [/^sandbox$/, async () => (await import('./commands/sandbox.ts')).addSandboxCommand],
  [/^serve$/, async () => (await import('./commands/serve.ts')).addServeCommand],
  [/^peers$/, async () => (await import('./commands/peers.ts')).addPeersCommand],
  [/^terminals$/, async () => (await import('./commands/terminals.ts')).addTerminalsCommand],
  [/^contracts$/, async () => (await import('./commands/contracts.ts')).addContractsCommand],
  [/^(?:tap|stop)$/, async () => (await import('./commands/tap.ts')).addTapCommands],
  [/^payments$/, async () => (await import('./commands/payments.ts')).addPaymentCommands],
  [/^reconcile$/, async () => (await import('./commands/reconcile.ts')).addReconcileCommand],
  [/^psp$/, async () => (await import('./commands/psp.ts')).addPspCommands],
  [/^charger$/, async () => (await import('./commands/charger.ts')).addChargerCommand],
  [/^chargers$/, async () => (await import('./commands/chargers.ts')).addChargersCommand],
  [/^(?:cdrs|invoices|tokens)$/, async () => (await import('./commands/cpo-books.ts')).addCpoBooksCommands],
  [/^sim$/, async () => (await import('./commands/sim.ts')).addSimCommand],
  [/^sites$/, async () => (await import('./commands/sites.ts')).addSitesCommand],
  [/^accounts$/, async () => (await import('./commands/accounts.ts')).addAccountsCommand],
  [/^config$/, async () => (await import('./commands/config.ts')).addConfigCommand],
  [/^price$/, async () => (await import('./commands/price.ts')).addPriceCommand],
  [/^lint$/, async () => (await import('./commands/lint.ts')).addLintCommand],
  [/^check$/, async () => (await import('./commands/check.ts')).addCheckCommand],
  [/^milestones$/, async () => (await import('./commands/milestones.ts')).addMilestonesCommand],
  [/^world$/, async () => (await import('./commands/world.ts')).addWorldCommand],
]

/** Every command that a word could name; all of them where none does, for the help and for the nearest name. */
function wanted(argv: readonly string[]): Promise<readonly Add[]> {
  const named = COMMANDS.filter(([name]) => argv.some((word) => name.test(word)))
  return Promise.all((named.length > 0 ? named : COMMANDS).map(([, load]) => load()))
}

function talkOf(program: Command, io: Io): Talk {
  const json = () => program.opts<{ json?: boolean }>().json === true
  return {
    io,
    json,
    api: () =>
      createApi({
        base: addressOf(program.opts<{ api?: string }>().api, io),
        key: io.env['PLUGTILL_API_KEY'] || undefined,
        stopped: io.stopped,
      }),
    answer: (body, lines) => {
      if (json()) io.out(JSON.stringify(body))
      else for (const line of lines()) io.out(line)
    },
  }
}

function addressOf(given: string | undefined, io: Io): string {
  const text = given ?? (io.env['PLUGTILL_API'] || ADDRESS)
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw wrongUsage(`--api is "${text}"; it has to be an address like ${ADDRESS}.`)
  return text.replace(/\/+$/, '')
}

/** One line on stderr says what happened; the status says which kind it is. */
function ended(error: unknown, { io, json }: Talk): ExitStatus {
  if (error instanceof CommanderError) {
    // Asked for help or the version: done. Commander has said the rest already.
    return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage
  }
  if (error instanceof Exit) {
    if (error.answer && json()) io.out(JSON.stringify(error.answer))
    if (error.message) io.err(`plugtill: ${error.message}`)
    return error.status
  }
  if (error instanceof Error && 'code' in error && error.name === 'Fault') {
    io.err(`plugtill: ${error.message}`)
    return EXIT.couldNotRun
  }
  io.err(`plugtill: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return EXIT.couldNotRun
}
