import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { LIMITS, weights } from './weight.ts'

const app = (files: Readonly<Record<string, string>>) =>
  weights((path) => new TextEncoder().encode(files[path] ?? '<script src="/assets/small.js"></script>'))

test('a page weighs what it names and what that imports, each once', () => {
  const light = app({ 'assets/small.js': 'let a' })
  const shared = app({
    'kiosk.html': '<script src="/assets/a.js"></script><link rel="modulepreload" href="/assets/b.js">',
    'assets/a.js': 'import{x}from"./b.js";import("./c.js")',
    'assets/b.js': 'export let x',
    'assets/c.js': 'let c',
    'assets/small.js': 'let a',
  })
  const of = (all: typeof light) => all.find(({ page }) => page === 'kiosk.html')!.bytes
  expect(of(light)).toBeLessThan(50)
  expect(of(shared)).toBeGreaterThan(of(light) * 2)
})

test('a page above its limit is told', () => {
  const heavy = randomBytes(LIMITS['kiosk.html']!).toString('base64')
  const all = app({ 'kiosk.html': '<script src="/assets/a.js"></script>', 'assets/a.js': heavy, 'assets/small.js': '' })
  expect(all.filter(({ bytes, limit }) => bytes > limit).map(({ page }) => page)).toEqual(['kiosk.html'])
})

test('a page without scripts was not built', () => {
  expect(() => app({ 'kiosk.html': '<p>' })).toThrow('npm run build')
})
