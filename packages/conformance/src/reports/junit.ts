/** The report as JUnit XML, for build servers: a suite per milestone, a case per requirement. */
import type { Report, RuleReport } from '../report.ts'
import { sourceText } from './findings.ts'

export function junitReport(report: Report): string {
  const suites = report.milestones.flatMap(({ id, title }) => {
    const rules = report.rules.filter((one) => one.milestone === id)
    if (rules.length === 0) return []
    const failures = rules.filter(isFailure).length
    const skipped = rules.filter(({ status }) => status === 'not-applicable').length
    return [
      `  <testsuite name="${escaped(title)}" tests="${rules.length}" failures="${failures}" skipped="${skipped}" timestamp="${report.started_at}">`,
      ...rules.map((rule) => testCase(rule, id)),
      '  </testsuite>',
    ]
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="plugtill check ${report.role}" time="${report.duration_ms / 1000}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

/** What cannot be tested counts as failed; what is only advised never fails a build. */
const isFailure = ({ status, keyword }: RuleReport): boolean =>
  keyword === 'must' && (status === 'fail' || status === 'untestable')

function testCase(rule: RuleReport, milestone: string): string {
  const head = `    <testcase classname="${milestone}" name="${escaped(`${rule.id} ${rule.text}`)}"`
  const details = [
    rule.message,
    ...(rule.expected === null ? [] : [`expected: ${rule.expected}`]),
    ...(rule.actual === null ? [] : [`actual: ${rule.actual}`]),
    ...(rule.cause === null ? [] : [`follows from: ${rule.cause}`]),
    `fix: ${rule.fix}`,
    `source: ${sourceText(rule)}`,
  ].join('\n')
  if (rule.status === 'pass') return `${head}/>`
  if (rule.status === 'not-applicable') return `${head}><skipped message="${escaped(rule.message)}"/></testcase>`
  if (isFailure(rule))
    return `${head}><failure type="${rule.status}" message="${escaped(rule.message)}">${escaped(details)}</failure></testcase>`
  return `${head}><system-out>${escaped(`${rule.status}: ${details}`)}</system-out></testcase>`
}

/** XML 1.0 knows no control characters, not even escaped. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '�')
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
