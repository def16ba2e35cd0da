/** The priced examples of 2.2.1, read through its codec, are valid 2.3.0; written back they are what they were. */
import { readdirSync, readFileSync } from 'node:fs'
import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { Cdr } from '../src/modules/cdrs.ts'
import { Session, SessionPatch } from '../src/modules/sessions.ts'
import { Tariff } from '../src/modules/tariffs.ts'
import { parseJson } from '../src/parse-json.ts'
import { validatorOf } from '../src/validate.ts'
import { codecOf } from '../src/versions/negotiate.ts'

const FOLDER = new URL('../../../spec/2.2.1/examples/', import.meta.url)

const KINDS: readonly (readonly [RegExp, string, TSchema])[] = [
  [/^cdr_example/, 'cdrs', Cdr],
  [/^session_example/, 'sessions', Session],
  [/^session_patch/, 'sessions', SessionPatch],
  [/^tariff/, 'tariffs', Tariff],
]

const files = readdirSync(FOLDER).flatMap((name) => {
  const kind = KINDS.find(([pattern]) => pattern.test(name))
  return kind ? [{ name, module: kind[1], shape: kind[2] }] : []
})

test.each(files)('$name reads as 2.3.0', ({ name, module, shape }) => {
  const old = parseJson(readFileSync(new URL(name, FOLDER), 'utf8'))
  const { readBody, writeBody } = codecOf('2.2.1')

  const lifted = readBody(module, '', old)

  // The PUT example forgets last_updated in both versions (H-21).
  const expected = name === 'tariff_put_example.json' ? ['/last_updated'] : []
  expect(
    validatorOf(shape)
      .findings(lifted)
      .map(({ path }) => path),
  ).toEqual(expected)
  expect(writeBody(module, '', lifted)).toEqual(old)
})

test('all priced examples are read', () => {
  expect(files).toHaveLength(25)
})
