/** The specification's own objects, as a partner would send them: nothing is held against them but their known errors. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Target, Version } from '../src/catalogue.ts'
import { loadCatalogue } from '../src/catalogue-files.ts'
import { judge } from '../src/judge.ts'
import { CHECKS } from '../src/judges.ts'
import { seenOf } from '../src/seen.ts'
import { sha256 } from './network.ts'

const spec = join(import.meta.dirname, '..', '..', '..', 'spec')
const catalogue = loadCatalogue(spec)
const NOW = Date.parse('2030-07-02T10:00:00.000Z')

/** Which message carries the objects of a file; fragments and partial objects are left out. */
const CARRIERS: readonly (readonly [file: RegExp, target: Target, place: string])[] = [
  [/^location_example/, 'cpo', 'locations.list'],
  [/^tariff_(\d|complex)/, 'cpo', 'tariffs.list'],
  [/^session_example/, 'cpo', 'sessions.list'],
  [/^cdr_example/, 'cpo', 'cdrs.list'],
  [/^versions_info_example/, 'cpo', 'versions.versions'],
  [/^version_details_example/, 'cpo', 'versions.details'],
  [/^payment_terminal_(create|example)/, 'ptp', 'payments.postTerminal'],
  [/^payment_financial_advice/, 'ptp', 'payments.postAdvice'],
]

/** What stands against the tables in the files themselves, by file and rule. */
const ERRATA: Readonly<Record<string, readonly string[]>> = {
  // The price is still spelled as in 2.2.1.
  '2.3.0/payment_financial_advice_confirmation_create.json': ['payments.sender.advice/4'],
  '2.3.0/payment_financial_advice_confirmation_example_success.json': ['payments.sender.advice/4'],
  // The same, and no eft_data.
  '2.3.0/payment_financial_advice_confirmation_example_failure.json': [
    'payments.sender.advice/3',
    'payments.sender.advice/4',
  ],
  // Just the id, although last_updated is required.
  '2.3.0/payment_terminal_create_minimal.json': ['payments.terminal/2'],
}

function raisedBy(file: string, version: Version): readonly string[] {
  const [, target, place = ''] = CARRIERS.find(([pattern]) => pattern.test(file)) ?? []
  if (target === undefined) return []
  const value: unknown = JSON.parse(readFileSync(join(spec, version, 'examples', file), 'utf8'))
  const [module = '', endpoint = ''] = place.split('.')
  const posted = endpoint.startsWith('post')
  const data = endpoint === 'list' && !Array.isArray(value) ? [value] : value
  const envelope = { data: posted ? undefined : data, status_code: 1000, timestamp: '2030-07-02T10:00:00Z' }
  const raw = {
    request: {
      method: posted ? 'POST' : 'GET',
      url: `https://partner.example/${place}`,
      headers: {},
      body: posted ? JSON.stringify(value) : '',
    },
    response: { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(envelope) },
  } as const
  const exchange = {
    at: NOW,
    direction: posted ? 'in' : 'out',
    module,
    endpoint,
    method: raw.request.method,
    url: raw.request.url,
    requestHeaders: { 'content-type': 'application/json' },
    requestBody: raw.request.body,
    status: 200,
    responseHeaders: raw.response.headers,
    responseBody: raw.response.body,
    durationMs: 5,
    requestId: 'a',
    correlationId: 'b',
  } as const
  const seen = seenOf(exchange, raw, { index: 0, version, hash: sha256 })
  const record = { target, version, seen: [seen], facts: [], now: NOW, watching: true, patienceMs: 60_000 } as const
  // Only what is about the object itself: the message around it is ours, and these platforms sell no direct payment.
  const only = ({ id, module: area }: { readonly id: string; readonly module: string }) =>
    !/^(transport|paging|security)$/.test(area) &&
    (area !== 'versions' || area === module) &&
    !/^versions\.modules/.test(id)
  const { outcomes } = judge(catalogue, CHECKS, { record, only })
  return outcomes.filter(({ status }) => status === 'fail').map(({ requirement }) => requirement.id)
}

describe.each(['2.3.0', '2.2.1'] as const)('official examples of %s', (version) => {
  const files = readdirSync(join(spec, version, 'examples')).filter((file) =>
    CARRIERS.some(([pattern]) => pattern.test(file)),
  )
  test.each(files)('%s raises nothing but its known errors', (file) => {
    expect(raisedBy(file, version)).toEqual(ERRATA[`${version}/${file}`] ?? [])
  })
})
