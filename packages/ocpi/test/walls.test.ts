import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Module, Table } from '../src/module.ts'
import { cdrs } from '../src/modules/cdrs.ts'
import { commands } from '../src/modules/commands.ts'
import { locations } from '../src/modules/locations.ts'
import { payments } from '../src/modules/payments.ts'
import { sessions } from '../src/modules/sessions.ts'
import { tariffs } from '../src/modules/tariffs.ts'
import { tokens } from '../src/modules/tokens.ts'
import type { Mounted } from '../src/server.ts'
import type { WireRequest } from '../src/wire.ts'
import { CPO_PARTY, newWorld, PTP_PARTY, pair, platform, raw, told } from './two-platforms.ts'

const MODULES: readonly Module[] = [cdrs, commands, locations, payments, sessions, tariffs, tokens]

/** Every interface of every module, with handlers that only note that they were reached. */
function everything(reached: string[]): readonly Mounted[] {
  const noting = (table: Table, place: string) =>
    Object.fromEntries(
      Object.entries(table).map(([name, row]) => [
        name,
        async () => {
          reached.push(`${place} ${name}`)
          return row.kind === 'list' ? { total: 0, items: [] } : undefined
        },
      ]),
    )
  return MODULES.flatMap((module) => [
    { module, role: 'SENDER' as const, handlers: noting(module.sender, module.id) },
    { module, role: 'RECEIVER' as const, handlers: noting(module.receiver, module.id) },
  ])
}

interface Door {
  readonly method: WireRequest['method']
  /** Below the base, parameters still as ":name". */
  readonly path: string
}
const DOORS: readonly Door[] = MODULES.flatMap((module) =>
  (['sender', 'receiver'] as const).flatMap((role) =>
    Object.values(module[role]).map((row) => ({ method: row.method, path: `/2.3.0/${role}/${module.id}${row.path}` })),
  ),
)
const fill = (path: string, party: { countryCode: string; partyId: string }) =>
  path.replace(':country_code', party.countryCode).replace(':party_id', party.partyId).replace(/:\w+/g, 'x1')

const FOREIGN = [
  { countryCode: 'NL', partyId: 'XXX' },
  { countryCode: 'DE', partyId: 'ABC' },
  { countryCode: 'DE', partyId: 'PAY' },
]

test('T03, A-08: token A reaches no endpoint of any functional module', async () => {
  const reached: string[] = []
  const cpo = platform(newWorld(), CPO_PARTY, 'https://cpo.example', { modules: everything(reached) })
  const { token } = await cpo.handshake.invite(PTP_PARTY)

  for (const { method, path } of DOORS) {
    const answer = await cpo.serve(raw(method, cpo.baseUrl + fill(path, PTP_PARTY), token, { body: '{}' }))
    expect([path, answer.status]).toEqual([path, 401])
  }
  expect(reached).toEqual([])
})

test('T13, A-35: no endpoint with owner ids is reached with those of somebody else', async () => {
  const reached: string[] = []
  const { ptp, ptpSeenByCpo } = await pair({ ptp: { modules: everything(reached) } })
  const owned = DOORS.filter(({ path }) => path.includes(':party_id'))
  expect(owned.length).toBeGreaterThan(15)

  for (const { method, path } of owned) {
    for (const party of FOREIGN) {
      // The body says the caller's own party: the URL alone must be enough to refuse.
      const body = JSON.stringify({ country_code: 'NL', party_id: 'ABC', last_updated: '2026-01-01T00:00:00Z' })
      const answer = await ptp.serve(
        raw(method, ptp.baseUrl + fill(path, party), ptpSeenByCpo.tokenOut, method === 'GET' ? {} : { body }),
      )
      expect([path, answer.status]).toEqual([path, 404])
    }
  }
  expect(reached).toEqual([])
})

test('A-35: with its own ids a partner reaches every reading endpoint', async () => {
  const reached: string[] = []
  const { ptp, ptpSeenByCpo } = await pair({ ptp: { modules: everything(reached) } })
  const readable = DOORS.filter(({ method }) => method === 'GET')

  for (const { method, path } of readable) {
    await ptp.serve(raw(method, ptp.baseUrl + fill(path, CPO_PARTY), ptpSeenByCpo.tokenOut))
  }

  expect(reached).toHaveLength(readable.length)
})

test('whatever arrives, the answer is an envelope and never 500', async () => {
  const { ptp, ptpSeenByCpo } = await pair({ ptp: { modules: everything([]) } })
  const piece = fc.oneof(
    fc.constantFrom(
      '2.3.0',
      'sender',
      'receiver',
      'locations',
      'payments',
      'terminals',
      '..',
      '%2e%2e',
      '%',
      '%00',
      '',
      'NL',
      'ABC',
    ),
    fc.string({ maxLength: 8 }),
  )
  const request = fc.record({
    method: fc.constantFrom<WireRequest['method']>('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
    path: fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('/')),
    query: fc.webQueryParameters(),
    body: fc.oneof(fc.json(), fc.string(), fc.constant('')),
    header: fc.string({ maxLength: 20 }),
  })

  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, body, header }) => {
      const extra = { body, headers: { 'x-request-id': header, 'ocpi-from-party-id': header } }
      const answer = await ptp.serve(raw(method, `${ptp.baseUrl}/${path}?${query}`, ptpSeenByCpo.tokenOut, extra))
      expect(answer.status).toBeLessThan(500)
      expect(told(answer).status_code).toBeGreaterThanOrEqual(1000)
      expect(answer.headers['x-request-id']).toMatch(/^[\x21-\x7e]{1,64}$/)
    }),
    { numRuns: 300 },
  )
  expect(ptp.faults).toEqual([])
})
