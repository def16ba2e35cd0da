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
  const of = (all: typeof light) => all.find(({ page, what }) => page === 'kiosk.html' && what === 'script')!.bytes
  expect(of(light)).toBeLessThan(50)
  expect(of(shared)).toBeGreaterThan(of(light) * 2)
})

test('a page above its limit is told', () => {
  const heavy = randomBytes(LIMITS['kiosk.html']!.script).toString('base64')
  const all = app({ 'kiosk.html': '<script src="/assets/a.js"></script>', 'assets/a.js': heavy, 'assets/small.js': '' })
  expect(all.filter(({ bytes, limit }) => bytes > limit).map(({ page, what }) => `${page} ${what}`)).toEqual([
    'kiosk.html script',
    'kiosk.html whole',
  ])
})

test('styles, also those that come later, and the font of every text weigh too; one for another script does not', () => {
  const font = (name: string, range: string) =>
    `@font-face{src:url(/assets/${name}.woff2)format("woff2");unicode-range:${range}}`
  const wholeOf = (files: Readonly<Record<string, string>>) =>
    app({ 'assets/small.js': 'let a', ...files }).find(({ page, what }) => page === 'kiosk.html' && what === 'whole')!
      .bytes
  const page = {
    'kiosk.html': '<script src="/assets/a.js"></script><link rel="stylesheet" href="/assets/a.css">',
    'assets/a.js': 'import("./b.js",["assets/later.css"])',
    'assets/a.css': font('latin', 'U+??,U+131') + font('greek', 'U+370-3FF'),
    'assets/later.css': 'p{}',
    'assets/b.js': 'let b',
    'assets/latin.woff2': '',
    'assets/greek.woff2': '',
  }
  const alone = wholeOf(page)
  expect(wholeOf({ ...page, 'assets/latin.woff2': 'x'.repeat(5000) })).toBe(alone + 5000)
  expect(wholeOf({ ...page, 'assets/greek.woff2': 'x'.repeat(5000) })).toBe(alone)
  expect(wholeOf({ ...page, 'assets/later.css': randomBytes(900).toString('base64') })).toBeGreaterThan(alone + 800)
})

test('a page without scripts was not built', () => {
  expect(() => app({ 'kiosk.html': '<p>' })).toThrow('npm run build')
})
