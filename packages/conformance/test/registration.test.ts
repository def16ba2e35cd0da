import { join } from 'node:path'
import { createHandshake } from '@plugtill/ocpi/handshake'
import { memoryPeers, type Party } from '@plugtill/ocpi/peers'
import { createOcpiServer } from '@plugtill/ocpi/server'
import type { Serve } from '@plugtill/ocpi/wire'
import { expect, test } from 'vitest'
import { loadCatalogue } from '../src/catalogue-files.ts'
import { createDesk } from '../src/desk.ts'
import { CHECKS, SCENARIOS } from '../src/judges.ts'
import { run } from '../src/run.ts'
import { network, numbered, sha256 } from './network.ts'
import { testClock } from './test-clock.ts'

const catalogue = loadCatalogue(join(import.meta.dirname, '..', '..', '..', 'spec'))
const CPO: Party = { countryCode: 'NL', partyId: 'ABC', role: 'CPO', name: 'ABC Charging' }
const JUDGE: Party = { countryCode: 'DE', partyId: 'JDG', role: 'PTP', name: 'The judge' }

/** Judges a platform that has a handshake and nothing else; `spoil` changes what it answers. */
async function judged(spoil: (serve: Serve) => Serve = (serve) => serve) {
  const clock = testClock()
  const net = network()
  const cpo = {
    party: CPO,
    baseUrl: 'https://cpo.example/ocpi',
    peers: memoryPeers(),
    clock,
    send: net.send,
    needs: {},
  }
  const handshake = createHandshake({ ...cpo, ...numbered('cpo') })
  net.attach(
    'https://cpo.example',
    spoil(createOcpiServer({ ...cpo, ...numbered('cpo answers'), handshake, modules: [] })),
  )
  const desk = createDesk({
    target: 'cpo',
    party: JUDGE,
    baseUrl: 'https://judge.example/ocpi',
    send: net.send,
    clock,
    ...numbered('judge'),
    hash: sha256,
    modules: [],
    needs: {},
    patienceMs: 5_000,
  })
  net.attach('https://judge.example', desk.serve)
  const { versionsUrl, token } = await handshake.invite({ countryCode: 'DE', partyId: 'JDG' })
  const parts = { desk, scenarios: SCENARIOS.cpo, catalogue, checks: CHECKS, invitation: { versionsUrl, token } }
  const { report } = await clock.flow(run({ ...parts, milestone: 'platform-registration' }))
  return report
}

test('what was seen to hold passes', async () => {
  const { rules } = await judged()
  expect(rules.find(({ id }) => id === 'versions.get/4')).toMatchObject({ status: 'pass', held: 2, failed: 0 })
})

test('a failure is shown with the exchange, what was expected and what was there', async () => {
  const { rules } = await judged((serve) => async (request) => {
    const response = await serve(request)
    return response.status === 401 ? { ...response, status: 403 } : response
  })
  expect(rules.find(({ id }) => id === 'versions.get/4')).toMatchObject({
    status: 'fail',
    expected: 'HTTP 401',
    failed: 2,
    message: 'The versions endpoint was asked without a token and did not refuse.',
    evidence: [{ response: { status: 403 } }, { response: { status: 403 } }],
  })
})

test('what could not be seen is untestable, and is blamed on what failed before it', async () => {
  const { rules, roots } = await judged(() => async () => ({ status: 500, headers: {}, body: '' }))
  expect(rules.find(({ id }) => id === 'versions.details/1')).toMatchObject({
    status: 'untestable',
    message: 'Not testable: version details.',
    cause: 'versions.get/1',
  })
  expect(roots[0]).toBe('versions.get/1')
})

test('no token stands in a report', async () => {
  const text = JSON.stringify(await judged())
  expect(text).toContain('Token ***')
  expect(text).not.toMatch(/"(authorization|token)":"(?!Token \*\*\*|\*\*\*)/i)
})
