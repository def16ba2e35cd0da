import { expect, test } from 'vitest'
import { mayReceiveToken } from './peer-url.ts'
import type { Peer } from './peers.ts'

const endpointAt = (url: string) => ({ identifier: 'cdrs', role: 'SENDER', url })
const peer: Peer = {
  id: 'p',
  status: 'registered',
  roles: [],
  tokensIn: [],
  updatedAt: 0,
  versionsUrl: 'https://cpo.example/ocpi/versions',
  endpoints: [endpointAt('https://data.cpo.example/2.3.0/cdrs'), endpointAt('not a URL')],
  origins: ['https://pages.cpo.example'],
}

test.each([
  ['https://cpo.example/anything', true],
  ['https://data.cpo.example/2.3.0/cdrs?offset=50', true],
  ['https://pages.cpo.example/next', true],
  ['https://data.cpo.example:8443/2.3.0/cdrs', false],
  ['http://data.cpo.example/2.3.0/cdrs', false],
  ['https://data.cpo.example@evil.example/', false],
  ['https://evil.example/?https://data.cpo.example', false],
  ['data:text/plain,x', false],
  ['not a URL', false],
] as const)('a token goes to the origins of its partner and nowhere else: %s is %s', (url, may) => {
  expect(mayReceiveToken(peer, url)).toBe(may)
})

test('an origin that a partner has left gets its token no more, the new one from the first call on', () => {
  const moved: Peer = { ...peer, endpoints: [endpointAt('https://new.example/cdrs')], origins: [] }
  expect(mayReceiveToken(peer, 'https://data.cpo.example/')).toBe(true)
  expect(mayReceiveToken(moved, 'https://data.cpo.example/')).toBe(false)
  expect(mayReceiveToken(moved, 'https://pages.cpo.example/')).toBe(false)
  expect(mayReceiveToken(moved, 'https://new.example/')).toBe(true)
  expect(mayReceiveToken({ ...moved, versionsUrl: 'https://other.example' }, 'https://cpo.example/')).toBe(false)
})
