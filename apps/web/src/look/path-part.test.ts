import { expect, test } from 'vitest'
import { pathPart } from './path-part.ts'

test('half a sign, which no address can hold, is replaced; everything else comes back as it was', () => {
  expect(pathPart('a\uD800/b')).toBe('a%EF%BF%BD%2Fb')
  expect(decodeURIComponent(pathPart('\u202E🔌 <script>'))).toBe('\u202E🔌 <script>')
})
