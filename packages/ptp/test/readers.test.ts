import { expect, test } from 'vitest'
import { createReaders } from '../src/terminals/readers.ts'
import { registryRig } from './registry-rig.ts'

test('a reader that two terminals are given at the same moment never serves both, and each keeps what it had', async () => {
  const { books, time, close } = await registryRig()
  const readers = createReaders(books, { now: () => time.now })
  await readers.set('T-1', 'rd-0')
  const given = await Promise.allSettled(['T-1', 'T-2'].map((terminal) => readers.set(terminal, 'rd-1')))
  const serving = [await readers.of('T-1'), await readers.of('T-2')]
  expect(serving.filter((reader) => reader === 'rd-1').length).toBe(
    given.filter((one) => one.status === 'fulfilled').length,
  )
  expect(serving.filter((reader) => reader === 'rd-1').length).toBeLessThan(2)
  if (serving[0] !== 'rd-1') expect(serving[0]).toBe('rd-0')
  await expect(readers.set('T-1', 'rd-1').then(() => readers.set('T-2', 'rd-1'))).rejects.toMatchObject({
    code: 'reader-taken',
  })
  await close()
})
