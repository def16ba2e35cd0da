import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryPeers, type Peer } from './peers.ts'
import { createRecogniser, hashToken, isToken, recognise, shapeToken, tokenCandidates, tokenHeader } from './token.ts'

const peer = (id: string, ...tokens: string[]): Peer => ({
  id,
  status: 'registered',
  roles: [],
  endpoints: [],
  updatedAt: 0,
  tokensIn: tokens.map((token) => ({ hash: hashToken(token), kind: 'C' })),
})
const base64 = (text: string) => Buffer.from(text).toString('base64')
const who = async (header: string | undefined, ...peers: Peer[]) =>
  (await recognise(header, memoryPeers(peers), 0))?.peer.id

const ours = 'c.Zm9vYmFy_-1'

test.each([
  ['the specified form', `Token ${base64(ours)}`],
  ['raw, as 2.1.1 peers send it', `Token ${ours}`],
  ['encoded with a line feed, as in the examples of the specification', `Token ${base64(`${ours}\n`)}`],
  ['encoded with CR LF', `Token ${base64(`${ours}\r\n`)}`],
  ['encoded with a blank', `Token ${base64(`${ours} `)}`],
  ['raw with a trailing blank', `Token ${ours} `],
  ['encoded, then a line end after the header value', `Token ${base64(ours)}\n`],
  ['the scheme in lower case', `token ${base64(ours)}`],
])('A-01 to A-03, E-40, E-41: %s is recognised', async (_form, header) => {
  expect(await who(header, peer('p', ours))).toBe('p')
})

test.each([
  ['no header', undefined],
  ['no scheme', base64(ours)],
  ['another scheme', `Bearer ${base64(ours)}`],
  ['nothing after the scheme', 'Token '],
  ['two line feeds', `Token ${base64(`${ours}\n\n`)}`],
  ['encoded twice', `Token ${base64(base64(ours))}`],
  ['a prefix of the token', `Token ${base64(ours.slice(0, -1))}`],
  ['another case', `Token ${base64(ours.toUpperCase())}`],
  ['two tokens', `Token ${base64(ours)}, Token ${base64(ours)}`],
  ['a token that is too long', `Token ${'x'.repeat(5000)}`],
])('A-07: %s is nobody', async (_form, header) => {
  expect(await who(header, peer('p', ours))).toBeUndefined()
})

test('E-41: a header that is one token raw and another one decoded is nobody', async () => {
  const inner = 'innertoken12'
  expect(await who(`Token ${base64(inner)}`, peer('a', inner), peer('b', base64(inner)))).toBeUndefined()
})

test('an expired token and the token of a removed peer are nobody', async () => {
  const expired: Peer = { ...peer('p'), tokensIn: [{ hash: hashToken(ours), kind: 'A', until: 100 }] }
  const header = tokenHeader(ours)
  expect((await recognise(header, memoryPeers([expired]), 99))?.peer.id).toBe('p')
  expect(await recognise(header, memoryPeers([expired]), 100)).toBeUndefined()
  expect(await who(header, { ...peer('p', ours), status: 'removed' })).toBeUndefined()
})

test('F24: a token that was renewed, taken back or has run out is so at once, however often it was used before', async () => {
  const peers = memoryPeers([peer('p', ours)])
  const who = createRecogniser(peers)
  const header = tokenHeader(ours)
  const renewed = tokenHeader('c.another-1')
  const seen = async (text: string, now = 0) => (await who(text, now))?.peer.updatedAt
  expect([await seen(header), await seen(header), await seen(renewed)]).toEqual([0, 0, undefined])

  await peers.save({ ...peer('p', ours, 'c.another-1'), updatedAt: 1 })
  expect([await seen(header), await seen(renewed)]).toEqual([1, 1])

  await peers.save({ ...peer('p', 'c.another-1'), updatedAt: 2 })
  expect([await seen(header), await seen(renewed)]).toEqual([undefined, 2])

  const until = { hash: hashToken('c.another-1'), kind: 'C' as const, until: 100 }
  await peers.save({ ...peer('p'), tokensIn: [until] })
  expect([await seen(renewed, 99), await seen(renewed, 100)]).toEqual([0, undefined])

  await peers.save({ ...peer('p', ours), status: 'removed' })
  expect(await seen(header)).toBeUndefined()
  await peers.save(peer('p', ours))
  expect(await seen(header)).toBe(0)
})

test('a header that is known keeps its form, base64 or raw', async () => {
  const who = createRecogniser(memoryPeers([peer('p', ours)]))
  const form = async (header: string) => (await who(header, 0))?.form

  for (let time = 0; time < 2; time += 1) {
    expect([await form(tokenHeader(ours)), await form(tokenHeader(ours, 'raw'))]).toEqual(['base64', 'raw'])
  }
})

test('T05: tokens of ours are printable, at most 64 long, and never Base64 of anything', () => {
  fc.assert(
    fc.property(fc.base64String({ minLength: 20, maxLength: 80 }), (random) => {
      const token = shapeToken('B', random)
      expect(isToken(token)).toBe(true)
      expect(token).toMatch(/\./)
      expect(tokenCandidates(`Token ${token}`)).toEqual([token])
    }),
  )
})

test('T05: no header ever names two parties', async () => {
  const token = fc.stringMatching(/^[A-Za-z0-9+/=._-]{4,48}$/)
  await fc.assert(
    fc.asyncProperty(token, token, fc.boolean(), async (a, b, raw) => {
      const found = await recognise(
        tokenHeader(a, raw ? 'raw' : 'base64'),
        memoryPeers([peer('a', a), ...(a === b ? [] : [peer('b', b)])]),
        0,
      )
      expect([undefined, 'a', 'b']).toContain(found?.peer.id)
      if (found !== undefined) expect(hashToken(found.token)).toBe(found.issued.hash)
    }),
  )
})
