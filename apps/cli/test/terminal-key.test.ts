import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTerminalKeys } from '../src/http/terminal-key.ts'
import { type Tiny, tinyPlatform } from './tiny-platform.ts'

const keys = createTerminalKeys('a secret of the platform')
const KEY = keys.of('T-1')

let locked: Tiny
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-web-'))
  writeFileSync(join(folder, 'kiosk.html'), '<title>kiosk</title>')
  locked = await tinyPlatform({ apiKey: 'correct-horse', terminalKeys: keys, webFolder: folder })
})
afterAll(() => locked.close())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(locked.url + path, { headers, redirect: 'manual' })

test('every terminal has a key of its own, the same after a restart and however its id is spelt', () => {
  expect(createTerminalKeys('a secret of the platform').of('t-1')).toBe(KEY)
  expect(keys.of('T-2')).not.toBe(KEY)
  expect(createTerminalKeys('another secret').of('T-1')).not.toBe(KEY)
  expect(keys.fits('T-1', undefined)).toBe(false)
})

test('with an API key set nobody speaks as a terminal without its key, on any row of the link', async () => {
  const tap = { locationId: 'L', evseUid: 'E', connectorId: '1', card: 'approved', language: 'en', tapId: 't1' }
  const statuses = (headers: Record<string, string>) =>
    Promise.all([
      get('/ptp/link/T-1/offers', headers).then(({ status }) => status),
      get('/ptp/link/T-1/payments/ref-1', headers).then(({ status }) => status),
      ...['tap', 'stop', 'receipts'].map((act) =>
        fetch(`${locked.url}/ptp/link/T-1/${act}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(act === 'tap' ? tap : { reference: 'ref-1', card: 'approved' }),
        }).then(({ status }) => status),
      ),
    ])
  expect(await statuses({})).toEqual([401, 401, 401, 401, 401])
  expect(await statuses({ authorization: 'Bearer correct-horse' })).toEqual([401, 401, 401, 401, 401])
  expect(await statuses({ authorization: `Bearer ${keys.of('T-2')}` })).toEqual([401, 401, 401, 401, 401])
  expect((await get('/ptp/link/T-1/news')).status).toBe(401)
  expect((await statuses({ authorization: `Bearer ${KEY}` })).slice(0, 3)).toEqual([200, 200, 200])
})

test('an unknown terminal and a missing key cannot be told apart from outside', async () => {
  const [there, not] = await Promise.all([get('/ptp/link/T-1/offers'), get('/ptp/link/T-2/offers')])
  expect([there.status, await there.text()]).toEqual([not.status, await not.text()])
})

test('the address with the key gives this browser a cookie that only this link gets, and drops the key', async () => {
  const opened = await get(`/terminal/T-1?key=${KEY}`)
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/terminal/T-1'])
  const cookie = opened.headers.get('set-cookie')!
  expect(cookie).toMatch(/; Path=\/ptp\/link\/T-1; Max-Age=\d+; HttpOnly; SameSite=Strict$/)
  const sent = { cookie: `other=1; ${cookie.split(';')[0]}` }
  expect((await get('/ptp/link/T-1/offers', sent)).status).toBe(200)
  expect((await get('/ptp/link/T-2/offers', sent)).status).toBe(401)
})

test.each(['wrong', '', '%0d%0aset-cookie:%20a=b', `${KEY}x`])(
  'a wrong key in the address gives nothing: %s',
  async (key) => {
    const opened = await get(`/terminal/T-1?key=${key}`)
    expect([opened.status, opened.headers.get('set-cookie')]).toEqual([303, null])
  },
)

test('who may use the admin API is led to the address with the key; nobody else is', async () => {
  expect((await get('/ptp/api/terminals/T-1/kiosk')).status).toBe(401)
  const led = await get('/ptp/api/terminals/T-1/kiosk', { authorization: 'Bearer correct-horse' })
  expect([led.status, led.headers.get('location')]).toEqual([303, `/terminal/T-1?key=${KEY}`])
})

test('without an API key the link is open, and the console leads to the plain page', async () => {
  const open = await tinyPlatform()
  const led = await fetch(`${open.url}/ptp/api/terminals/T%2F1/kiosk`, { redirect: 'manual' })
  expect([led.status, led.headers.get('location')]).toEqual([303, '/terminal/T%2F1'])
  expect((await fetch(`${open.url}/ptp/link/T-1/offers`)).status).toBe(200)
  await open.close()
})
