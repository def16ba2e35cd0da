/** The judge on our own CPO: everything holds, and a whole run without a person takes seconds. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { loadCatalogue } from '@plugtill/conformance/catalogue-files'
import { openJudge } from '@plugtill/conformance/open-judge'
import type { OperatorStep } from '@plugtill/conformance/scenario'
import { openSqlite } from '@plugtill/engine/sqlite'
import { CPO_PUBLIC_URL, createWorld, type World } from '@plugtill/world/world'
import { expect, test } from 'vitest'

const catalogue = loadCatalogue(join(import.meta.dirname, '..', 'spec'))
const BASE = 'https://judge.example/ocpi'

/** Ids and tokens that are the same in every run. */
function numbered() {
  let count = 0
  const next = () => createHash('sha256').update(`judge ${++count}`).digest('hex')
  return {
    ids: () => next().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    randomToken: () => Buffer.from(next(), 'hex').toString('base64url'),
  }
}

/** What a person does at the CPO; the cars of the world come by themselves. */
const operatorOf =
  (world: World) =>
  async ({ id, details }: OperatorStep) => {
    const terminal = details['terminal_id'] ?? ''
    if (id !== 'assign-terminal') return
    await world.cpoAdmin.post(`/terminals/${encodeURIComponent(terminal)}/assign`, { locations: ['LOC-CITY'] })
  }

async function judged(version: '2.3.0' | '2.2.1') {
  const world = await createWorld({ seed: 7, openStore: () => openSqlite({ file: ':memory:' }), version })
  try {
    world.network.attach(`${CPO_PUBLIC_URL}/invoices`, async ({ url }) => {
      const { body, ...answer } = await world.cpo.serveInvoice(decodeURIComponent(url.split('/').at(-1) ?? ''))
      return { ...answer, body: String(body) }
    })
    const invitation = await world.cpoAdmin.post<{ readonly versions_url: string; readonly token: string }>(
      '/peers/invite',
      { country_code: 'DE', party_id: 'JDG', role: 'PTP' },
    )
    const judge = openJudge('cpo', {
      party: { countryCode: 'DE', partyId: 'JDG', name: 'The judge' },
      baseUrl: BASE,
      send: world.network.send,
      clock: world.clock,
      ...numbered(),
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      version,
      patienceMs: 30_000,
    })
    world.network.attach(BASE, judge.serve)
    const { report } = await world.flow(
      judge.run({
        catalogue,
        invitation: { versionsUrl: invitation.versions_url, token: invitation.token },
        operator: operatorOf(world),
      }),
    )
    return report
  } finally {
    await world.close()
  }
}

test.each(['2.3.0', '2.2.1'] as const)(
  'our CPO passes everything in %s, within 30 s without a person',
  async (version) => {
    const { rules, duration_ms } = await judged(version)
    const open = rules.filter(({ status }) => status !== 'pass' && status !== 'not-applicable')
    expect(
      open.map(({ id, status, message, expected, actual, cause }) => ({
        id,
        status,
        message,
        expected,
        actual,
        cause,
      })),
    ).toEqual([])
    expect(duration_ms).toBeLessThan(30_000)
  },
)
