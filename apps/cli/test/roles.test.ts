import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createTerminalKeys } from '../src/http/terminal-key.ts'
import { closePlatforms, platform } from './people.ts'

afterEach(closePlatforms)

interface Asked {
  readonly method: string
  /** Byte for byte: fetch would spell it anew. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

async function peopleAt() {
  const terminalKeys = createTerminalKeys('a secret of the platform')
  const at = await platform({ terminalKeys })
  for (const [name, role] of [
    ['anna', 'admin'],
    ['bert', 'operate'],
    ['mona', 'money'],
    ['vera', 'view'],
  ] as const)
    await at.add(name, role)
  const ask = ({ method, target, headers }: Asked) =>
    new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
      const sent = { ...headers, host: `localhost:${at.tiny.port}`, 'content-type': 'application/json' }
      request({ port: at.tiny.port, method, path: target, headers: sent }, (response) => {
        let text = JSON.stringify(response.headers)
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      })
        .on('error', reject)
        .end(method === 'POST' ? '{"decision":"refund","reason":"for me"}' : undefined)
    })
  const trail = async () => {
    const { body } = await at.call('GET', '/account/api/trail', at.withKey)
    return (body['entries'] as readonly { readonly who: string; readonly path: string }[]).map(
      ({ who, path }) => `${who}: ${path}`,
    )
  }
  const decided = () => at.tiny.called.filter(({ path }) => path.endsWith('/resolve'))
  return { ...at, ask, trail, decided, keyOfTerminal: terminalKeys.of('T-1') }
}

const LONG = '%41'.repeat(90)

test('a role is asked of the route that runs, however its address is spelled (T35)', async () => {
  const { ask, inside, decided } = await peopleAt()
  const headers = await inside('bert')
  const told = []
  for (const target of [
    '/ptp/api/payments/ref-1/resolve',
    '/ptp/api/payments/ref-1/resolve?x=1',
    '/ptp/api/payments/ref-1/%72esolve',
    '/ptp/api/payments/ref-1/resolve#x',
    '/ptp/api/payments/ref-1/resolve#?/me',
    `/ptp/api/payments/${LONG}/resolve`,
    '/ptp/%61pi/payments/ref-1/resolve',
    '/%70tp/api/payments/tap%2f/resolve',
    'http://localhost/ptp/api/payments/ref-1/resolve',
  ])
    told.push((await ask({ method: 'POST', target, headers })).status)
  expect([...new Set(told)]).toEqual([403])
  expect(decided()).toEqual([])
})

test('an address that is only similar to that of a route runs nothing', async () => {
  const { ask, inside, decided } = await peopleAt()
  const headers = await inside('bert')
  for (const target of [
    '/ptp/api/payments/ref-1/resolve/',
    '/ptp/api/payments/ref-1//resolve',
    '//ptp/api/payments/ref-1/resolve',
    '/ptp/api/payments/ref-1/RESOLVE',
    '/tools/api/../../ptp/api/payments/ref-1/resolve',
    '/tools/api/%2e%2e/%2e%2e/ptp/api/payments/ref-1/resolve',
    '/ptp/api/payments/ref-1/resolve;x=1',
    '/ptp/api/payments/ref-1/resolve%3Fx',
    '/ptp/api/payments/ref-1/resolve%23x',
    '/ptp/api/payments/ref-1/%zzresolve',
  ])
    expect((await ask({ method: 'POST', target, headers })).status, target).toSatisfy((it) => it === 404 || it === 400)
  expect(decided()).toEqual([])
})

test('who may only look gets neither the key of a terminal nor the accounts, by GET or HEAD, in any spelling', async () => {
  const { ask, inside, keyOfTerminal } = await peopleAt()
  const headers = await inside('vera')
  for (const target of [
    '/ptp/api/terminals/T-1/kiosk',
    '/ptp/api/terminals/T-1/%6biosk',
    '/ptp/api/terminals/T-1/kiosk#x',
    `/ptp/api/terminals/${LONG}/kiosk`,
    '/account/api/accounts',
    '/account/api/%61ccounts',
    '/account/api/%74rail',
    'http://localhost/account/api/accounts',
  ])
    for (const method of ['GET', 'HEAD']) {
      const { status, text } = await ask({ method, target, headers })
      expect(status, `${method} ${target}`).toBe(403)
      expect(text).not.toMatch(/\/terminal\/|created_at|entries/)
      expect(text).not.toContain(keyOfTerminal)
    }
})

test('who has the role is let through by every spelling, and the trail names the deed by one', async () => {
  const { ask, inside, trail, decided } = await peopleAt()
  const headers = await inside('mona')
  const targets = [
    '/ptp/api/payments/ref-1/resolve',
    '/ptp/api/payments/ref-1/%72esolve?x=1',
    '/ptp/api/payments/%72ef-1/resolve#x',
    `/ptp/api/payments/${LONG}/resolve`,
  ]
  for (const target of targets) expect((await ask({ method: 'POST', target, headers })).status).toBe(201)
  expect(decided()).toHaveLength(4)
  expect((await trail()).slice(0, 4)).toEqual([
    `mona: /ptp/api/payments/${'A'.repeat(90)}/resolve`,
    'mona: /ptp/api/payments/ref-1/resolve',
    'mona: /ptp/api/payments/ref-1/resolve',
    'mona: /ptp/api/payments/ref-1/resolve',
  ])
})
