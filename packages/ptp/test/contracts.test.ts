/** Contracts are changed whole or not at all, and never into something that can sell nothing. (C.7, E-24) */
import { expect, test } from 'vitest'
import type { Contract } from '../src/contracts/contract.ts'
import { registryRig } from './registry-rig.ts'

test('two changes of one contract at the same moment are both kept', async () => {
  const { contracts, close } = await registryRig()
  const { id } = await contracts.add({ peerId: 'a' })
  await Promise.all([
    contracts.change(id, { settings: { hold_strategy: 'capped' } }),
    contracts.change(id, { settings: { no_cdr: 'session-cost' } }),
    contracts.change(id, { customerReference: 'ONE' }),
  ])
  expect(await contracts.find(id)).toMatchObject({
    customerReference: 'ONE',
    settings: { hold_strategy: 'capped', no_cdr: 'session-cost' },
  })
  await close()
})

// The platform itself holds 1.00 to 200.00 EUR, 50.00 by default and as a cap, and 15.00 first.
test.each<[settings: Contract['settings'], said: string]>([
  [
    { hold_min_minor: { EUR: 900 }, hold_max_minor: { EUR: 800 } },
    'hold_min_minor of EUR is 900, above hold_max_minor, which is 800',
  ],
  [{ hold_min_minor: { EUR: 20_001 } }, 'hold_min_minor of EUR is 20001, above hold_max_minor, which is 20000'],
  [{ hold_max_minor: { GBP: 99 } }, 'hold_min_minor of GBP is 100, above hold_max_minor, which is 99'],
  [{ hold_max_minor: { EUR: 900 } }, 'hold_default_minor of EUR is 5000, above hold_max_minor, which is 900'],
  [{ hold_default_minor: { EUR: 99 } }, 'hold_min_minor of EUR is 100, above hold_default_minor, which is 99'],
  [
    { hold_strategy: 'capped', hold_cap_minor: { EUR: 99 } },
    'hold_min_minor of EUR is 100, above hold_cap_minor, which is 99',
  ],
  [
    { hold_strategy: 'increments', hold_first_minor: { EUR: 20_001 } },
    'hold_first_minor of EUR is 20001, above hold_max_minor, which is 20000',
  ],
  [
    { hold_min_minor: { HUF: 500 }, hold_max_minor: { HUF: 400 } },
    'hold_min_minor of HUF is 500, above hold_max_minor, which is 400',
  ],
])('%j cannot be set: %s', async (settings, said) => {
  const { contracts, close } = await registryRig()
  await expect(contracts.add({ peerId: 'a', settings })).rejects.toThrow(said)
  const { id } = await contracts.add({ peerId: 'a' })
  await expect(contracts.change(id, { settings })).rejects.toMatchObject({ code: 'bad-setting' })
  expect((await contracts.find(id))?.settings).toEqual({})
  await close()
})

test('a setting that is taken back is held against what the platform says instead', async () => {
  const { contracts, close } = await registryRig()
  const settings = { hold_default_minor: { EUR: 700 }, hold_max_minor: { EUR: 900 } }
  const { id } = await contracts.add({ peerId: 'a', settings })
  await expect(contracts.change(id, { settings: { hold_default_minor: null } })).rejects.toThrow(
    'hold_default_minor of EUR is 5000',
  )
  expect(
    (await contracts.change(id, { settings: { hold_default_minor: null, hold_max_minor: null } })).settings,
  ).toEqual({})
  await close()
})

test('amounts that the chosen strategy does not use contradict nothing, and those of an older contract hinder no other change', async () => {
  const { contracts, books, close } = await registryRig()
  const settings = { hold_cap_minor: { EUR: 50 }, hold_first_minor: { EUR: 30_000 } }
  const { id } = await contracts.add({ peerId: 'a', settings })
  await expect(contracts.change(id, { settings: { hold_strategy: 'capped' } })).rejects.toThrow(
    'hold_cap_minor, which is 50',
  )
  const old = {
    ...(await contracts.find(id))!,
    settings: { hold_min_minor: { EUR: 900 }, hold_max_minor: { EUR: 800 } },
  }
  await books.put('contracts', id.toLowerCase(), JSON.stringify(old), old.lastUpdated)
  expect((await contracts.change(id, { name: 'Old', settings: { no_cdr: 'void' } })).name).toBe('Old')
  await close()
})
