import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepPart, type Part, quantile, readParts, sumOf } from './parts.ts'

const part: Part = {
  seed: 1,
  seconds: 10,
  payments: 100,
  kills: { 'capture.after': 2, 'result.before (not reached)': 1, 'some moment': 3, PostgreSQL: 1 },
  cuts: { delay: 4 },
  states: { captured: 90, voided: 10 },
  backMs: { server: [900, 700, 2_100], database: [1_500] },
  findings: [],
}

test('the parts of a trial add up: kills, points, payments, findings, and the time of every one of them', () => {
  const other: Part = {
    ...part,
    seed: 2,
    kills: { 'result.before': 1, 'paused, another took over': 2 },
    states: { captured: 100 },
    backMs: { server: [800], database: [] },
    findings: ['P-1: captured twice'],
  }
  expect(sumOf([part, other])).toMatchObject({
    parts: 2,
    seeds: [1, 2],
    seconds: 20,
    payments: 200,
    paymentsPerSecond: 10,
    serverKills: 7,
    databaseKills: 1,
    kills: { 'capture.after': 2, 'result.before': 1, 'some moment': 3 },
    cuts: { delay: 8 },
    states: { captured: 190, voided: 10 },
    firstTapAfterServerKillMs: { p50: 800, p99: 2_100, max: 2_100, count: 4 },
    findings: 1,
  })
})

test('a point counts as reached only where the server died at it', () => {
  const { points, missed } = sumOf([part])
  expect(points).toBe('1 of 26 named points reached')
  expect(missed).toContain('result.before')
  expect(missed).not.toContain('capture.after')
})

test('what is kept of a part is what is read, one line each', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-parts-'))
  try {
    const file = join(folder, 'parts.jsonl')
    keepPart(file, part)
    keepPart(file, { ...part, seed: 2 })
    expect(readParts(file)).toEqual([part, { ...part, seed: 2 }])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('of 300 values the 99th percentile is the 297th', () => {
  const all = Array.from({ length: 300 }, (_, index) => index + 1)
  expect([quantile(all, 0.99), quantile(all, 0.5), quantile([], 0.5)]).toEqual([297, 150, null])
})
