import { expect, test } from 'vitest'
import type { Ratchet } from './tidy/size.ts'
import { readRatchet, readTree, show, tidy } from './tidy.ts'

/** Findings of a planted tree as "rule: message". */
function plant(files: Readonly<Record<string, string>>, ratchet: Ratchet = {}): readonly string[] {
  const manifests = {
    'package.json': '{"devDependencies":{"vitest":"5.1.1"}}',
    'packages/ptp/package.json': '{"dependencies":{"typebox":"1.4.3"}}',
  }
  const tree = new Map(Object.entries({ ...manifests, ...files }))
  return tidy(tree, ratchet).map(({ rule, message }) => `${rule}: ${message}`)
}

const lines = (count: number, text = 'void 0') => Array.from({ length: count }, () => text).join('\n')

test('the repository is tidy', () => {
  expect(tidy(readTree(), readRatchet()).map(show)).toEqual([])
})

test('a clean file has no findings', () => {
  const text = `
    import { Type } from 'typebox'
    import type { Clock } from '@plugtill/engine/clock'
    import { held } from './amounts.ts'
    export function wait(clock: Clock, fetch: () => void): void { clock.after(held + Type.length, fetch); fetch() }
    export const at = (ms: number) => new Date(ms).toISOString()
    export const cancelReservation = [3, 1].reverse()`
  expect(plant({ 'packages/ptp/src/payment/hold.ts': text })).toEqual([])
})

test.each([
  ['packages/ptp/src/a.ts', `import { x } from '@plugtill/cpo/cpo'`, /wall: The wall between ptp and cpo/],
  ['packages/cpo/src/a.ts', `import type { X } from '@plugtill/ptp/ptp'`, /wall: The wall between ptp and cpo/],
  [
    'packages/cpo/src/a.ts',
    `export { x } from '../../ptp/src/ptp.ts'`,
    /leaves packages\/cpo.*The wall between ptp and cpo/,
  ],
  ['packages/cpo/src/a.ts', `export const x = await import('@plugtill/ptp/ptp')`, /wall between ptp and cpo/],
  ['packages/cpo/src/a.ts', `export type X = import('@plugtill/ptp/ptp').X`, /wall between ptp and cpo/],
  [
    'packages/cpo/src/a.ts',
    `import { psp } from '@plugtill/psp/psp'`,
    /wall around cpo: it imports ocpi, pricing, engine, receipt, and not psp/,
  ],
  [
    'packages/ocpi/src/a.ts',
    `import type { X } from '@plugtill/engine/fault'`,
    /wall around ocpi: it imports nothing of ours/,
  ],
  [
    'packages/engine/src/a.ts',
    `import type { X } from '@plugtill/ocpi/wire'`,
    /wall around engine: it imports nothing of ours/,
  ],
  [
    'packages/psp/src/a.ts',
    `import type { X } from '@plugtill/engine/clock'`,
    /wall around psp: it imports nothing of ours/,
  ],
  [
    'packages/terminal/src/a.ts',
    `import type { X } from '@plugtill/psp/psp'`,
    /wall around terminal: it imports nothing of ours/,
  ],
  [
    'packages/charger/src/a.ts',
    `import type { X } from '@plugtill/engine/clock'`,
    /wall around charger: it imports nothing of ours/,
  ],
  [
    'packages/pricing/src/a.ts',
    `import type { X } from '@plugtill/engine/clock'`,
    /wall around pricing: it imports ocpi/,
  ],
  [
    'packages/conformance/src/a.ts',
    `import type { X } from '@plugtill/cpo/cpo'`,
    /wall around conformance: it imports ocpi, pricing/,
  ],
  ['packages/world/src/a.ts', `import { run } from 'plugtill/main'`, /wall around world/],
  ['apps/web/src/a.tsx', `import type { X } from '@plugtill/ptp/ptp'`, /wall around web: it imports terminal/],
  ['apps/web/src/a.tsx', `import { readFileSync } from 'node:fs'`, /runs in a browser/],
  ['packages/wallet/src/a.ts', `import type { X } from '@plugtill/ocpi/wire'`, /A twelfth package must replace one/],
  ['packages/ptp/src/a.ts', `import { x } from '../../../tools/x.ts'`, /leaves packages\/ptp/],
  ['packages/ptp/src/a.ts', `import { x } from '/x.ts'`, /neither a relative file/],
  ['packages/ptp/src/a.ts', `import { test } from 'vitest'`, /undeclared: "vitest"/],
])('a climbed wall is found: case %# in %s', (path, text, message) => {
  expect(plant({ [path]: text })).toEqual([expect.stringMatching(message)])
})

