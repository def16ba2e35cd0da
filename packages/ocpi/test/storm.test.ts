import process from 'node:process'
import { expect, test } from 'vitest'
import { storm } from './storm.ts'

/** What else runs on the machine does not count. */
const cpuMs = () => process.cpuUsage().user / 1_000

test('3,000 damaged examples: no crash, no 5xx, an envelope each time; good ones still get through', async () => {
  const { broken, answers } = await storm({ seed: 20_300_131, requests: 3_000, now: cpuMs })

  expect(broken).toEqual([])
  expect(
    Object.keys(answers).every((pair) => /^(200 (1000|200\d|300[0-3])|201 1000|40[0145] \d{4}|413 2001)$/.test(pair)),
  ).toBe(true)
  expect((answers['200 1000'] ?? 0) + (answers['201 1000'] ?? 0)).toBeGreaterThan(100)
  expect(answers['200 2001']).toBeGreaterThan(300)
})
