import { expect, test } from 'vitest'
import { spelled } from './spelled.ts'

test('what is not seen in a message is spelled, and the message still says the same', () => {
  const said = { name: '\u202Eevil\u2066 a\u0000b\u0085\u2028\uFEFF', flag: '\u{E0067}', family: '👩‍👩‍👧' }
  const shown = spelled(JSON.stringify(said, null, 2))
  expect(shown).toContain('"\\u202eevil\\u2066 a\\u0000b\\u0085\\u2028\\ufeff"')
  expect(shown).toContain('\\udb40\\udc67')
  expect(shown).toContain('👩‍👩‍👧')
  expect(JSON.parse(shown)).toEqual(said)
})