test.each([
  ['packages/ptp/src/a.ts', `export const chargeCard = 1`, /money-word: .*capture/],
  [
    'packages/ptp/src/a.ts',
    `export function f(o: { cardCharged: boolean }): unknown { return o }`,
    /money-word: .*capture/,
  ],
  ['packages/ptp/src/a.ts', `export type X = { chargeAmount: number }`, /money-word: .*capture/],
  ['packages/ptp/src/a.ts', `export const settlePayment = 1`, /money-word: .*capture/],
  ['packages/ptp/src/a.ts', `export const reverseHold = 1`, /money-word: .*void/],
  ['packages/ptp/src/a.ts', `// then we charge the card\nexport const a = 1`, /money-word: .*capture/],
  ['packages/ptp/src/a.ts', `/** Cancels the payment. */ export const a = 1`, /money-word: .*void/],
  ['packages/ptp/src/a.ts', `// ${'TO'}${'DO'} later\nexport const a = 1`, /unfinished/],
  ['packages/ptp/src/a.ts', `// ${'FIX'}${'ME'}\nexport const a = 1`, /unfinished/],
  ['packages/ptp/src/a.ts', `export const a = {} as any`, /any: /],
  ['packages/ptp/src/a.ts', `export const f = (a: any): void => a`, /any: /],
  ['packages/ptp/src/a.ts', `export default 1`, /default-export/],
  ['packages/ptp/src/a.ts', `export * from './b.ts'`, /barrel/],
  ['packages/ptp/src/a.ts', `// @ts-${'ignore'}\nexport const a = 1`, /ts-ignore/],
  ['packages/ptp/src/a.ts', `// @ts-expect-error\nexport const a = 1`, /ts-ignore/],
  ['packages/ptp/src/a.ts', `// biome-${'ignore'} lint/x\nexport const a = 1`, /biome-ignore needs a reason/],
  ['packages/ptp/src/a.ts', `export class Payments {}`, /class: /],
  ['apps/web/src/console/page.tsx', `export class Page extends Component {}`, /class: /],
  ['packages/ptp/src/a.test.ts', `import { test } from 'vitest'\ntest.skip('x', () => {})`, /silenced-test: test.skip/],
  [
    'stories/a.test.ts',
    `import { describe } from 'vitest'\ndescribe.only('x', () => {})`,
    /silenced-test: describe.only/,
  ],
  ['packages/ptp/src/utils.ts', `export const a = 1`, /file-name: "utils"/],
  ['packages/ptp/src/helpers/a.ts', `export const a = 1`, /file-name: "helpers"/],
  ['packages/ptp/src/payment-service.ts', `export const a = 1`, /file-name: "service"/],
  ['packages/ptp/src/paymentStates.ts', `export const a = 1`, /not kebab-case/],
  ['packages/ptp/src/a.ts', `export const a = {`, /syntax: /],
])('a wrong word is found: case %# in %s', (path, text, message) => {
  expect(plant({ [path]: text })).toEqual([expect.stringMatching(message)])
})

test.each([
  'Date.now()',
  'new Date()',
  'Math.random()',
  'setTimeout(() => {}, 1)',
  'setInterval(() => {}, 1)',
  'globalThis.setTimeout(() => {}, 1)',
  'await fetch("https://example.com")',
  'crypto.randomUUID()',
  '{ now: Date.now }',
  '[1].map(setTimeout)',
])('time, chance and network are parameters: %s', (expression) => {
  const text = `export const a = ${expression}`
  expect(plant({ 'packages/engine/src/lane.ts': text })).toEqual([
    expect.stringMatching(/ambient: .* outside an adapter/),
  ])
  expect(plant({ 'packages/engine/src/clock.ts': text })).toEqual([])
  expect(plant({ 'apps/cli/src/main.ts': text })).toEqual([])
  expect(plant({ 'packages/engine/src/lane.test.ts': text })).toEqual([])
})

test('the 2.2.1 price occurs in the 2.2.1 codec, in tests and in prose only', () => {
  const text = 'export const a = { excl_vat: 1 }'
  expect(plant({ 'packages/cpo/src/a.ts': text })).toEqual([expect.stringMatching(/legacy-price: "excl_vat"/)])
  expect(
    plant({ 'packages/ocpi/src/versions/v2.2.1.ts': text, 'packages/ocpi/src/a.test.ts': text, 'docs/a.md': text }),
  ).toEqual([])
})

test('no path of one machine, in any file', () => {
  const path = ['', 'work', 'main', 'x'].join('/')
  expect(plant({ 'docs/a.md': `see ${path}` })).toEqual([expect.stringMatching(/machine-path/)])
  expect(plant({ '.ci/run': `cd ${['', 'tmp', 'plan', ''].join('/')}` })).toEqual([
    expect.stringMatching(/machine-path/),
  ])
  expect(plant({ 'docs/a.md': 'the framework/ folder, https://example.com/work/x' })).toEqual([])
})

test('a file has at most 300 lines, data tables not counted', () => {
  const table = `export const t = [\n${lines(500, '1,')}\n]\n`
  const schema = `export const S = object({\n${lines(500, '')}\n})\n`
  expect(plant({ 'packages/engine/src/a.ts': lines(301) })).toEqual([expect.stringMatching(/file-size: 301 lines/)])
  expect(plant({ 'packages/engine/src/a.ts': table + schema + lines(300) })).toEqual([])
})

test('a function has at most 60 lines; a function that only returns a table is a table', () => {
  const body = (count: number) => `export function long(): void {\n${lines(count - 2)}\n}\n`
  const handlers = `export const h = () => ({\n${lines(100, 'a: 1,')}\n})\n`
  expect(plant({ 'packages/engine/src/a.ts': body(61) })).toEqual([
    expect.stringMatching(/function-size: long: 61 lines/),
  ])
  expect(plant({ 'packages/engine/src/a.ts': body(60) + handlers })).toEqual([])
  const suite = `describe.each([1])('x', () => {\n${lines(100)}\n})\n`
  expect(plant({ 'packages/engine/src/a.test.ts': suite })).toEqual([])
})

test('the ratchet only shrinks', () => {
  const file = (count: number) => ({ 'packages/engine/src/a.ts': lines(count) })
  const held = { 'packages/engine/src/a.ts': 320 }
  expect(plant(file(320), held)).toEqual([])
  expect(plant(file(321), held)).toEqual([expect.stringMatching(/may only shrink/)])
  expect(plant(file(310), held)).toEqual([expect.stringMatching(/lower "packages\/engine\/src\/a.ts" to 310/)])
  expect(plant(file(300), held)).toEqual([expect.stringMatching(/take ".*" out of tools\/tidy-ratchet.json/)])
  expect(plant({}, held)).toEqual([expect.stringMatching(/ratchet: .* is gone/)])
})
