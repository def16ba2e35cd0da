import { expect, test } from 'vitest'
import { envelopeText, isSuccess, readEnvelope } from './envelope.ts'

const at = Date.parse('2026-03-01T10:00:00Z')

test('A-43: data that is JSON text is put into the envelope as it is', () => {
  expect(envelopeText({ statusCode: 1000, dataJson: '{"a":1.50}', at })).toBe(
    '{"data":{"a":1.50},"status_code":1000,"timestamp":"2026-03-01T10:00:00.000Z"}',
  )
})

test('A-45: without data the field is left out; a message is told when there is one', () => {
  expect(JSON.parse(envelopeText({ statusCode: 2001, statusMessage: 'why "so"', at }))).toEqual({
    status_code: 2001,
    status_message: 'why "so"',
    timestamp: '2026-03-01T10:00:00.000Z',
  })
})

test('A-43: the status code is what makes an envelope, as number or as four digits of text', () => {
  expect(readEnvelope({ status_code: 1000, data: [1] })).toEqual({
    data: [1],
    statusCode: 1000,
    statusMessage: undefined,
  })
  expect(readEnvelope({ status_code: '2001', status_message: 'no' })).toMatchObject({
    statusCode: 2001,
    statusMessage: 'no',
  })
  for (const none of [null, [], 'x', 7, {}, { status_code: 'ok' }, { status_code: 1.5 }, { data: 1 }]) {
    expect(readEnvelope(none)).toBeUndefined()
  }
})

test('A.8: 1xxx is success, everything else is not', () => {
  expect([1000, 1900, 1999].every(isSuccess)).toBe(true)
  expect([999, 2000, 3000, 4000].some(isSuccess)).toBe(false)
})
