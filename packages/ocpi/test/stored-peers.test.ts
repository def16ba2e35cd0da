import { expect, test } from 'vitest'
import type { Peer } from '../src/peers.ts'
import { type Shelf, storedPeers } from '../src/stored-peers.ts'

function shelf() {
  const kept = new Map<string, string>()
  const read: string[] = []
  const at = (name: string, key: string) => `${name} ${key}`
  const documents: Shelf = {
    get: async (name, key) => {
      read.push(at(name, key))
      const body = kept.get(at(name, key))
      return body === undefined ? undefined : { body }
    },
    put: async (name, key, body) => kept.set(at(name, key), body),
    delete: async (name, key) => kept.delete(at(name, key)),
    all: async (name) => [...kept].filter(([key]) => key.startsWith(`${name} `)).map(([, body]) => ({ body })),
  }
  return { documents, read }
}

const peer = (id: string, ...tokens: readonly string[]): Peer => ({
  id,
  status: 'registered',
  roles: [],
  endpoints: [],
  tokensIn: tokens.map((hash) => ({ hash, kind: 'C' })),
  updatedAt: 0,
})

test('the owner of a token is asked for once; the record is read each time', async () => {
  const { documents, read } = shelf()
  const peers = storedPeers(documents)
  await peers.save(peer('a', 'one'))
  await peers.byTokenHash('one')
  read.length = 0
  expect((await peers.byTokenHash('one'))?.id).toBe('a')
  expect(read).toEqual(['peers a'])
})

test('a token that another process took back is refused at once', async () => {
  const { documents } = shelf()
  const [here, there] = [storedPeers(documents), storedPeers(documents)]
  await there.save(peer('a', 'one', 'two'))
  expect((await here.byTokenHash('one'))?.id).toBe('a')
  await there.save(peer('a', 'two'))
  expect(await here.byTokenHash('one')).toBeUndefined()
  expect((await here.byTokenHash('two'))?.id).toBe('a')
})

test('a token that was handed on is found at its new owner', async () => {
  const { documents } = shelf()
  const [here, there] = [storedPeers(documents), storedPeers(documents)]
  await there.save(peer('a', 'one'))
  await here.byTokenHash('one')
  await there.save(peer('a'))
  await there.save(peer('b', 'one'))
  expect((await here.byTokenHash('one'))?.id).toBe('b')
})
