import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundle } from './mutate/bundle.ts'
import { harnessOf, NO_MUTANT } from './mutate/harness.ts'
import { instrument } from './mutate/instrument.ts'
import { type Extent, judge, keyOf, recorded, type Settings } from './mutate/report.ts'

const names = (text: string) =>
  instrument('src/a.ts', text, { firstId: 0, mutate: true }).mutants.map(({ name }) => name.replace(/^.*?: /, ''))

test.each<[text: string, becomes: readonly string[]]>([
  ['x = a < b', ['a < b -> a <= b', 'a < b -> a >= b', 'a < b -> true', 'a < b -> false']],
  ['if (a) b()', ['a -> true', 'a -> false']],
  ['while (a) b()', ['a -> false']],
  ['if (a && b) c()', ['a -> true', 'b -> true', 'a && b -> a || b', 'a && b -> true', 'a && b -> false']],
  ['x = a ?? b', ['a ?? b -> a', 'a ?? b -> b']],
  ['x = a + 1', ['a + 1 -> a - 1']],
  ["x = a + 'b c'", []],
  ['x += 1', ['x += 1 -> x -= 1']],
  ['x++', ['x++ -> x--']],
  ['x = !a', ['!a -> a']],
  ['x = [a]', ['[a] -> []']],
  ['x = () => a', ['() => a -> () => undefined']],
  ['x = a.filter(b)', ['a.filter(b) -> a']],
  ['x = a.some(b)', ['a.some(b) -> a.every(b)']],
  ['x = a?.b?.(c)', ['a?.b?.(c) -> a?.b(c)', 'a?.b?.(c) -> a.b?.(c)']],
  ["x = 'YES'", ["'YES' -> ''"]],
  ["x = 'Say yes.'", []],
  [`x = \`\${a}.\${b}\``, [`\`\${a}.\${b}\` -> ''`]],
  [`x = \`\${a.join(', ')} are\``, []],
  ["import { a } from 'b'; type A = 'x' | 1; interface B { readonly c: true }", []],
])('%s has the mutants %j', (text, becomes) => {
  expect(names(text)).toEqual(becomes)
})

const cells = { files: ['table.ts'], also: { late: 'late$|again$|known\\(', "never('x')": 'never\\(' } }
const cellNames = (text: string, path = 'src/table.ts') =>
  instrument(path, text, { firstId: 0, mutate: true, cells })
    .mutants.map(({ name }) => name)
    .filter((name) => !name.endsWith('-> {}'))

test('a cell of a state table says what stands beside it, that it is late, that it cannot be, or what it covers', () => {
  const table = "const row = { ...before, cdr: taken, voided, tapped: again, 'x-y': known('a b'), z: never('a b') }"
  expect(cellNames(table)).toEqual([
    'row: cdr: taken -> voided',
    'row: cdr: taken -> late',
    "row: cdr: taken -> never('x')",
    'row: cdr: taken -> nothing',
    'row: voided -> taken',
    'row: voided -> again',
    "row: voided -> never('x')",
    'row: voided -> nothing',
    'row: tapped: again -> voided',
    "row: tapped: again -> never('a b')",
    'row: tapped: again -> nothing',
    "row: 'x-y': known('a b') -> voided",
    "row: 'x-y': known('a b') -> never('a b')",
    "row: 'x-y': known('a b') -> nothing",
    "row: z: never('a b') -> known('a b')",
    "row: z: never('a b') -> nothing",
  ])
})

test('rows are named after their state; a part that is spread in later can be missing; verdicts and other files are no tables', () => {
  const table = `const machine = { name: 'a b', states: { voided: { ...one, ...two, a: late } } }
    const cell = () => ({ to: left, set: right })`
  const expected = [
    'machine.voided: ...two -> nothing',
    "machine.voided: a: late -> never('x')",
    'machine.voided: a: late -> nothing',
  ]
  expect(cellNames(table).filter((name) => !name.includes('=>'))).toEqual(expected)
  expect(cellNames(table, 'src/other.ts').filter((name) => name.startsWith('machine.'))).toEqual([])
})

