import { join } from 'node:path'
import type { Exchange } from '@plugtill/ocpi/exchange'
import { exchangeRecord } from '@plugtill/ocpi/exchange'
import { expect, test } from 'vitest'
import { createBoard } from '../src/board.ts'
import { loadCatalogue } from '../src/catalogue-files.ts'
import { CHECKS } from '../src/judges.ts'
import { sha256 } from './network.ts'

const catalogue = loadCatalogue(join(import.meta.dirname, '..', '..', '..', 'spec'))
const NOW = Date.parse('2030-07-02T10:00:00.000Z')

const board = () =>
  createBoard({ target: 'cpo', catalogue, checks: CHECKS, clock: { now: () => NOW }, hash: sha256, patienceMs: 60_000 })

const exchange = (responseBody: string): Exchange => ({
  at: NOW,
  direction: 'out',
  peerId: 'P1',
  module: 'versions',
  endpoint: 'versions',
  method: 'GET',
  url: 'https://cpo.example/ocpi/versions',
  requestHeaders: { authorization: 'Token ***' },
  requestBody: '',
  status: 200,
  responseHeaders: {},
  responseBody,
  durationMs: 5,
  requestId: '1',
  correlationId: '2',
})
const RAW = {
  request: { method: 'GET', url: 'https://cpo.example/ocpi/versions', headers: {}, body: '' },
  response: { status: 200, headers: {}, body: '' },
} as const
const versions = (version: string) =>
  `{"data":[{"version":"${version}","url":"https://cpo.example/ocpi/${version}"}],"status_code":1000,"timestamp":"2030-07-02T10:00:00Z"}`

const statusOf = (one: ReturnType<typeof board>, id: string) =>
  one.judgement().outcomes.find(({ requirement }) => requirement.id === id)?.status

test('rules tick as traffic happens', () => {
  const one = board()
  expect(statusOf(one, 'versions.get/2')).toBe('untestable')
  one.saw(exchange(versions('2.1.1')), RAW, '2.3.0')
  expect(statusOf(one, 'versions.get/2')).toBe('fail')
  one.saw(exchange(versions('2.3.0')), RAW, '2.3.0')
  expect(statusOf(one, 'versions.get/2')).toBe('pass')
})

test('what only odd questions can show is not asked for where nobody asks them', () => {
  const { outcomes } = board().judgement()
  expect(outcomes.find(({ requirement }) => requirement.id === 'versions.get/4')).toMatchObject({
    status: 'not-applicable',
    message: 'Only a run of "plugtill check" asks for this.',
  })
})

test('a milestone of which nothing was seen is not reached, and a failure says so', () => {
  const [silent, wrong] = [board(), board()]
  wrong.saw(exchange(versions('2.1.1')), RAW, '2.3.0')
  expect([silent, wrong].map((one) => one.judgement().milestones[0]?.status)).toEqual(['untestable', 'fail'])
})

test('what an earlier process saw counts, and a body that was cut says nothing', () => {
  const one = board()
  one.recall(exchangeRecord(exchange(versions('2.3.0'))), '2.3.0')
  expect(statusOf(one, 'versions.get/2')).toBe('pass')
  const cut = board()
  const long = versions('2.3.0').replace(
    '"data":[',
    `"data":[${'{"version":"9.9","url":"https://cpo.example"},'.repeat(500)}`,
  )
  cut.recall(exchangeRecord(exchange(long)), '2.3.0')
  expect(statusOf(cut, 'versions.get/2')).toBe('untestable')
})

test('a long time with a partner is kept as its beginning and its end', () => {
  const one = board()
  for (let count = 0; count < 1_000; count += 1) one.saw(exchange(versions('2.3.0')), RAW, '2.3.0')
  const { seen } = one.judgement().record
  expect(seen.length).toBe(50)
  expect([seen[0]?.index, seen[4]?.index, seen[5]?.index, seen.at(-1)?.index]).toEqual([0, 4, 955, 999])
})

test('what the partner has mended no longer counts: what failed before is judged by what comes', () => {
  const one = board()
  one.saw(exchange('no JSON'), RAW, '2.3.0')
  expect(one.judgement().outcomes.map(({ status }) => status)).toContain('fail')
  one.forget(NOW - 1)
  expect(one.judgement().outcomes.map(({ status }) => status)).toContain('fail')
  one.forget(NOW)
  expect(one.judgement().outcomes.map(({ status }) => status)).not.toContain('fail')
  one.saw(exchange(versions('2.3.0')), RAW, '2.3.0')
  expect(statusOf(one, 'versions.get/2')).toBe('pass')
})
