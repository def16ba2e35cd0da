import { expect, test } from 'vitest'
import { type Exchange, exchangeRecord } from './exchange.ts'

const exchange: Exchange = {
  at: 0,
  direction: 'in',
  module: 'cdrs',
  endpoint: 'postCdr',
  method: 'POST',
  url: 'https://ptp.example/ocpi/2.3.0/receiver/cdrs',
  requestHeaders: { authorization: 'Token ***' },
  requestBody: '{"id":"C1"}',
  status: 200,
  responseHeaders: {},
  responseBody: '{"status_code":1000}',
  durationMs: 3,
  requestId: 'r',
  correlationId: 'c',
}

test('a message of usual size is kept as it crossed the wire', () => {
  const largest = 'x'.repeat(16_384)
  expect(exchangeRecord({ ...exchange, responseBody: largest })).toMatchObject({
    request_body: '{"id":"C1"}',
    response_body: largest,
  })
})

test('of a long body the beginning is kept and how much was cut', () => {
  const body = 'x'.repeat(1_000_000)
  const record = exchangeRecord({ ...exchange, status: 413, requestBody: body, responseBody: `${body}y` })
  expect(record.request_body).toBe(`${'x'.repeat(16_384)} [983616 characters were not kept]`)
  expect(record.response_body).toBe(`${'x'.repeat(16_384)} [983617 characters were not kept]`)
})

test('of a request without a valid token only the head is kept', () => {
  const record = exchangeRecord({ ...exchange, status: 401 })
  expect(record).toMatchObject({
    request_body: '[11 characters were not kept]',
    request_headers: { authorization: 'Token ***' },
    response_body: '{"status_code":1000}',
  })
  expect(exchangeRecord({ ...exchange, status: 401, requestBody: '' }).request_body).toBe('')
  expect(exchangeRecord({ ...exchange, direction: 'out', status: 401 }).request_body).toBe('{"id":"C1"}')
})
