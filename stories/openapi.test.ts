import { describe, expect, test } from 'vitest'
import { differences, REASONS, readDocuments } from './openapi.ts'
import { readYaml } from './read-yaml.ts'
import { databases, tell } from './rig.ts'

const folder = process.env['PLUGTILL_TEST_OPENAPI_DIR']

test('the YAML of OpenAPI documents is read', () => {
  const text =
    "a:\n  - $ref: \"x#/y\"\n    b: 'it''s' # why\n  - plain\nd: |\n  line: one\n\n  two\ne: [ A, B ]\n'200':\n  f: 1.5\n  g: true\nh:\n- i\n"

  expect(readYaml(text)).toEqual({
    a: [{ $ref: 'x#/y', b: "it's" }, 'plain'],
    d: 'line: one\n\ntwo',
    e: ['A', 'B'],
    200: { f: 1.5, g: true },
    h: ['i'],
  })
  expect(() => readYaml('a: 1\n? complex')).toThrow('Line 2')
})

/** Seen in the shortest story there is. Every other one is held against the documents when it ends (`rig.ts`). */
const SEEN = {
  '2.3.0': ['2.3.0 POST /credentials 200 /data/roles/*/role: must be equal to one of the allowed values'],
  '2.2.1': [
    '2.2.1 sender commands has no POST …',
    'no document for 2.2.1 receiver payments',
    'no document for 2.2.1 sender payments',
  ],
}

if (folder !== undefined) {
  describe.each(['2.3.0', '2.2.1'] as const)('on %s', (version) => {
    test('every message of a story is valid by the official OpenAPI documents, or differs for a reason', async () => {
      const documents = readDocuments(folder)
      const story = await tell(databases[0]!, { version })
      const { reference } = await story.tap()
      await story.reaches(reference, 'charging')
      await story.pass(20 * 60_000)
      story.stations.get('PLG-AC-1')!.unplug(1)
      await story.ends(reference)
      expect(story.network.passed.length).toBeGreaterThan(20)

      expect(differences(documents, story.network.passed)).toEqual(SEEN[version])
      expect(SEEN[version].filter((difference) => REASONS[difference] === undefined)).toEqual([])
      await story.close()
    })
  })
}
