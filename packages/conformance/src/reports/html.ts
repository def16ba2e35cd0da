/** The report as one HTML file without scripts and without anything to load, to send to a partner. */
import { createHash } from 'node:crypto'
import type { Evidence, Report, RuleReport } from '../report.ts'
import { type FindingReport, findingsIn, progressOf, sourceText, timesText } from './findings.ts'

export function htmlReport(report: Report): string {
  const { partner, role, version, summary, note } = report
  const who =
    partner.name === '' ? partner.versions_url : `${partner.name} (${partner.country_code}-${partner.party_id})`
  const findings = findingsIn(report)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'">
<title>${escaped(`${who}: direct payment over OCPI`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(who)}</h1>
<p>${role === 'cpo' ? 'Charge Point Operator' : 'Payment Terminal Provider'}, OCPI ${version}, judged ${escaped(report.started_at)} in ${(report.duration_ms / 1000).toFixed(1)} s from ${summary.exchanges} messages.</p>
<p class="note">${escaped(note)}</p>
<h2>Milestones</h2>
<ol class="milestones">
${report.milestones.map((one) => milestone(report, one)).join('\n')}
</ol>
<h2>${findings.length === 0 ? 'Nothing to mend' : 'To mend, in this order'}</h2>
${findings.map(finding).join('\n')}
<h2>All rules</h2>
<table>
<thead><tr><th scope="col">Rule</th><th scope="col">Result</th><th scope="col">What must be true</th></tr></thead>
<tbody>
${report.rules.map(row).join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`
}

const WORDS: Readonly<Record<RuleReport['status'], string>> = {
  pass: 'holds',
  fail: 'fails',
  warn: 'warning',
  untestable: 'not testable',
  'not-applicable': 'not asked for',
}

function milestone(report: Report, { id, title, status, blocked_by }: Report['milestones'][number]): string {
  const { done, of } = progressOf(report, id)
  const word =
    of === 0 ? 'not part of this run' : { pass: 'reached', fail: 'not reached', untestable: 'not tested' }[status]
  const first =
    blocked_by[0] === undefined || of === 0
      ? ''
      : ` First to mend: <a href="#${anchor(blocked_by[0])}">${escaped(blocked_by[0])}</a>.`
  return `<li class="${of === 0 ? 'untestable' : status}"><strong>${escaped(title)}</strong>: ${word}, ${done} of ${of} rules hold.${first}</li>`
}

function finding({ rule, follows, evidence, lines }: FindingReport): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Expected', rule.expected],
    ['Actual', rule.actual],
    ['Why it matters', rule.why],
    ['Fix', rule.fix],
    ['Seen', timesText(rule)],
    ['Source', sourceText(rule)],
    ['Follows from it', follows.map(({ id }) => id).join(', ') || null],
  ]
  return `<section class="${rule.status}" id="${anchor(rule.id)}">
<h3>${escaped(rule.message)}</h3>
<p class="id">${escaped(rule.id)}: ${rule.keyword}, ${escaped(rule.milestone)}</p>
<dl>${facts.map(([name, value]) => (value === null ? '' : `<dt>${name}</dt><dd>${escaped(value)}</dd>`)).join('')}</dl>
${lines.length === 0 ? '' : `<pre>${lines.map(({ text, marked }) => (marked ? `<mark>${escaped(text)}</mark>` : escaped(text))).join('\n')}</pre>`}
${evidence === undefined ? '' : exchange(evidence)}
</section>`
}

function exchange({ request, response }: Evidence): string {
  const headers = (all: Readonly<Record<string, string>>) =>
    Object.entries(all)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n')
  const body = (value: unknown) =>
    value === '' ? '' : `\n\n${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}`
  const asked = `${request.method} ${request.url}\n${headers(request.headers)}${body(request.body)}`
  const answered =
    response === null
      ? 'No answer came.'
      : `HTTP ${response.status}\n${headers(response.headers)}${body(response.body)}`
  return `<details><summary>${request.by === 'us' ? 'Question to the partner' : 'Question of the partner'} and answer, ${escaped(request.at)}</summary>
<pre>${escaped(asked)}</pre><pre>${escaped(answered)}</pre></details>`
}

const row = ({ id, status, text, message, cause }: RuleReport): string =>
  `<tr class="${status}"><td>${escaped(id)}</td><td>${WORDS[status]}${cause === null ? '' : `, see ${escaped(cause)}`}</td><td>${escaped(text)}${status === 'pass' || message === text ? '' : `<br><small>${escaped(message)}</small>`}</td></tr>`

const anchor = (id: string): string => id.replace(/[^a-z0-9]+/g, '-')

/** Signs that are not seen, or turn what follows, are spelled: whoever reads the report reads all that was sent. */
const UNSEEN = /(?![\n\t]|\u200C|\u200D)[\p{Cc}\p{Cf}]/gu

const escaped = (text: string): string =>
  text
    .replace(UNSEEN, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const STYLE = `
:root { color-scheme: light dark; --line: #8888; --bad: #b3261e; --warn: #8a5a00; --good: #146c2e }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #ffc46b; --good: #7ddc97 } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem }
h1 { margin-bottom: 0 } h3 { margin: 0 }
.note { border-left: 4px solid var(--line); padding-left: .75rem }
.milestones { padding-left: 1.5rem } .pass::marker { color: var(--good) } .fail::marker { color: var(--bad) }
section { border: 1px solid var(--line); border-left: 6px solid var(--bad); border-radius: 6px; padding: 1rem; margin: 1rem 0 }
section.warn { border-left-color: var(--warn) }
.id { margin: 0; font: .9rem ui-monospace, monospace }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem } dt { font-weight: 600 } dd { margin: 0; overflow-wrap: anywhere }
pre { overflow: auto; max-height: 30rem; border: 1px solid var(--line); border-radius: 4px; padding: .75rem; font: .85rem/1.4 ui-monospace, monospace }
mark { background: none; color: var(--bad); font-weight: 700 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .35rem .5rem }
td:first-child { font: .85rem ui-monospace, monospace; white-space: nowrap }
tr.fail td:nth-child(2) { color: var(--bad) } tr.warn td:nth-child(2) { color: var(--warn) } tr.pass td:nth-child(2) { color: var(--good) }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr } td:first-child { white-space: normal } }
`
