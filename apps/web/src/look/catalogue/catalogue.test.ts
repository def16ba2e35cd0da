import { expect, test } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'
import { nl } from './nl.ts'

/** Every text by its place; of one that is filled in, how many values it takes. */
const textsOf = (catalogue: object, place = ''): readonly (readonly [string, string | number])[] =>
  Object.entries(catalogue).flatMap(([name, text]: [string, unknown]) => {
    const at = `${place}${name}`
    if (typeof text === 'string') return [[at, text]]
    return typeof text === 'function' ? [[at, text.length]] : textsOf(text as object, `${at}.`)
  })

/** Terms of OCPI that nobody translates. */
const TERMS = ['Charge Point Operator', 'Payment Terminal Provider', 'Token A']

test.each(Object.entries({ de, nl }))(
  '%s has every text of the console, filled in alike, and no sentence left in English',
  (_, own) => {
    const [ours, theirs] = [new Map(textsOf(own)), new Map(textsOf(en))]
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort())
    for (const [at, text] of theirs) {
      const said = ours.get(at)
      if (typeof text === 'number') expect(said, at).toBe(text)
      else expect(said === '', at).toBe(text === '')
      if (typeof text === 'string' && text.includes(' ') && !TERMS.includes(text)) expect(said, at).not.toBe(text)
    }
  },
)
