/** Every rule of transport, versions and credentials is cited by a test somewhere, or is somebody else's with a reason. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Rule {
  readonly id: string
  readonly level: 'M' | 'S' | 'O' | 'I' | 'D'
  readonly about: string
  readonly notOurs?: string
}

const ROOT = join(import.meta.dirname, '../../..')
const rules = JSON.parse(readFileSync(join(ROOT, 'spec/requirements/ocpi-rules.json'), 'utf8')) as readonly Rule[]

function* testsBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== 'dist') yield* testsBelow(path)
    else if (/\.test\.tsx?$/.test(entry.name) && path !== import.meta.filename) yield path
  }
}

/** Ids in a text; "B-13 to B-18" means all six. */
function idsIn(text: string): readonly string[] {
  const named = [...text.matchAll(/\b[ABE]-\d{2}\b/g)].map(([id]) => id)
  const spans = [...text.matchAll(/\b([ABE])-(\d{2}) to \1-(\d{2})\b/g)].flatMap(([, part, from, to]) =>
    Array.from(
      { length: Number(to) - Number(from) + 1 },
      (_, nth) => `${part}-${String(Number(from) + nth).padStart(2, '0')}`,
    ),
  )
  return [...named, ...spans]
}

const cited = new Set(
  ['packages', 'apps', 'stories']
    .flatMap((folder) => [...testsBelow(join(ROOT, folder))])
    .flatMap((path) => idsIn(readFileSync(path, 'utf8'))),
)

test('the list of rules is whole: no id twice, none left out', () => {
  const numbered = (part: string, from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, nth) => `${part}-${String(from + nth).padStart(2, '0')}`)

  expect(rules.map((rule) => rule.id)).toEqual([
    ...numbered('A', 1, 80),
    ...numbered('B', 1, 33),
    ...numbered('E', 36, 60),
  ])
  expect(rules.filter((rule) => rule.about === '' || !'MSOID'.includes(rule.level))).toEqual([])
})

test('every rule is cited by a test, or is not ours for a reason', () => {
  const open = rules.filter((rule) => rule.notOurs === undefined && !cited.has(rule.id))

  expect(open.map((rule) => `${rule.id} ${rule.about}`)).toEqual([])
})

test('no test cites a rule of these parts that does not exist', () => {
  const known = new Set(rules.map((rule) => rule.id))

  expect([...cited].filter((id) => /^[AB]-/.test(id) && !known.has(id))).toEqual([])
})

test('what is not ours has a reason, and is no duty of a platform', () => {
  const elsewhere = rules.filter((rule) => rule.notOurs !== undefined)

  expect(elsewhere.map((rule) => rule.id)).toEqual(['A-13', 'A-55', 'A-75', 'A-76', 'A-80'])
  expect(elsewhere.every((rule) => /hub/i.test(rule.notOurs ?? ''))).toBe(true)
})
