import { openSqlite } from '@plugtill/engine/sqlite'
import { afterEach, expect, test } from 'vitest'
import { type Furnished, furnish } from '../src/furnish.ts'
import { createWorld, type World } from '../src/world.ts'

let world: World | undefined
afterEach(() => world?.close())

const emptyWorld = async () => {
  world = await createWorld({ seed: 1, openStore: () => openSqlite({ file: ':memory:' }) })
  return world
}
const furnished = (one: World): Promise<Furnished> =>
  one.flow(furnish({ ptp: one.ptp().admin, cpo: one.cpo.admin, clock: one.clock }))

test('two empty platforms become partners, with a terminal at the slow site and one at the fast site', async () => {
  const one = await emptyWorld()
  const { peers, terminals } = await furnished(one)
  expect(await one.ptpAdmin.get(`/peers/${peers.ptp}`)).toMatchObject({ status: 'registered' })
  expect(await one.cpoAdmin.get(`/peers/${peers.cpo}`)).toMatchObject({ status: 'registered' })
  expect(terminals).toMatchObject([
    { model: 'apollo', location_ids: ['LOC-CITY'] },
    { model: 'apollo-max', location_ids: ['LOC-HIGHWAY'] },
  ])
  expect(await one.cpoAdmin.get('/terminals')).toHaveLength(2)
})

test('doing it again changes nothing', async () => {
  const one = await emptyWorld()
  const first = await furnished(one)
  expect(await furnished(one)).toEqual(first)
  expect(await one.ptpAdmin.get('/peers')).toHaveLength(1)
  expect(await one.ptpAdmin.get('/terminals')).toHaveLength(2)
})

test('a half that was left behind is ended and made anew', async () => {
  const one = await emptyWorld()
  const first = await furnished(one)
  one.killPtp()
  await one.cpoAdmin.delete(`/peers/${first.peers.cpo}`)
  await one.ptpReturns()
  const { peers } = await furnished(one)
  expect(await one.ptpAdmin.get(`/peers/${peers.ptp}`)).toMatchObject({ status: 'registered' })
  expect(await one.cpoAdmin.get(`/peers/${peers.cpo}`)).toMatchObject({ status: 'registered' })
})

test('a terminal that an operator took out of use stays so', async () => {
  const one = await emptyWorld()
  const { terminals } = await furnished(one)
  await one.ptpAdmin.post(`/terminals/${terminals[0]!.terminal_id}/deactivate`)
  await furnished(one)
  expect(await one.ptpAdmin.get(`/terminals/${terminals[0]!.terminal_id}`)).toMatchObject({
    state: 'deactivated',
    location_ids: [],
  })
})
