import { expect, test } from 'vitest'
import { Fault, faultRecord } from './fault.ts'

test('whatever was thrown is kept with a word and a sentence', () => {
  expect(faultRecord(new Fault('PEER_SILENT', 'No answer.'))).toEqual({ code: 'PEER_SILENT', message: 'No answer.' })
  expect(faultRecord(Object.assign(new Error('no'), { code: 'ECONNRESET' }))).toEqual({
    code: 'ECONNRESET',
    message: 'no',
  })
  expect(faultRecord(new TypeError('not a function'))).toEqual({ code: 'TypeError', message: 'not a function' })
  expect(faultRecord(Object.assign(new Error('no'), { code: 7 }))).toEqual({ code: 'Error', message: 'no' })
  expect(faultRecord('gone')).toEqual({ code: 'UNEXPECTED', message: 'gone' })
})
