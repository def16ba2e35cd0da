import { expect, test } from 'vitest'
import { formatBits, qrCode, versionBits } from './qr.ts'
import { reedSolomon } from './reed-solomon.ts'

test('correction words are those of the worked example of the standard', () => {
  const data = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17]
  expect(reedSolomon(data, 10)).toEqual([196, 35, 39, 119, 235, 215, 231, 226, 93, 23])
})

test('format and version carry their own correction', () => {
  expect(formatBits(0).toString(2)).toBe('101010000010010')
  expect(formatBits(5).toString(2)).toBe('100000011001110')
  expect(versionBits(7).toString(2).padStart(18, '0')).toBe('000111110010010100')
})

test('the smallest code that holds the text is taken, and none when the text is too long', () => {
  const sizes = [1, 14, 15, 26, 62, 106, 213, 412].map((length) => qrCode('x'.repeat(length))?.size)
  expect(sizes).toEqual([21, 21, 25, 25, 33, 41, 57, 77])
  expect(qrCode('x'.repeat(413))).toBeUndefined()
})
