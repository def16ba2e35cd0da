/** Our own PTP before the judge: the production code, its terminals tapped through its link, on the world's clock. */
import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { loadCatalogue } from '@plugtill/conformance/catalogue-files'
import { openJudge } from '@plugtill/conformance/open-judge'
import type { OperatorStep } from '@plugtill/conformance/scenario'
import { openSqlite } from '@plugtill/engine/sqlite'
import { createWorld, type World } from '@plugtill/world/world'
import { expect, test } from 'vitest'

const catalogue = loadCatalogue(join(import.meta.dirname, '..', 'spec'))
const JUDGE_URL = 'https://judge.example/ocpi'

interface Peer {
  readonly id: string
  readonly status: string
}

/** What a person at the terminal does: everything goes through the admin table or the link of the device. */
function personAt(world: World): (step: OperatorStep) => Promise<void> {
  const { ptp } = world
  let taps = 0
  const admin = ptp().admin
  const call = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const route = admin.find((one) => one.method === method && one.path === path)
    if (route === undefined) throw new Error(`There is no ${method} ${path}.`)
    return (await route.run({ params: {}, query: {}, body })).body
  }
  return async ({ id, details }) => {
    if (id === 'register') {
      await call('POST', '/peers/register', { versions_url: details['versions_url'], token: details['token'] })
    }
    if (id === 'add-terminal') {
      const peers = (await call('GET', '/peers')) as readonly Peer[]
      const peer = peers.find(({ status }) => status === 'registered')?.id
      await call('POST', '/terminals', { peer, model: 'apollo', reference: 'PLG-JUDGED-1' })
    }
    const terminal = details['terminal_id'] ?? ''
    if (id === 'tap-card') {
      const { location_id: locationId = '', evse_uid: evseUid = '', connector_id: connectorId = '' } = details
      taps += 1
      const tap = { locationId, evseUid, connectorId, card: 'approved', language: 'en', tapId: `judged-${taps}` }
      await ptp().link.tap(terminal, tap)
    }
    if (id === 'tap-to-stop') {
      const payments = (await call('GET', '/payments')) as readonly { reference: string; session_id: string | null }[]
      const payment = payments.find(({ session_id }) => session_id === details['session_id'])
      if (payment !== undefined) await ptp().link.stop(terminal, { reference: payment.reference, card: 'approved' })
    }
  }
}

const CASES = (['2.3.0', '2.2.1'] as const).flatMap((version) => [false, true].map((invited) => ({ version, invited })))

test.each(CASES)(
  'our PTP passes everything in $version, invited by the judge: $invited',
  async ({ version, invited }) => {
    const world = await createWorld({ seed: 7, openStore: () => openSqlite({ file: ':memory:' }) })
    const judge = openJudge('ptp', {
      party: { countryCode: 'NL', partyId: 'JDG', name: 'The judge' },
      baseUrl: JUDGE_URL,
      send: world.network.send,
      clock: world.clock,
      ids: () => randomUUID(),
      randomToken: () => createHash('sha256').update(randomUUID()).digest('base64url'),
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      version,
      patienceMs: 120_000,
    })
    world.network.attach(JUDGE_URL, judge.serve)
    const invitation = await world.ptpAdmin.post<{ versions_url: string; token: string }>('/peers/invite', {
      country_code: 'NL',
      party_id: 'JDG',
      role: 'CPO',
    })
    const { report } = await world.flow(
      judge.run({
        catalogue,
        operator: personAt(world),
        ...(invited
          ? { invite: true }
          : { invitation: { versionsUrl: invitation.versions_url, token: invitation.token } }),
      }),
    )
    const other = report.rules.filter(({ status }) => status !== 'pass' && status !== 'not-applicable')
    expect(
      other.map(({ id, status, message, expected, actual, cause }) => ({
        id,
        status,
        message,
        expected,
        actual,
        cause,
      })),
    ).toEqual([])
    expect(report.milestones.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 'pass'))
    await world.close()
  },
)
