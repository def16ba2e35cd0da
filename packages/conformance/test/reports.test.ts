import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readExpectedFailures, verdictOf } from '../src/expected-failures.ts'
import { isGood } from '../src/report.ts'
import { htmlReport } from '../src/reports/html.ts'
import { junitReport } from '../src/reports/junit.ts'
import { markedLines } from '../src/reports/marked.ts'
import { textReport } from '../src/reports/text.ts'
import { SAMPLE } from './sample-report.ts'

describe('the text for a shell', () => {
  test('shows what is wrong in the message of the partner, with its place, the fix and what follows', () => {
    expect(textReport(SAMPLE).slice(0, 19)).toEqual([
      'error[payments.terminals.get/1]: Terminal.invoice_creator is wrong.',
      '  --> GET https://cpo.example/ocpi/2.3.0/payments/terminals/T1 → HTTP 200',
      '   |',
      '   | {',
      '   |   "data": {',
      '   |     "terminal_id": "T1",',
      '   >     "invoice_creator": "BOTH",',
      '   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^ one of CPO, PTP',
      '   |     "last_updated": "2030-07-02T10:00:00Z"',
      '   |   },',
      '   |   "status_code": 1000',
      '   | …',
      '   |',
      '   = expected: one of CPO, PTP',
      '   = actual:   "BOTH"',
      '   = why:      The terminal is unknown otherwise.',
      '   = fix:      Mend payments.terminals.get/1.',
      '   = seen:     2 of 3 times; must, terminal-registration; specification, mod_payments › Terminal',
      '   = follows:  locations.list/1',
    ])
  })

  test('ends with the milestones that were asked for and the count of everything', () => {
    expect(textReport(SAMPLE).slice(-7)).toEqual([
      'CPO ABC <Charging> & Co (NL-ABC), OCPI 2.3.0',
      '  ✓ Platform Registration     1 of 1',
      '  ✗ Terminal Registration     0 of 1  mend payments.terminals.get/1 first',
      '  · Locations Exchange        0 of 2  mend payments.terminals.get/1 first',
      '',
      '1 hold, 1 fail, 1 warnings, 2 not testable, 1 not applicable; 7 messages in 12.3 s',
      'No certificate.',
    ])
  })

  test('shows no message where no answer came', () => {
    const [evidence] = SAMPLE.rules[1]?.evidence ?? []
    const silent = SAMPLE.rules.map((one) =>
      one.evidence.length === 0 || !evidence ? one : { ...one, evidence: [{ ...evidence, response: null }] },
    )
    expect(textReport({ ...SAMPLE, rules: silent }).slice(1, 3)).toEqual([
      '  --> GET https://cpo.example/ocpi/2.3.0/payments/terminals/T1 → no answer',
      '   = expected: one of CPO, PTP',
    ])
  })

  test('lists what nobody did apart from what is wrong', () => {
    expect(textReport(SAMPLE)).toContain('  · locations.list/2  needs a push.')
  })
})

describe('a marked body', () => {
  test('marks the nearest parent of a field that is not there', () => {
    expect(markedLines({ data: { id: '1' } }, '/data/total_cost/before_taxes')).toEqual([
      { text: '{', marked: false },
      { text: '  "data": {', marked: true },
      { text: '    "id": "1"', marked: false },
      { text: '  }', marked: false },
      { text: '}', marked: false },
    ])
  })

  test('of a thousand lines shows those around the field', () => {
    const lines = markedLines(
      Array.from({ length: 1000 }, (_, index) => index),
      '/500',
    )
    expect(lines.map(({ text }) => text.trim())).toEqual([
      '…',
      '497,',
      '498,',
      '499,',
      '500,',
      '501,',
      '502,',
      '503,',
      '…',
    ])
  })
})

test('JUnit counts what failed and what could not be tested, and escapes what a partner wrote', () => {
  const xml = junitReport({
    ...SAMPLE,
    rules: SAMPLE.rules.map((one) => ({ ...one, message: `${one.message} <"\u0000&>` })),
  })
  expect(xml).toContain('<testsuite name="Locations Exchange" tests="3" failures="2" skipped="1"')
  expect(xml).toContain('<testsuite name="Terminal Registration" tests="2" failures="1" skipped="0"')
  expect(xml).toContain('message="Terminal.invoice_creator is wrong. &#60;&#34;�&#38;&#62;"')
})

test('the HTML file loads nothing, runs nothing and shows a partner its words as text', () => {
  const html = htmlReport({ ...SAMPLE, partner: { ...SAMPLE.partner, name: '<script>alert(1)</script>\u202Elive' } })
  expect(html).not.toMatch(/<script|src=|href="(?!#)|@import|url\(/)
  expect(html).toContain('&#60;script&#62;alert(1)&#60;/script&#62;\\u{202e}live')
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  expect(html).toContain(`content="default-src 'none'; style-src 'sha256-${hash}'`)
  expect(html).not.toMatch(/unsafe|style=|\bon\w+=/)
  expect(html).toContain('<mark>    &#34;invoice_creator&#34;: &#34;BOTH&#34;,</mark>')
  expect(html).toContain('First to mend: <a href="#payments-terminals-get-1">')
})

describe('the verdict', () => {
  test('is no while a MUST fails or cannot be tested', () => {
    expect(isGood(SAMPLE)).toBe(false)
    const without = SAMPLE.rules.filter(({ status }) => status !== 'fail')
    expect(isGood({ ...SAMPLE, rules: without })).toBe(false)
  })

  test('is yes with warnings alone, unless it is strict', () => {
    const rules = SAMPLE.rules.filter(({ status }) => status !== 'fail' && status !== 'untestable')
    expect(isGood({ ...SAMPLE, rules })).toBe(true)
    expect(isGood({ ...SAMPLE, rules }, { strict: true })).toBe(false)
  })

  test('excuses an expected failure and what follows from it, and nothing else', () => {
    const expected = [{ rule: 'payments.terminals.get/1', reason: 'next release' }]
    expect(verdictOf(SAMPLE, expected)).toEqual({ good: false, stale: [] })
    const rules = SAMPLE.rules.filter(({ id }) => id !== 'locations.list/2')
    expect(verdictOf({ ...SAMPLE, rules }, expected)).toEqual({ good: true, stale: [] })
  })

  test('is no when an expected failure holds by now', () => {
    const stale = { rule: 'versions.get/1', reason: 'next release' }
    const rules = SAMPLE.rules.filter(({ id }) => id === 'versions.get/1')
    expect(verdictOf({ ...SAMPLE, rules }, [stale])).toEqual({ good: false, stale: [stale] })
  })

  test('an expected failure needs a known rule and a reason', () => {
    const known = new Set(['versions.get/1'])
    expect(readExpectedFailures('- {rule: versions.get/1, reason: later}', known)).toHaveLength(1)
    expect(() => readExpectedFailures('- {rule: versions.get/9, reason: later}', known)).toThrow(
      'names the rule "versions.get/9"',
    )
    expect(() => readExpectedFailures('- {rule: versions.get/1}', known)).toThrow('gives no reason')
  })
})
