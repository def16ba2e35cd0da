/** The command `plugtill`: options that stand anywhere, one status for every way to end, nothing but the answer on stdout. */
import { Command, CommanderError } from 'commander'
import { type Api, createApi } from './api.ts'
import { addAccountsCommand } from './commands/accounts.ts'
import { addChargerCommand } from './commands/charger.ts'
import { addChargersCommand } from './commands/chargers.ts'
import { addCheckCommand } from './commands/check.ts'
import { addConfigCommand } from './commands/config.ts'
import { addContractsCommand } from './commands/contracts.ts'
import { addCpoBooksCommands } from './commands/cpo-books.ts'
import { addLintCommand } from './commands/lint.ts'
import { addMilestonesCommand } from './commands/milestones.ts'
import { addPaymentCommands } from './commands/payments.ts'
import { addPeersCommand } from './commands/peers.ts'
import { addPriceCommand } from './commands/price.ts'
import { addPspCommands } from './commands/psp.ts'
import { addReconcileCommand } from './commands/reconcile.ts'
import { addSandboxCommand } from './commands/sandbox.ts'
import { addSimCommand } from './commands/sim.ts'
import { addSitesCommand } from './commands/sites.ts'
import { addTapCommands } from './commands/tap.ts'
import { addTerminalsCommand } from './commands/terminals.ts'
import { addWorldCommand } from './commands/world.ts'
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
  for (const add of [
    addSandboxCommand,
    addPeersCommand,
    addTerminalsCommand,
    addContractsCommand,
    addTapCommands,
    addPaymentCommands,
    addReconcileCommand,
    addPspCommands,
    addChargerCommand,
    addChargersCommand,
    addCpoBooksCommands,
    addSimCommand,
    addSitesCommand,
    addAccountsCommand,
    addConfigCommand,
    addPriceCommand,
    addLintCommand,
    addCheckCommand,
    addMilestonesCommand,
    addWorldCommand,
  ])
    add(program, talk)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return EXIT.done
  } catch (error) {
    return ended(error, talk)
  }
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
