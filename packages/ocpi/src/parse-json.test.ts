import process from 'node:process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonRefused, parseJson } from './parse-json.ts'

function refusal(text: string, limits?: Parameters<typeof parseJson>[1]): string {
  try {
    parseJson(text, limits)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error
    return error.reason
  }
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('any value survives the trip through text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(parseJson(text)).toEqual(JSON.parse(text))
      expect(parseJson(JSON.stringify(value, null, 2))).toEqual(JSON.parse(text))
    }),
  )
})

test('whatever is accepted means what JSON.parse says, and nothing else escapes than JsonRefused', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ':',
    ',',
    '1',
    '-',
    'e',
    '9',
    'true',
    'null',
    ' ',
    '"a"',
    '\\u0061',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const text = pieces.join('')
      if (refusal(text) === 'accepted') expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
    { numRuns: 2_000 },
  )
})

test('nesting is allowed up to the limit', () => {
  expect(refusal(nested(32))).toBe('accepted')
  expect(refusal(nested(33))).toBe('too-deep')
  expect(refusal(nested(3), { maxDepth: 2 })).toBe('too-deep')
  expect(refusal('"[[[["', { maxDepth: 1 })).toBe('accepted')
  expect(refusal('['.repeat(33))).toBe('too-deep')
})

/** Processor time in microseconds, the least of some rounds: whatever else runs on the machine does not count. */
function leastOf(rounds: number, text: string, said: string): number {
  const times = Array.from({ length: rounds }, () => {
    const start = process.cpuUsage()
    expect(refusal(text)).toBe(said)
    return process.cpuUsage(start).user
  })
  return Math.min(...times)
}

test('20,000 levels are refused at once', () => {
  expect(leastOf(5, nested(20_000), 'too-deep')).toBeLessThan(5_000)
})

test('numbers too large to exist are refused, wherever they stand', () => {
  for (const text of ['1e400', '-1e400', '[1E+999]', '{"a":1e309}', '9'.repeat(310)])
    expect(refusal(text)).toBe('number-too-large')
  for (const text of ['1e308', '-1e-400', '"1e400"', '9'.repeat(300)]) expect(refusal(text)).toBe('accepted')
})

test('a name may be there once per object, however it is written', () => {
  for (const text of ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '[{"b":{"x":1 , "x" :2}}]', '{"":1,"":2}']) {
    expect(refusal(text)).toBe('duplicate-name')
  }
  for (const text of ['{"a":1,"A":2}', '[{"a":1},{"a":1}]', '{"a":{"a":"a"}}', '["a","a"]', '{"a":"b","b":"a"}']) {
    expect(refusal(text)).toBe('accepted')
  }
})

test('a name that is there twice is found whatever stands around it, in texts short and long', () => {
  const word = fc.stringMatching(/^[a-z:"\\é ]{0,6}$/)
  const value = fc.jsonValue({ maxDepth: 3 })
  fc.assert(
    fc.property(
      fc.dictionary(word, value, { noNullPrototype: true }),
      word,
      fc.tuple(value, value),
      fc.constantFrom(0, 9_000),
      (others, name, [first, second], padding) => {
        const member = (at: string, held: unknown) => `${JSON.stringify(at)}:${JSON.stringify(held)}`
        const members = Object.entries(others)
          .filter(([other]) => other !== name)
          .map(([other, held]) => member(other, held))
        const once = [member(name, first), ...members, member('padding:', ':'.repeat(padding))]
        expect(refusal(`[{${once.join(',')}}]`)).toBe('accepted')
        expect(refusal(`[{${[...once, member(name, second)].join(' , ')}}]`)).toBe('duplicate-name')
      },
    ),
    { numRuns: 300 },
  )
})

/** A text as it was written: objects keep every name, also one that is there twice. */
type Written = string | readonly Written[] | { readonly members: readonly (readonly [name: string, held: Written])[] }

const isObject = (one: Written): one is Extract<Written, { members: unknown }> =>
  typeof one === 'object' && 'members' in one
const partsOf = (one: Written): readonly Written[] =>
  typeof one === 'string' ? [] : isObject(one) ? one.members.map(([, held]) => held) : one
const namesTwice = (one: Written): boolean =>
  (isObject(one) && new Set(one.members.map(([name]) => name)).size < one.members.length) ||
  partsOf(one).some(namesTwice)

function textOf(one: Written, [open, comma, colon, close]: readonly string[]): string {
  const gaps = [open ?? '', comma ?? '', colon ?? '', close ?? '']
  if (typeof one === 'string') return one
  if (!isObject(one)) return `[${gaps[0]}${one.map((item) => textOf(item, gaps)).join(`${gaps[3]},${gaps[1]}`)}]`
  const members = one.members.map(([name, held]) => `${JSON.stringify(name)}${gaps[3]}:${gaps[2]}${textOf(held, gaps)}`)
  return `{${gaps[0]}${members.join(`${gaps[3]},${gaps[1]}`)}}`
}

test('exactly the texts in which an object has a name twice are refused for it, however they are laid out', () => {
  // After a name that ends in a backslash V8 13.6 takes "\\"" for it, in this text and in later ones.
  const names = fc.constantFrom('a', 'b', '', ',', 'a,', ':', '"', '\n', '\\', 'b\\', '__proto__', '1')
  const scalar = fc.oneof(
    fc.constantFrom('0', '-1.5e3', '300000', '3e5', 'true', 'false', 'null'),
    fc.constantFrom('', ',', 'a,', ', b', ',"', '",', '{,', 'x:y', '\\', 'é').map((text) => JSON.stringify(text)),
  )
  const { tree } = fc.letrec<{ tree: Written }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.array(fc.tuple(names, tie('tree')), { maxLength: 4 }).map((members) => ({ members })),
    ),
  }))
  const gap = fc.constantFrom('', '', ' ', '\n  ', '\r\n\t')
  fc.assert(
    fc.property(tree, fc.tuple(gap, gap, gap, gap), fc.constantFrom(0, 9_000), (written, gaps, padding) => {
      const text = `${' '.repeat(padding)}${textOf(written, gaps)}`
      expect(refusal(text)).toBe(namesTwice(written) ? 'duplicate-name' : 'accepted')
    }),
    { numRuns: 5_000 },
  )
})

test('__proto__ is a name like any other', () => {
  const value = parseJson('{"__proto__":{"polluted":true},"constructor":1}') as Record<string, unknown>
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
  expect(value['polluted']).toBeUndefined()
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('text that is no JSON is refused with its reason', () => {
  for (const text of ['', '{', '{"a":1,}', "{'a':1}", '// x\n1', '\ufeff{}', '"', 'NaN', 'Infinity', '01']) {
    expect(refusal(text)).toBe('not-json')
  }
  expect(refusal('[1,2,3]', { maxLength: 6 })).toBe('too-large')
})

test('eight times as many names in one object take about eight times as long, not sixty-four', () => {
  const textOf = (names: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: names }, (_, index) => [`name${index}`, index])))
  // The least of nine: the collector and other work on the machine meet the long text more often than the short one.
  expect(leastOf(9, textOf(160_000), 'accepted') / leastOf(9, textOf(20_000), 'accepted')).toBeLessThan(32)
})
