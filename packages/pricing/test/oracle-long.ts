/**
 * Holds the engine against the oracle for as many cases as asked:
 *
 *     node packages/pricing/test/oracle-long.ts --cases 100000 --seed 1
 *
 * A difference is made as small as it gets and printed; it ends with exit code 1.
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { caseOf } from './generate.ts'
import type { Case } from './oracle.ts'
import { differences } from './oracle-total.ts'

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
})
const [cases, seed] = [Number(values.cases), Number(values.seed)]

/** Tries to leave things out, one after the other, as long as a difference remains. */
function shrunk(one: Case): Case {
  for (let round = 0; round < 20; round++) {
    const smaller = variants(one).find((variant) => {
      try {
        return differences(variant).length > 0
      } catch {
        return false
      }
    })
    if (smaller === undefined) return one
    one = smaller
  }
  return one
}

/** The value with one list item or one optional field less. */
function* without(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (value.length > 1) yield value.toSpliced(index, 1)
      for (const inner of without(value[index])) yield value.with(index, inner)
    }
  } else if (typeof value === 'object' && value !== null) {
    const needed = [
      'type',
      'price',
      'step_size',
      'start',
      'end',
      'timeZone',
      'periods',
      'elements',
      'price_components',
      'currency',
      'tax_included',
      'id',
      'tariffs',
      'session',
      'stepMs',
      'grainKwh',
      'before_taxes',
      'tariffId',
    ]
    for (const [name, inner] of Object.entries(value)) {
      if (!needed.includes(name)) yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name))
      for (const less of without(inner)) yield { ...value, [name]: less }
    }
  }
}

const variants = (one: Case) => [...without(one)] as Case[]

const began = performance.now()
let different = 0
for (let index = 0; index < cases && different < 5; index++) {
  const one = caseOf(seed * 1_000_003 + index)
  if (differences(one).length === 0) continue
  different++
  const small = shrunk(one)
  console.log(`case ${index}: ${differences(small).join('; ')}\n${JSON.stringify(small)}\n`)
}
console.log(JSON.stringify({ cases, seed, different, seconds: Math.round((performance.now() - began) / 1000) }))
process.exitCode = different > 0 ? 1 : 0
