import { expect, test } from 'vitest'
import { type Agreed, decideHandshake, HANDSHAKE, type HandshakeEvent } from './handshake-states.ts'
import type { Peer, PeerStatus, TokenIn } from './peers.ts'

const token: TokenIn = { hash: 'h', kind: 'C' }
const agreed: Agreed = { version: '2.3.0', versionsUrl: 'https://x.example/v', roles: [], endpoints: [], tokenOut: 't' }
const EVENTS: readonly HandshakeEvent[] = [
  { type: 'post-arrived', repeat: false },
  { type: 'put-arrived' },
  { type: 'delete-arrived' },
  { type: 'accepted', agreed, token, kept: [] },
  { type: 'offered', token },
  { type: 'answered', agreed, token, kept: [] },
  { type: 'turned-down', token },
  { type: 'left-open', token },
  { type: 'ended' },
  { type: 'invited-again', token },
]
const peer = (status: PeerStatus): Peer => ({
  id: 'p',
  status,
  roles: [],
  endpoints: [],
  tokensIn: [token],
  tokenOut: 'o',
  updatedAt: 0,
})
const row = (status: PeerStatus) =>
  EVENTS.map((event) => {
    const verdict = decideHandshake(peer(status), event)
    return 'refuse' in verdict ? 'refused' : verdict.to
  })

test('B-12 to B-27: every event has its verdict in every state', () => {
  expect(Object.keys(HANDSHAKE)).toEqual(['invited', 'registering', 'registered', 'removed'])
  //                                    POST          PUT           DELETE        accepted      offered       answered      turned down    left open     ended         invited again
  expect(row('invited')).toEqual([
    'invited',
    'refused',
    'refused',
    'registered',
    'refused',
    'refused',
    'refused',
    'refused',
    'removed',
    'invited',
  ])
  expect(row('registering')).toEqual([
    'refused',
    'refused',
    'refused',
    'refused',
    'registering',
    'registered',
    'registering',
    'registering',
    'removed',
    'refused',
  ])
  expect(row('registered')).toEqual([
    'refused',
    'registered',
    'registered',
    'registered',
    'registered',
    'registered',
    'registered',
    'registered',
    'removed',
    'invited',
  ])
  expect(row('removed')).toEqual([
    'refused',
    'refused',
    'refused',
    'refused',
    'refused',
    'refused',
    'removed',
    'removed',
    'removed',
    'refused',
  ])
})

test('B-27: the end takes every token, in both directions', () => {
  for (const status of ['invited', 'registering', 'registered'] as const) {
    expect(decideHandshake(peer(status), { type: 'ended' })).toEqual({
      to: 'removed',
      set: { tokensIn: [], tokenOut: undefined },
    })
  }
})

test('E-37, E-39: a lost answer keeps the token of a renewal and drops the one of a registration', () => {
  expect(decideHandshake(peer('registered'), { type: 'left-open', token })).toEqual({ to: 'registered' })
  expect(decideHandshake(peer('registering'), { type: 'left-open', token })).toEqual({
    to: 'registering',
    set: { tokensIn: [] },
  })
})
