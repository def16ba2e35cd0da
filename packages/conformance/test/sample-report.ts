/** A report with one of each: what holds, fails, follows, warns, and what never happened. */
import type { Report, RuleReport } from '../src/report.ts'

const rule = (more: Partial<RuleReport> & Pick<RuleReport, 'id' | 'status'>): RuleReport => ({
  module: more.id.split('.')[0] ?? '',
  role: 'RECEIVER',
  milestone: 'terminal-registration',
  keyword: 'must',
  text: `Text of ${more.id}.`,
  why: 'The terminal is unknown otherwise.',
  source: { kind: 'specification', at: 'mod_payments › Terminal' },
  message: `Text of ${more.id}.`,
  expected: null,
  actual: null,
  field: null,
  held: 1,
  failed: 0,
  cause: null,
  fix: `Mend ${more.id}.`,
  example: null,
  evidence: [],
  ...more,
})

export const SAMPLE: Report = {
  partner: {
    name: 'ABC <Charging> & Co',
    country_code: 'NL',
    party_id: 'ABC',
    versions_url: 'https://cpo.example/ocpi/versions',
  },
  role: 'cpo',
  version: '2.3.0',
  started_at: '2030-07-02T10:00:00.000Z',
  duration_ms: 12_345,
  milestones: [
    { id: 'platform-registration', title: 'Platform Registration', status: 'pass', blocked_by: [] },
    {
      id: 'terminal-registration',
      title: 'Terminal Registration',
      status: 'fail',
      blocked_by: ['payments.terminals.get/1'],
    },
    {
      id: 'locations-exchange',
      title: 'Locations Exchange',
      status: 'untestable',
      blocked_by: ['payments.terminals.get/1'],
    },
    { id: 'tariffs-exchange', title: 'Tariffs Exchange', status: 'pass', blocked_by: [] },
    { id: 'start-session', title: 'Start a Session', status: 'pass', blocked_by: [] },
    { id: 'finalise-session', title: 'Finalise a Session', status: 'pass', blocked_by: [] },
  ],
  roots: ['payments.terminals.get/1', 'payments.terminals.get/2'],
  rules: [
    rule({ id: 'versions.get/1', status: 'pass', milestone: 'platform-registration' }),
    rule({
      id: 'payments.terminals.get/1',
      status: 'fail',
      message: 'Terminal.invoice_creator is wrong.',
      expected: 'one of CPO, PTP',
      actual: '"BOTH"',
      field: '/data/invoice_creator',
      held: 1,
      failed: 2,
      evidence: [
        {
          request: {
            by: 'us',
            at: '2030-07-02T10:00:01.000Z',
            method: 'GET',
            url: 'https://cpo.example/ocpi/2.3.0/payments/terminals/T1',
            headers: { authorization: 'Token ***' },
            body: '',
          },
          response: {
            status: 200,
            headers: { 'content-type': 'application/json' },
            body: {
              data: { terminal_id: 'T1', invoice_creator: 'BOTH', last_updated: '2030-07-02T10:00:00Z' },
              status_code: 1000,
            },
          },
        },
      ],
    }),
    rule({ id: 'payments.terminals.get/2', status: 'warn', keyword: 'should', held: 0, failed: 1 }),
    rule({
      id: 'locations.list/1',
      status: 'untestable',
      milestone: 'locations-exchange',
      message: 'Not testable: a list.',
      held: 0,
      cause: 'payments.terminals.get/1',
    }),
    rule({
      id: 'locations.list/2',
      status: 'untestable',
      milestone: 'locations-exchange',
      message: 'Not testable: a push.',
      held: 0,
    }),
    rule({
      id: 'locations.list/3',
      status: 'not-applicable',
      milestone: 'locations-exchange',
      message: 'Not asked for in OCPI 2.3.0.',
      held: 0,
    }),
  ],
  summary: { pass: 1, fail: 1, warn: 1, untestable: 2, 'not-applicable': 1, exchanges: 7 },
  note: 'No certificate.',
}
