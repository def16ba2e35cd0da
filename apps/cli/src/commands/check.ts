import { writeFileSync } from 'node:fs'
import {
  type Catalogue,
  MILESTONES,
  type MilestoneId,
  type Target,
  type Version,
} from '@plugtill/conformance/catalogue'
import { loadCatalogue } from '@plugtill/conformance/catalogue-files'
import { type ExpectedFailure, readExpectedFailures, verdictOf } from '@plugtill/conformance/expected-failures'
import type { Report } from '@plugtill/conformance/report'
import { sourceText } from '@plugtill/conformance/reports/findings'
import { htmlReport } from '@plugtill/conformance/reports/html'
import { junitReport } from '@plugtill/conformance/reports/junit'
import { textReport } from '@plugtill/conformance/reports/text'
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { couldNotRun, EXIT, Exit, wrongUsage } from '../exit.ts'
import { operatorOf } from '../judge/operator.ts'
import type { CheckParts } from '../judge/run-check.ts'
import { SPEC } from '../judge/spec-folder.ts'
import { readText } from '../lint/read-json.ts'

interface Options {
  readonly versionsUrl?: string
  readonly token?: string
  readonly invite?: boolean
  readonly version?: string
  readonly milestone?: string
  readonly rule?: string
  readonly list?: boolean
  readonly strict?: boolean
  readonly report: string
  readonly output?: string
  readonly listen: string
  readonly publicUrl?: string
  readonly countryCode: string
  readonly partyId: string
  readonly expectedFailures?: string
  readonly patience: string
  readonly operatorPatience: string
  readonly operatorHook?: string
  readonly speed?: string
}

const REPORTS: Readonly<Record<string, (report: Report) => string>> = {
  text: (report) => textReport(report).join('\n'),
  json: (report) => JSON.stringify(report),
  junit: junitReport,
  html: htmlReport,
}

/** `plugtill check cpo|ptp`: the judge against somebody's platform. */
export function addCheckCommand(program: Command, talk: Talk): void {
  program
    .command('check')
    .argument('<cpo|ptp>', 'what the platform under test is')
    .description("the judge: plays the other side against a partner's system and says which milestones are reached")
    .option('--versions-url <URL>', 'versions endpoint of the platform under test')
    .option('--token <T>', 'token A of its invitation for the judge')
    .option('--invite', 'the platform under test starts the handshake: prints a token and a versions URL for it')
    .option('--version <V>', 'OCPI version to speak: 2.3.0 or 2.2.1 (default: the highest that both do)')
    .option('--milestone <ID>', `only up to this one: ${MILESTONES.join(', ')}`)
    .option('--rule <ID>', 'only this rule, or all whose ids begin so')
    .option('--list', 'print the rules and run nothing')
    .option('--strict', 'SHOULD counts like MUST')
    .option('--report <KIND>', 'text, json, junit or html', 'text')
    .option('--output <FILE>', 'write the report there')
    .option('--listen <PORT>', 'port of the judge', '0')
    .option('--public-url <URL>', 'where the platform under test reaches the judge (default: http://localhost:PORT)')
    .option('--country-code <CC>', "the judge's own party, to which your invitation is bound", 'NL')
    .option('--party-id <PID>', 'likewise', 'JDG')
    .option('--expected-failures <FILE>', 'YAML list of {rule, reason}: they do not fail the run, stale ones do')
    .option('--patience <S>', 'how long the judge waits for a message', '30')
    .option('--operator-patience <S>', 'how long it waits for what a person has to do', '120')
    .option('--speed <N>', 'its chargers are simulated, N times faster than life')
    .option(
      '--operator-hook <COMMAND>',
      'run for each such step, with PLUGTILL_STEP and its details in the environment',
    )
    .action(async (target: string, options: Options) => {
      const catalogue = loadCatalogue(SPEC)
      const asked = targetOf(target)
      const only = ruleFilter(options.rule, asked, catalogue)
      if (options.list) return list(talk, asked, { catalogue, only })
      const print = printerOf(options, talk)
      const expected = await expectedOf(options.expectedFailures, catalogue)
      const { runCheck } = await import('../judge/run-check.ts')
      const say = (line: string) => talk.io.err(line)
      const report = await runCheck({
        ...partsOf(asked, options),
        catalogue,
        only,
        operator: operatorOf(say, options.operatorHook),
        onProgress: (progress) => say(progress.kind === 'scenario' ? `· ${progress.name}` : `  ${progress.text}`),
      })
      print(report)
      const { good, stale } = verdictOf(report, expected, { strict: options.strict === true })
      for (const { rule } of stale) say(`plugtill: ${rule} holds by now: take it out of the expected failures.`)
      if (!good) throw new Exit(EXIT.no, '')
    })
}

function targetOf(text: string): Target {
  if (text !== 'cpo' && text !== 'ptp') throw wrongUsage(`"${text}" cannot be checked; say cpo or ptp.`)
  return text
}

type Only = NonNullable<CheckParts['only']>

