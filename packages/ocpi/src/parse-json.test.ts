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

test('20,000 levels are refused at once', () => {
  const text = nested(20_000)
  refusal(text)
  const start = performance.now()
  expect(refusal(text)).toBe('too-deep')
  expect(performance.now() - start).toBeLessThan(5)
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

test('many names in one object take linear time', () => {
  const text = JSON.stringify(
    Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`name${index}`, index])),
  )
  const start = performance.now()
  expect(refusal(text)).toBe('accepted')
  expect(performance.now() - start).toBeLessThan(1_000)
})
