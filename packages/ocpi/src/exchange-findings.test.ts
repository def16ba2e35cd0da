import { expect, test } from 'vitest'
import type { ExchangeRecord } from './exchange.ts'
import { exchangeFindings } from './exchange-findings.ts'

const record = (change: Partial<ExchangeRecord>): ExchangeRecord => ({
  at: 0,
  direction: 'out',
  peer: 'P1',
  module: 'versions',
  endpoint: 'versions',
  method: 'GET',
  url: 'https://cpo.example/ocpi/versions',
  status: 200,
  request_headers: {},
  request_body: '',
  response_headers: {},
  response_body:
    '{"data":[{"version":"2.3.0","url":"https://cpo.example/2.3.0"}],"status_code":1000,"timestamp":"2030-01-01T00:00:00Z"}',
  duration_ms: 1,
  request_id: '1',
  correlation_id: '2',
  ...change,
})

test('a right message has no findings, a wrong one says where, what and the rule', () => {
  expect(exchangeFindings(record({}))).toEqual([])
  const wrong = record({
    response_body: '{"data":[{"version":"2.3.0"}],"status_code":1000,"timestamp":"2030-01-01T00:00:00Z"}',
  })
  const [finding] = exchangeFindings(wrong)
  expect(finding).toMatchObject({ in: 'response' })
  expect(finding?.path).toMatch(/^\/data/)
})

test('an answer that is no JSON or no envelope is a finding; one that never came or was cut is not', () => {
  expect(exchangeFindings(record({ response_body: '<html>' }))).toMatchObject([{ in: 'response', rule: 'JSON' }])
  expect(exchangeFindings(record({ response_body: '[]' }))).toHaveLength(1)
  expect(exchangeFindings(record({ status: 0, response_body: '' }))).toEqual([])
  expect(exchangeFindings(record({ response_body: '{"data":[ [9 characters were not kept]' }))).toEqual([])
})

test('a masked token is nobody’s mistake', () => {
  const masked = record({
    module: 'credentials',
    endpoint: 'get',
    response_body: '{"data":{"token":"***"},"status_code":1000,"timestamp":"2030-01-01T00:00:00Z"}',
  })
  expect(exchangeFindings(masked)).toEqual([])
})