test('a wrong cell of a state table meets only the tests that ask it, and is noticed by those', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'plugtill-mutate-test-')))
  mkdirSync(join(root, 'src'))
  writeFileSync(
    join(root, 'src', 'table.ts'),
    `const late = () => 'ignored'
     const never = (why: string) => () => why
     const taken = () => 'taken'
     const base = { a: taken, b: late }
     export const table = { ...base, b: taken, c: late }`,
  )
  writeFileSync(
    join(root, 'src', 'table.test.ts'),
    `import { expect, test } from 'vitest'
     import { table } from './table.ts'
     test('a', () => { expect(table.a()).toBe('taken') })
     test('b', () => { expect(table.b()).toBe('taken') })`,
  )
  const made = await bundle(root, { tests: ['src/table.test.ts'], mutated: new Set(['src/table.ts']), cells })
  const run = await harnessOf(made, undefined)
  const results: Record<string, string> = {}
  for (const { id, name } of made.mutants) {
    const { result, by } = await run(id)
    results[name] = by ?? result
  }
  expect(results).toMatchObject({
    'base: a: taken -> late': 'a',
    'base: b: late -> taken': 'not reached',
    'table: b: taken -> late': 'b',
    'table: b: taken -> nothing': 'b',
    'table: c: late -> taken': 'not reached',
  })
}, 120_000)

test('mutants of one name in one function are numbered', () => {
  expect(names('function f() { return [1 < a, 1 < a] }').filter((name) => name.startsWith('1 < a -> true'))).toEqual([
    '1 < a -> true',
    '1 < a -> true #2',
  ])
})

test('each mutant meets the tests that reach it, from a fresh start; loops without end are caught by their rounds', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'plugtill-mutate-test-')))
  mkdirSync(join(root, 'src'))
  writeFileSync(
    join(root, 'src', 'sum.ts'),
    `let calls = 0
     export function sum(values: readonly number[]): number {
       calls++
       let total = 0
       for (let index = 0; index < values.length; index++) total += values[index] ?? 0
       return total
     }
     export const count = () => calls
     export const never = () => 'x'`,
  )
  writeFileSync(
    join(root, 'src', 'sum.test.ts'),
    `import { expect, test } from 'vitest'
     import { count, sum } from './sum.ts'
     test.each([[[1, 2], 3], [[], 0]])('%j is %d', (values, total) => { expect(sum(values)).toBe(total) })
     test('calls are counted', () => { const before = count(); sum([]); expect(count()).toBe(before + 1) })`,
  )
  const made = await bundle(root, { tests: ['src/sum.test.ts'], mutated: new Set(['src/sum.ts']) })
  const run = await harnessOf(made, undefined)
  const results: Record<string, string> = {}
  for (const { id, name } of made.mutants) results[name] = (await run(id)).result
  expect(results).toMatchObject({
    'sum: calls++ -> calls--': 'killed',
    'sum: total += values[index] ?? 0 -> total -= values[index] ?? 0': 'killed',
    'sum: index++ -> index--': 'endless',
    'sum: index < values.length -> index <= values.length': 'survived',
    'sum: values[index] ?? 0 -> values[index]': 'survived',
    "never: 'x' -> ''": 'not reached',
  })
}, 120_000)

test('what fails without a mutant too is no proof: at the end all tests run once more with the code as it is', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'plugtill-mutate-test-')))
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'src', 'one.ts'), 'export const one = () => 1 + 0')
  writeFileSync(join(root, 'read.txt'), '1')
  writeFileSync(
    join(root, 'src', 'one.test.ts'),
    `import { readFileSync } from 'node:fs'
     import { expect, test } from 'vitest'
     import { one } from './one.ts'
     test('one', () => { expect(String(one())).toBe(readFileSync(import.meta.dirname + '/../read.txt', 'utf8')) })`,
  )
  const run = await harnessOf(
    await bundle(root, { tests: ['src/one.test.ts'], mutated: new Set(['src/one.ts']) }),
    undefined,
  )
  expect(await run(NO_MUTANT)).toEqual({ id: NO_MUTANT, result: 'survived' })
  writeFileSync(join(root, 'read.txt'), '2')
  expect(await run(NO_MUTANT)).toEqual({ id: NO_MUTANT, result: 'killed', by: 'one' })
}, 120_000)

