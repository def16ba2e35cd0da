/** How the platform behaves towards partners by the day and by the month, and how strictly it reads their questions. */
import { sessions } from '@plugtill/ocpi/modules/sessions'
import type { Serve, WireRequest } from '@plugtill/ocpi/wire'
import { expect, test } from 'vitest'
import { PTP_URL } from './fake-ptp.ts'
import { CPO_URL, type Stage, stage } from './stage.ts'

const HOUR = 3_600_000

/** Stands between: sees every request to one side, and may answer in its place. */
function watch(
  { network, clock }: Pick<Stage, 'network' | 'clock'>,
  origin: string,
  instead: (request: WireRequest) => ReturnType<Serve> | undefined = () => undefined,
) {
  const serve = network.get(origin)!
  const began = clock.now()
  const seen: { readonly afterS: number; readonly what: string }[] = []
  network.set(origin, (request) => {
    const { pathname, search } = new URL(request.url)
    seen.push({ afterS: (clock.now() - began) / 1000, what: `${request.method} ${pathname}${search}` })
    return instead(request) ?? serve(request)
  })
  return seen
}

test('A-16: a partner that answers 503 with Retry-After is not knocked at again before, whatever else happens', async () => {
  const world = await stage()
  const { ac, pass, cpo } = world
  let busy = true
  const seen = watch(world, PTP_URL, () =>
    busy ? Promise.resolve({ status: 503, headers: { 'retry-after': '300' }, body: '' }) : undefined,
  )
  const status = (connectorId: number, word: string) =>
    ac.say('StatusNotification', { connectorId, errorCode: 'NoError', status: word })

  await status(1, 'Unavailable')
  await pass(100_000)
  await status(2, 'Unavailable')
  busy = false
  await pass(190_000)
  const waiting = await cpo.engine.effects({ status: 'pending', limit: 10 })
  expect(seen.map(({ what }) => what)).toEqual(['PATCH /ocpi/2.3.0/receiver/locations/NL/PLG/LOC-CITY/NLPLGE101'])
  // The newest first: the second change has not even been tried.
  expect(waiting.map(({ name, attempts }) => [name, attempts])).toEqual([
    ['publish', 0],
    ['publish', 1],
  ])

  await pass(30_000)
  expect(seen.slice(1).map(({ afterS, what }) => [afterS >= 300, what])).toEqual([
    [true, 'PUT /ocpi/2.3.0/receiver/locations/NL/PLG/LOC-CITY'],
    [true, 'PATCH /ocpi/2.3.0/receiver/locations/NL/PLG/LOC-CITY/NLPLGE102'],
  ])
})

test('B-30: the tokens of every partner are renewed when they are old, and again', async () => {
  const world = await stage({ settings: { tokenRenewalS: 24 * 3600 } })
  const puts = watch(world, CPO_URL)
  const asked = watch(world, PTP_URL)
  const renewals = () => asked.filter(({ what }) => what === 'PUT /ocpi/2.3.0/credentials')

  await world.pass(20 * HOUR)
  expect(renewals()).toHaveLength(0)
  await world.pass(6 * HOUR)
  expect(renewals()).toHaveLength(1)
  await world.pass(25 * HOUR)
  expect(renewals()).toHaveLength(2)
  // The partner looks at us with the new token before it answers.
  expect(puts.filter(({ what }) => what === 'GET /cpo/ocpi/versions')).toHaveLength(2)
  expect(world.faults).toEqual([])
})

test('A-15, A-78: terminals are pulled by the hour from where the last pull began, all of them once a day and on demand', async () => {
  const world = await stage()
  const seen = watch(world, PTP_URL)
  const pulls = () =>
    seen.filter(({ what }) => what.includes('/payments/terminals')).map(({ what }) => what.replace(/^.*terminals/, ''))

  await world.pass(2 * HOUR + 60_000)
  expect(pulls()).toEqual(['?date_from=2030-01-15T09%3A50%3A02.000Z', '?date_from=2030-01-15T10%3A50%3A00.000Z'])
  await world.admin('POST', '/terminals/pull')
  expect(pulls().slice(2)).toEqual([''])
  await world.pass(25 * HOUR)
  expect(pulls().filter((query) => query === '')).toHaveLength(2)
})

test.each([
  [false, 200, undefined],
  [true, 2001, /needs date_from\. Add it/],
])(
  'E-57: GET sessions without date_from, with strictDateFrom %s, is answered %i',
  async (strictDateFrom, code, why) => {
    const world = await stage({ settings: { strictDateFrom } })
    const { cpo, network, ptp } = world
    network.set(CPO_URL, (request) =>
      cpo.serveOcpi({ ...request, url: request.url.replace(/date_from=[^&]*&?/, '').replace(/\?$/, '') }),
    )
    const list = ptp.client.of({ id: ptp.cpoId }, sessions, 'sender').listPage()

    if (why === undefined) expect(await list).toMatchObject({ items: [], total: 0 })
    else await expect(list).rejects.toMatchObject({ http: 200, statusCode: code, message: expect.stringMatching(why) })
  },
)

test('E-57: in strict mode a question with date_from is answered', async () => {
  const { ptp } = await stage({ settings: { strictDateFrom: true } })

  const page = await ptp.client
    .of({ id: ptp.cpoId }, sessions, 'sender')
    .listPage({ query: { date_from: '2030-01-01T00:00:00Z' } })

  expect(page).toMatchObject({ items: [], total: 0 })
})
