import { availableParallelism } from 'node:os'
import { MESSAGES } from '@plugtill/world/storm/orders'
import { lacksOf, NOT_SIMULATED, type RunReport, runWorlds, SESSIONS_IN_A_WORLD } from '@plugtill/world/storm/run'
import { type Shrunk, shrink } from '@plugtill/world/storm/shrink'
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { EXIT, Exit, wrongUsage } from '../exit.ts'

interface Options {
  readonly seed: string
  readonly sessions: string
  readonly threads: string
  readonly wholeFrom: string
}

/** `plugtill world`: storms around the production code; the same seed is the same world, bit for bit. */
export function addWorldCommand(program: Command, talk: Talk): void {
  program
    .command('world')
    .description('simulate sessions in bad weather on a virtual clock, and check every book against the others')
    .option('--seed <N>', 'the same seed is the same world, bit for bit', '1')
    .option('--sessions <M>', 'how many drivers come', '1000')
    .option('--threads <T>', 'worlds side by side; changes no result', String(availableParallelism()))
    .option(
      '--whole-from <M>',
      'a run of so many sessions fails when a case or an order of messages was not met, or a session had too few faults',
      '5000',
    )
    .action(async (options: Options) => {
      const [seed, sessions, threads] = [
        whole('--seed', options.seed),
        whole('--sessions', options.sessions),
        whole('--threads', options.threads),
      ]
      const wholeFrom = whole('--whole-from', options.wholeFrom)
      const report = await runWorlds({
        seed,
        sessions,
        threads,
        stopped: talk.io.stopped,
        onWorld: (_, done, of) => of > 1 && talk.io.err(`world ${done} of ${of}`),
      })
      const [first] = report.broken
      const found =
        first && (await shrink({ ...first, seed: first.world, sessions: Math.min(sessions, SESSIONS_IN_A_WORLD) }))
      talk.answer(recordOf(report, found), () => linesOf(report, found))
      if (first !== undefined) throw new Exit(EXIT.no, '')
      if (report.sessions < sessions)
        throw new Exit(EXIT.no, `Stopped after ${report.sessions} of ${sessions} sessions, before the run had ended.`)
      const lacks = sessions >= wholeFrom ? lacksOf(report) : []
      if (lacks.length > 0) throw new Exit(EXIT.no, `The run has not looked everywhere: ${lacks.join('; ')}.`)
    })
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw wrongUsage(`${name} is "${text}"; it has to be a whole number from 1 on.`)
  return Number(text)
}

const recordOf = (report: RunReport, found: Shrunk | undefined) => ({
  seed: report.seed,
  sessions: report.sessions,
  worlds: report.worlds,
  messages: report.messages,
  faults: report.faults,
  faults_per_session: Math.round((report.faults / report.sessions) * 100) / 100,
  begun: report.begun,
  own_faults_per_begun: Math.round((report.ownFaults / report.begun) * 100) / 100,
  begun_with_few_faults: report.fewFaults,
  trace_hash: report.hash,
  rows: report.rows,
  rows_missed: report.missed,
  rows_not_simulated: NOT_SIMULATED,
  orders: report.orders,
  orders_missed: report.ordersMissed,
  violations: report.broken.map(({ world, rule }) => ({ world, rule })),
  ...(found && { shrunk: found }),
})

function linesOf(report: RunReport, found: Shrunk | undefined): readonly string[] {
  const met = Object.keys(report.rows).filter((row) => row.startsWith('F')).length
  return [
    `${report.sessions} sessions in ${report.worlds} worlds from seed ${report.seed}: ${report.messages} messages, ${(report.faults / report.sessions).toFixed(2)} faults for each session`,
    `${report.begun} drivers came to a payment, the others were turned away before; ${report.begun - report.fewFaults} of these sessions were touched by five faults or more, ${(report.ownFaults / report.begun).toFixed(2)} on average`,
    `cases of the failure model met: ${met} of 80${report.missed.length > 0 ? `, not met: ${report.missed.join(' ')}` : ''}`,
    ...Object.entries(NOT_SIMULATED).map(([row, why]) => `  ${row} is not simulated: ${why}`),
    `orders of messages met: ${report.orders.length} of ${report.orders.length + report.ordersMissed.length}${report.ordersMissed.length > 0 ? `, not met: ${report.ordersMissed.join(', ')}` : ''}`,
    ...tableOf(report.orders),
    `trace ${report.hash}`,
    ...(found === undefined ? ['no rule was broken'] : brokenLines(report, found)),
  ]
}

/** One line for each kind of message: before which others it has come. */
const tableOf = (orders: readonly string[]): readonly string[] =>
  MESSAGES.map((first) => {
    const then = MESSAGES.filter((one) => orders.includes(`${first} < ${one}`))
    return `  ${first.padEnd(14)} before ${then.join(', ') || 'none'}`
  })

const brokenLines = (report: RunReport, found: Shrunk): readonly string[] => [
  `${report.broken.length} rules were broken, the first one in world ${found.seed}:`,
  `  ${found.rule}`,
  `  shrunk in ${found.runs} runs to ${found.drivers.length} drivers and ${found.faults.length} faults:`,
  ...found.faults.map((fault) => `    ${fault}`),
  ...found.trace.map((step) => `  ${step.slice(0, 400)}`),
  ...(report.broken.length > 1 ? ['the others, not shrunk:'] : []),
  ...report.broken.slice(1).map(({ world, rule }) => `  world ${world}: ${rule}`),
]
