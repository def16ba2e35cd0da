/** What is wrong with a kept message, held against the table of its module once more: beside each message in the console. */
import { readEnvelope } from './envelope.ts'
import { type ExchangeRecord, isCut } from './exchange.ts'
import type { Endpoint } from './module.ts'
import { parseJson } from './parse-json.ts'
import { tables } from './tables.ts'
import type { Finding } from './validate.ts'
import { SPOKEN, type SpokenVersion } from './versions/codec.ts'
import { codecOf } from './versions/negotiate.ts'

export interface ExchangeFinding {
  readonly in: 'request' | 'response'
  /** JSON pointer into the body. */
  readonly path: string
  readonly value: string
  readonly rule: string
}

const MOST_FINDINGS = 20

export function exchangeFindings(record: ExchangeRecord): readonly ExchangeFinding[] {
  const row = rowOf(record)
  if (row === undefined || isCut(record)) return []
  return [...requestFindings(record, row), ...responseFindings(record, row)].slice(0, MOST_FINDINGS)
}

function rowOf({ module, endpoint }: ExchangeRecord): Endpoint | undefined {
  const table = tables.find(({ id }) => id === module)
  return table?.sender[endpoint] ?? table?.receiver[endpoint]
}

/** The version stands in the URLs we give; of a partner's own URL only the words of both versions can be asked for. */
const versionOf = ({ url }: ExchangeRecord): SpokenVersion =>
  SPOKEN.find((version) => url.includes(`/${version}/`)) ?? SPOKEN[0]

function requestFindings(record: ExchangeRecord, row: Endpoint): readonly ExchangeFinding[] {
  if (row.body === undefined || record.request_body === '' || masked(record)) return []
  const value = jsonOf(record.request_body)
  if (value === undefined) return [notJson('request', record.request_body)]
  return told('request', codecOf(versionOf(record)).read(row.body, value), '')
}

function responseFindings(record: ExchangeRecord, row: Endpoint): readonly ExchangeFinding[] {
  const { status, response_body: body } = record
  if (status === 0 || (body === '' && status === 204)) return []
  const value = jsonOf(body)
  if (value === undefined) return [notJson('response', body)]
  const envelope = readEnvelope(value)
  if (envelope === undefined)
    return [{ in: 'response', path: '', value: 'an object', rule: 'an envelope with status_code and timestamp' }]
  if (status > 299 || envelope.statusCode >= 2000 || row.data === undefined || masked(record)) return []
  const codec = codecOf(versionOf(record))
  const { data, kind } = { data: envelope.data, kind: row.kind }
  if (kind !== 'list' || !Array.isArray(data)) return told('response', codec.read(row.data, data), '/data')
  const shape = row.data
  return data.flatMap((item, index) => told('response', codec.read(shape, item), `/data/${index}`))
}

/** A masked token is no token, but it is nobody's mistake. */
const masked = ({ module }: ExchangeRecord): boolean => module === 'credentials'

const told = (
  side: ExchangeFinding['in'],
  read: { readonly value: unknown } | { readonly findings: readonly Finding[] },
  below: string,
): readonly ExchangeFinding[] =>
  'findings' in read
    ? read.findings.map(({ path, value, rule }) => ({ in: side, path: `${below}${path}`, value, rule }))
    : []

const notJson = (side: ExchangeFinding['in'], body: string): ExchangeFinding => ({
  in: side,
  path: '',
  value: JSON.stringify(body.slice(0, 40)),
  rule: 'JSON',
})

function jsonOf(body: string): unknown {
  try {
    return parseJson(body)
  } catch {
    return undefined
  }
}