function ruleFilter(rule: string | undefined, target: Target, { requirements }: Catalogue): Only {
  if (rule === undefined) return () => true
  const fits: Only = ({ id, against }) =>
    against.includes(target) && (id === rule || id.startsWith(`${rule}/`) || id.startsWith(`${rule}.`))
  if (!requirements.some(fits))
    throw wrongUsage(
      `--rule is "${rule}"; there is none for a ${target.toUpperCase()}. "plugtill check ${target} --list" names them.`,
    )
  return fits
}

function list(
  talk: Talk,
  target: Target,
  { catalogue, only }: { readonly catalogue: Catalogue; readonly only: Only },
): void {
  const rules = catalogue.requirements.filter((one) => one.against.includes(target) && only(one))
  talk.answer(rules, () =>
    catalogue.milestones.flatMap(({ id, title }) => {
      const here = rules.filter(({ milestone }) => milestone === id)
      return here.length === 0
        ? []
        : [title, ...here.map((one) => `  ${one.keyword.padEnd(6)}  ${one.id}  ${one.text} (${sourceText(one)})`), '']
    }),
  )
}

function partsOf(target: Target, options: Options): Omit<CheckParts, 'catalogue' | 'operator' | 'onProgress'> {
  const { milestone, version, publicUrl, countryCode, partyId } = options
  if (milestone !== undefined && !MILESTONES.some((id) => id === milestone))
    throw wrongUsage(`--milestone is "${milestone}"; it has to be one of ${MILESTONES.join(', ')}.`)
  if (version !== undefined && version !== '2.3.0' && version !== '2.2.1')
    throw wrongUsage(`--version is "${version}"; the judge speaks 2.3.0 and 2.2.1.`)
  if (!/^[A-Za-z]{2}$/.test(countryCode) || !/^[\x21-\x7e]{1,3}$/.test(partyId))
    throw wrongUsage(`"${countryCode}-${partyId}" is no party: two letters of the country, up to three characters.`)
  const invitation = invitationOf(options)
  if (publicUrl !== undefined && !isHttp(publicUrl))
    throw wrongUsage(`--public-url is "${publicUrl}"; it has to be an address like https://judge.example.`)
  if (publicUrl === undefined && invitation !== undefined && !isHere(invitation.versionsUrl))
    throw wrongUsage(
      'The platform under test calls the judge back: say with --public-url (and --listen) where it reaches it.',
    )
  return {
    target,
    invitation,
    party: { countryCode: countryCode.toUpperCase(), partyId: partyId.toUpperCase() },
    ...(version === undefined ? {} : { version: version as Version }),
    ...(milestone === undefined ? {} : { milestone: milestone as MilestoneId }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    // Without a public address only this machine has to reach it.
    host: publicUrl === undefined ? 'localhost' : '::',
    port: whole('--listen', options.listen, { from: 0, to: 65_535 }),
    patienceMs: whole('--patience', options.patience, { from: 1, to: 3_600 }) * 1000,
    operatorMs: whole('--operator-patience', options.operatorPatience, { from: 1, to: 86_400 }) * 1000,
    ...(options.speed !== undefined && { speed: whole('--speed', options.speed, { from: 1, to: 3_600 }) }),
  }
}

function invitationOf({ versionsUrl, token, invite }: Options): CheckParts['invitation'] {
  if (invite === true) {
    if (versionsUrl !== undefined || token !== undefined)
      throw wrongUsage('With --invite the platform under test starts: leave --versions-url and --token out.')
    return undefined
  }
  if (versionsUrl === undefined || token === undefined)
    throw wrongUsage('Give --versions-url URL and --token T of an invitation, or --invite to be called.')
  if (!isHttp(versionsUrl))
    throw wrongUsage(
      `--versions-url is "${versionsUrl}"; it has to be an address like https://cpo.example/ocpi/versions.`,
    )
  return { versionsUrl, token }
}

const isHttp = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '')
const isHere = (url: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(URL.parse(url)?.hostname ?? '')

function whole(name: string, text: string, { from, to }: { readonly from: number; readonly to: number }): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= from && value <= to))
    throw wrongUsage(`${name} is "${text}"; it has to be a whole number from ${from} to ${to}.`)
  return value
}

/** With `--json` the report is the output, whatever else is written to a file. */
function printerOf({ report: kind, output }: Options, talk: Talk): (report: Report) => void {
  const write = REPORTS[kind]
  if (write === undefined) throw wrongUsage(`--report is "${kind}"; it has to be text, json, junit or html.`)
  return (report) => {
    if (output !== undefined) save(output, write(report))
    if (talk.json()) talk.io.out(JSON.stringify(report))
    else if (output === undefined) talk.io.out(write(report))
    else for (const line of textReport(report)) talk.io.err(line)
  }
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw couldNotRun(`The report could not be written to ${file}: ${(error as Error).message}.`)
  }
}

async function expectedOf(file: string | undefined, { requirements }: Catalogue): Promise<readonly ExpectedFailure[]> {
  if (file === undefined) return []
  const text = await readText(file)
  try {
    return readExpectedFailures(text, new Set(requirements.map(({ id }) => id)))
  } catch (error) {
    throw wrongUsage(`${file}: ${(error as Error).message}`)
  }
}
