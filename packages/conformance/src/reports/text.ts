/** The report for a person at a shell, in the manner of a good compiler. */
import type { Report } from '../report.ts'
import { type FindingReport, findingsIn, progressOf, sourceText, timesText, waitingIn } from './findings.ts'

const MARKS = { pass: '✓', fail: '✗', untestable: '·' } as const
const MOST_FOLLOWS = 5

export function textReport(report: Report): readonly string[] {
  const waiting = waitingIn(report)
  const { partner, role, version, summary } = report
  const who =
    partner.name === '' ? partner.versions_url : `${partner.name} (${partner.country_code}-${partner.party_id})`
  return [
    ...findingsIn(report).flatMap(findingLines),
    ...(waiting.length === 0
      ? []
      : [
          'Not tested, because it did not happen in this run:',
          ...waiting.map((one) => `  · ${one.id}  ${one.message.replace('Not testable: ', 'needs ')}`),
          '',
        ]),
    `${role.toUpperCase()} ${who}, OCPI ${version}`,
    ...milestoneLines(report),
    '',
    `${summary.pass} hold, ${summary.fail} fail, ${summary.warn} warnings, ${summary.untestable} not testable, ` +
      `${summary['not-applicable']} not applicable; ${summary.exchanges} messages in ${(report.duration_ms / 1000).toFixed(1)} s`,
    report.note,
  ]
}

function findingLines({ rule, follows, evidence, lines }: FindingReport): readonly string[] {
  const kind = rule.status === 'fail' ? 'error' : 'warning'
  const place =
    evidence === undefined
      ? 'nothing was sent'
      : `${evidence.request.method} ${evidence.request.url} → ${evidence.response === null ? 'no answer' : `HTTP ${evidence.response.status}`}`
  const bar = '   |'
  return [
    `${kind}[${rule.id}]: ${rule.message}`,
    `  --> ${place}`,
    ...(lines.length === 0 ? [] : [bar]),
    ...lines.flatMap(({ text, marked }) =>
      marked
        ? [
            `   > ${text}`,
            `${bar} ${text.replace(/\S.*$/, '')}${'^'.repeat(Math.min(40, text.trim().length))} ${rule.expected ?? ''}`.trimEnd(),
          ]
        : [`${bar} ${text}`],
    ),
    ...(lines.length === 0 ? [] : [bar]),
    ...(rule.expected === null ? [] : [`   = expected: ${rule.expected}`]),
    ...(rule.actual === null ? [] : [`   = actual:   ${rule.actual}`]),
    `   = why:      ${rule.why}`,
    `   = fix:      ${rule.fix}`,
    `   = seen:     ${timesText(rule)}; ${rule.keyword}, ${rule.milestone}; ${sourceText(rule)}`,
    ...(follows.length === 0 ? [] : [`   = follows:  ${followsText(follows.map(({ id }) => id))}`]),
    '',
  ]
}

const followsText = (ids: readonly string[]): string =>
  ids.length > MOST_FOLLOWS
    ? `${ids.slice(0, MOST_FOLLOWS).join(', ')} and ${ids.length - MOST_FOLLOWS} more`
    : ids.join(', ')

function milestoneLines(report: Report): readonly string[] {
  const longest = Math.max(...report.milestones.map(({ title }) => title.length))
  return report.milestones.flatMap(({ id, title, status, blocked_by: [first] }) => {
    const { done, of } = progressOf(report, id)
    // Not part of this run.
    if (of === 0) return []
    const next = status === 'pass' || first === undefined ? '' : `  mend ${first} first`
    return [`  ${MARKS[status]} ${title.padEnd(longest)}  ${`${done} of ${of}`.padStart(9)}${next}`]
  })
}
