import { createMemoryLink } from '@plugtill/charger/link.memory'
import { createStation } from '@plugtill/charger/station'
import { wallClock } from '@plugtill/engine/clock'
import { expect, test } from 'vitest'
import { simTable } from '../src/sim/table.ts'

function table() {
  const { link } = createMemoryLink({ id: 'CP1', clock: wallClock, accept: () => undefined })
  const station = createStation({
    id: 'CP1',
    vendor: 'Plugtill',
    model: 'Simulated',
    clock: wallClock,
    random: () => 0.5,
    link,
    connectors: [{ connectorId: 1, kind: 'AC', maxPowerKw: 22, registerWh: 1_000 }],
  })
  const rows = simTable(() => new Map([[station.id, station]]))
  return async (method: string, path: string, body: object = {}, id = 'CP1') => {
    const row = rows.find((one) => one.method === method && one.path === path)
    return row?.run({ params: { id }, query: {}, body })
  }
}

test('a car is plugged in and pulled out through the API, and the answer is the charger as it is then', async () => {
  const ask = table()
  const plugged = await ask('POST', '/chargers/:id/plug', { car: 'city', soc: 55 })
  expect(plugged?.body).toMatchObject({
    id: 'CP1',
    connectors: [{ connector_id: 1, status: 'Preparing', car: 'city', soc: 55 }],
  })
  const free = await ask('POST', '/chargers/:id/unplug')
  expect(free?.body).toMatchObject({ connectors: [{ status: 'Available', car: null, transaction_id: null }] })
})

test('a fault lasts until it is cleared', async () => {
  const ask = table()
  await ask('POST', '/chargers/:id/fault', { code: 'GroundFailure' })
  const all = await ask('GET', '/chargers')
  expect(all?.body).toMatchObject([{ connectors: [{ status: 'Faulted', error_code: 'GroundFailure' }] }])
  const cleared = await ask('POST', '/chargers/:id/clear')
  expect(cleared?.body).toMatchObject({ connectors: [{ status: 'Available', error_code: 'NoError' }] })
})

test('what is not there is said with its name', async () => {
  const ask = table()
  expect(await ask('GET', '/chargers/:id', {}, 'CP9')).toEqual({
    status: 404,
    body: { error: 'unknown', message: 'No charger "CP9" is simulated here.' },
  })
  expect(await ask('POST', '/chargers/:id/unplug', { connector: 7 })).toEqual({
    status: 409,
    body: { refused: 'not-possible', message: 'Charger CP1 has no connector 7. Use one of: 1.' },
  })
})

test('what the charger cannot do now is a refusal with the reason, and its lock can be freed', async () => {
  const ask = table()
  await ask('POST', '/chargers/:id/fault')
  expect(await ask('POST', '/chargers/:id/card', { id_tag: '04A2B3C4' })).toEqual({
    status: 409,
    body: { refused: 'not-possible', message: 'Connector 1 takes no card now: it is Faulted. End that first.' },
  })
  const jammed = await ask('POST', '/chargers/:id/lock', { jammed: true })
  expect(jammed?.body).toMatchObject({ connectors: [{ jammed: true }] })
  const moved = await ask('POST', '/chargers/:id/meter', { add_wh: 500 })
  expect(moved?.body).toMatchObject({ protocol: 'ocpp1.6', connectors: [{ register_wh: 1_500 }] })
})
