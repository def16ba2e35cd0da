import type { Report } from '@plugtill/conformance/report'
import { textReport } from '@plugtill/conformance/reports/text'
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { wrongUsage } from '../exit.ts'
import { table } from '../text/table.ts'

interface BoardAnswer {
  readonly platform: string
  readonly peer: string
  readonly partner: Report['partner']
  readonly role: string
  readonly version: string
  readonly milestones: readonly {
    readonly id: string
    readonly title: string
    readonly status: string
    readonly done: number
    readonly of: number
  }[]
  readonly roots: readonly string[]
}

const WORDS: Readonly<Record<string, string>> = { pass: 'reached', fail: 'not reached', untestable: 'under way' }

/** `plugtill milestones`: the live boards of a running platform. */
export function addMilestonesCommand(program: Command, talk: Talk): void {
  program
    .command('milestones')
    .description('how far the partners of a running platform are, judged by the traffic so far')
    .option('--platform <ptp|cpo>', 'only partners of this platform of ours')
    .option('--peer <ID>', 'the whole board of one partner')
    .action(async ({ platform, peer }: { readonly platform?: string; readonly peer?: string }) => {
      if (platform !== undefined && platform !== 'ptp' && platform !== 'cpo')
        throw wrongUsage(`--platform is "${platform}"; it has to be ptp or cpo.`)
      const boards = (await talk.api().get<readonly BoardAnswer[]>('judge', '/boards')).filter(
        (one) => (platform === undefined || one.platform === platform) && (peer === undefined || one.peer === peer),
      )
      if (peer === undefined) return talk.answer(boards, () => boards.flatMap(linesOf))
      const [board] = boards
      if (board === undefined)
        throw wrongUsage(`Nothing was said with a partner "${peer}" yet. "plugtill milestones" lists them.`)
      const report = await talk.api().get<Report>('judge', `/boards/${board.platform}/${encodeURIComponent(peer)}`)
      talk.answer(report, () => textReport(report))
    })
}

const linesOf = ({
  platform,
  peer,
  partner,
  role,
  version,
  milestones,
  roots: [first],
}: BoardAnswer): readonly string[] => [
  `${role.toUpperCase()} ${partner.name} (${partner.country_code}-${partner.party_id}), OCPI ${version}, a partner of our ${platform.toUpperCase()}: ${peer}`,
  ...table(milestones, [
    { title: '  Milestone', cell: ({ title }) => `  ${title}` },
    { title: 'State', cell: ({ status }) => WORDS[status] },
    { title: 'Rules', cell: ({ done, of }) => `${done} of ${of}`, align: 'right' },
  ]),
  ...(first === undefined ? [] : [`  mend ${first} first`]),
  '',
]
