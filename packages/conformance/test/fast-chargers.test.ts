import { expect, test } from 'vitest'
import { everySession, LONGER } from './broken/charging-words.ts'
import { both, type Defect, set } from './broken/defect.ts'
import { judged } from './broken/harness.ts'
import { connectors } from './broken/sites-words.ts'

const SPEED = 50
/** Energy flows fifty times as fast as the plates say. */
const slower = (value: unknown) => Math.max(1, Math.round(Number(value) / SPEED))
const fast = both(
  LONGER,
  connectors((connector) => {
    for (const name of ['max_electric_power', 'max_amperage']) set(connector, `/${name}`, slower)
  }),
)
const inWh = everySession((session) => {
  if ('kwh' in session) set(session, '/kwh', (kwh: unknown) => Number(kwh) * 1000)
})

const raised = async (
  spoil: Defect['spoil'],
  pace?: { readonly speed: number; readonly evses?: readonly string[] },
) => {
  const { report } = await judged({ target: 'cpo', spoil, ...(pace && { pace }) })
  return report.rules.filter(({ status }) => status === 'fail' || status === 'warn').map(({ id }) => id)
}

test('energy that no connector can give is found, in the Session and in the CDR', async () => {
  expect(await raised(fast)).toEqual(expect.arrayContaining(['sessions.kwh/2', 'cdrs.energy/1']))
})

test('chargers that are known to run faster than life raise nothing', async () => {
  expect(await raised(fast, { speed: SPEED })).toEqual([])
})

test('at any speed a wrong unit is found', async () => {
  expect(await raised(both(fast, inWh), { speed: SPEED })).toContain('sessions.kwh/2')
})

test('only the chargers that are named may be faster', async () => {
  expect(await raised(fast, { speed: SPEED, evses: ['SOMEBODY-ELSE'] })).toEqual(
    expect.arrayContaining(['sessions.kwh/2', 'cdrs.energy/1']),
  )
})