test('a property has the same cases each time, and at most a hundred: what it kills today it kills tomorrow', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'plugtill-mutate-test-')))
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'src', 'same.ts'), 'export const same = (value: number) => value + 0')
  writeFileSync(
    join(root, 'src', 'same.test.ts'),
    `import fc from 'fast-check'
     import { expect, test } from 'vitest'
     import { same } from './same.ts'
     const cases = () => {
       const seen: number[] = []
       fc.assert(fc.property(fc.integer(), (value) => void seen.push(same(value))), { numRuns: 1000 })
       return seen
     }
     test('cases', () => { expect([cases(), cases().length]).toEqual([cases(), 100]) })`,
  )
  const made = await bundle(root, { tests: ['src/same.test.ts'], mutated: new Set(['src/same.ts']) })
  const run = await harnessOf(made, undefined)
  expect((await run(made.mutants.findIndex(({ name }) => name === 'same: value + 0 -> value - 0'))).result).toBe(
    'survived',
  )
}, 120_000)

const mutants = ['a', 'b', 'c', 'd'].map((name, id) => ({ id, path: 'packages/x/src/sum.ts', line: 1, name }))
const settings: Settings = { bar: 70, unmutated: [], without: '', survivors: [] }
const verdicts = (['killed', 'endless', 'survived', 'not reached'] as const).map((result, id) => ({ id, result }))

test('a file below its bar is a complaint, and so is a list that is not true any more', () => {
  const of = (more: Partial<Settings>, extent: Extent = 'files') =>
    judge({ ...settings, ...more }, mutants, { verdicts, extent }).complaints
  expect(of({})).toEqual(['packages/x/src/sum.ts: 50.0 % are below 70 %.'])
  expect(of({}, 'sample')).toEqual([])
  expect(of({ bar: 50 })).toEqual([])
  expect(of({ lower: [{ files: ['sum.ts'], bar: 50 }] })).toEqual([])
  const list = (...names: readonly string[]) => [
    { reason: 'why', mutants: names.map((name) => keyOf({ path: 'packages/x/src/sum.ts', name })) },
  ]
  expect(of({ bar: 100, survivors: list('c', 'd') })).toEqual([])
  expect(of({ survivors: list('c') })).toEqual(['packages/x/src/sum.ts: 66.7 % are below 70 %.'])
  expect(of({ bar: 50, survivors: list('b', 'gone') })).toEqual([
    'Killed by time, but listed: sum.ts b',
    'Listed, but no more there: sum.ts gone',
  ])
})

test('of a whole run all mutants count too, and its figures are those of the list, which a record renews', () => {
  const figures = {
    together: '2 of 4 killed (50.0 %), 1 cannot be, 1 survive',
    'sum.ts': '2 of 4 killed (50.0 %), 1 cannot be, 1 survive',
  }
  const survivors = [{ reason: 'why', mutants: ['sum.ts c'] }]
  const of = (more: Partial<Settings>, extent: Extent = 'whole') =>
    judge({ ...settings, bar: 60, survivors, ...more }, mutants, { verdicts, extent })
  expect(of({ barOfAll: 50, figures })).toMatchObject({ complaints: [], figures })
  expect(of({ barOfAll: 51 }).complaints).toEqual(['Of all mutants 50.0 % are killed, below 51 %.'])
  expect(of({ figures: { together: 'less' } }).complaints).toEqual(['The figures are not those of the list: --record.'])
  expect(of({ barOfAll: 51, figures: {} }, 'files').complaints).toEqual([])
  expect(recorded('{\n  "figures": {},\n  "survivors": [{}]\n}\n', { together: '1 of 1' })).toBe(
    '{\n  "figures": {\n    "together": "1 of 1"\n  },\n  "survivors": [{}]\n}\n',
  )
})
