import type { Store } from '@plugtill/engine/store'
import { Secret, TOTP } from 'otpauth'
import { afterEach, expect, test } from 'vitest'
import { closePlatforms, PASSWORD, platform } from './people.ts'

const MINUTE = 60_000

afterEach(closePlatforms)

const all = async (store: Store) =>
  JSON.stringify([await store.query('SELECT * FROM document'), await store.query('SELECT * FROM setting')])

test('without key and accounts whoever reaches the machine may do everything', async () => {
  const { call } = await platform({ key: null })
  expect((await call('GET', '/account/api/me')).body).toMatchObject({ name: 'sandbox', role: 'admin', open: true })
  expect((await call('POST', '/ptp/api/payments/tap', {}, { terminal: 'T', evse: 'E' })).status).not.toBe(403)
})

test('the first account needs a key beside it, and has to be an admin', async () => {
  const open = await platform({ key: null })
  expect(
    await open.call('POST', '/account/api/accounts', {}, { name: 'anna', role: 'admin', password: PASSWORD }),
  ).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('PLUGTILL_API_KEY') },
  })
  const { add } = await platform()
  expect(await add('anna', 'view')).toMatchObject({ status: 422, body: { message: expect.stringContaining('admin') } })
  expect(await add('anna', 'admin')).toMatchObject({ status: 201, body: { name: 'anna', role: 'admin', totp: false } })
})

test('once there is an account, nobody comes in without login or key', async () => {
  const { add, call, withKey } = await platform()
  await add('anna', 'admin')
  expect(await call('GET', '/ptp/api/payments/ref-1')).toMatchObject({ status: 401, body: { error: 'login-needed' } })
  expect((await call('GET', '/ptp/api/payments/ref-1', withKey)).status).toBe(200)
  expect((await call('GET', '/ptp/api/payments/ref-1', { authorization: 'Bearer wrong' })).status).toBe(401)
})

test('an unknown name and a wrong password get the same answer; the fifth wrong try has to wait', async () => {
  const { add, logIn, time } = await platform()
  await add('anna', 'admin')
  const [unknown, wrong] = [await logIn('bert'), await logIn('anna', 'not the password')]
  expect(unknown).toEqual(wrong)
  expect(wrong).toMatchObject({ status: 401, body: { error: 'login-refused' }, cookie: null })
  for (let tries = 0; tries < 3; tries++) await logIn('anna', 'not the password')
  expect(await logIn('anna')).toMatchObject({ status: 429, body: { error: 'too-many-tries', wait_s: 5 } })
  time.now += 5_000
  expect((await logIn('anna')).status).toBe(200)
})

test.each(['login', 'me/password'])(
  'guesses at %s that come all at once are no more than those one by one (T07)',
  async (at) => {
    const { add, inside, call } = await platform()
    await add('anna', 'admin')
    const page = await inside('anna')
    const [wrong, guess] = ['not the password', 'another long password']
    const body = at === 'login' ? { name: 'anna', password: wrong } : { old_password: wrong, password: guess }
    const told = await Promise.all(Array.from({ length: 9 }, () => call('POST', `/account/api/${at}`, page, body)))
    expect(told.filter(({ status }) => status === 429)).toHaveLength(4)
  },
)

test('the session is a cookie that scripts and other sites cannot use', async () => {
  const { add, logIn } = await platform()
  await add('anna', 'admin')
  expect((await logIn('Anna')).cookie).toMatch(
    /^plugtill-session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  )
})

test.each([
  ['view', 403, 403, 403],
  ['operate', 'through', 403, 403],
  ['money', 'through', 'through', 403],
  ['admin', 'through', 'through', 'through'],
] as const)('%s: work of the day %s, decisions about money %s, partners %s', async (role, work, money, partners) => {
  const { add, inside, call } = await platform()
  await add('anna', 'admin')
  if (role !== 'admin') await add('bert', role)
  const headers = await inside(role === 'admin' ? 'anna' : 'bert')
  const told = async (path: string) => {
    const { status, body } = await call('POST', path, headers, {})
    return status === 403 && body['error'] === 'role-needed' ? 403 : 'through'
  }
  expect((await call('GET', '/ptp/api/payments/ref-1', headers)).status).toBe(200)
  expect([
    await told('/ptp/api/payments/tap'),
    await told('/ptp/api/payments/ref-1/resolve'),
    await told('/ptp/api/peers/invite'),
  ]).toEqual([work, money, partners])
})

test('what changes something needs the word of the page as well', async () => {
  const { add, inside, call } = await platform()
  await add('anna', 'admin')
  const { cookie } = await inside('anna')
  expect(await call('POST', '/account/api/accounts', { cookie }, { name: 'bert', role: 'view' })).toMatchObject({
    status: 403,
    body: { error: 'csrf' },
  })
  const forged = { cookie, 'x-csrf-token': 'x'.repeat(43) }
  expect((await call('DELETE', '/account/api/accounts/anna', forged)).status).toBe(403)
  expect((await call('GET', '/ptp/api/payments/ref-1', { cookie })).status).toBe(200)
})

test('a session ends by logging out, after half an hour without use, and after twelve hours', async () => {
  const { add, inside, call, time } = await platform()
  await add('anna', 'admin')
  const status = async (headers: Record<string, string>) =>
    (await call('GET', '/ptp/api/payments/ref-1', headers)).status
  const left = await inside('anna')
  await call('POST', '/account/api/me/logout', left)
  expect(await status(left)).toBe(401)
  const idle = await inside('anna')
  time.now += 29 * MINUTE
  expect(await status(idle)).toBe(200)
  time.now += 31 * MINUTE
  expect(await status(idle)).toBe(401)
  const busy = await inside('anna')
  for (let passed = 0; passed < 12 * 60; passed += 20) {
    expect(await status(busy)).toBe(200)
    time.now += 20 * MINUTE
  }
  time.now += MINUTE
  expect(await status(busy)).toBe(401)
})

test('a new password, another role and removal end what was open elsewhere', async () => {
  const { add, inside, call, withKey } = await platform()
  await add('anna', 'admin')
  await add('bert', 'operate')
  const status = async (headers: Record<string, string>) =>
    (await call('GET', '/ptp/api/payments/ref-1', headers)).status
  const [here, elsewhere] = [await inside('bert'), await inside('bert')]
  expect(
    await call('POST', '/account/api/me/password', here, { old_password: 'wrong', password: 'another long password' }),
  ).toMatchObject({ status: 422 })
  expect(
    await call('POST', '/account/api/me/password', here, { old_password: PASSWORD, password: 'short' }),
  ).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('12 to 200') },
  })
  const changed = await call('POST', '/account/api/me/password', here, { old_password: PASSWORD, password: PASSWORD })
  expect(await status(elsewhere)).toBe(401)
  const again = { cookie: changed.cookie?.split(';')[0] ?? '' }
  expect(await status(again)).toBe(200)
  await call('POST', '/account/api/accounts/bert', withKey, { role: 'view' })
  expect(await status(again)).toBe(401)
  const last = await inside('bert')
  await call('DELETE', '/account/api/accounts/bert', withKey)
  expect(await status(last)).toBe(401)
})

test('the last admin can neither be removed nor made less', async () => {
  const { add, call, withKey } = await platform()
  await add('anna', 'admin')
  for (const [method, body] of [
    ['DELETE', undefined],
    ['POST', { role: 'view' }],
  ] as const)
    expect(await call(method, '/account/api/accounts/anna', withKey, body)).toMatchObject({
      status: 422,
      body: { message: '"anna" is the last admin. Make another one first.' },
    })
})

test('a second factor is asked once it was confirmed, and each code opens once', async () => {
  const { add, inside, call, logIn, store, time, withKey } = await platform()
  await add('anna', 'admin')
  const page = await inside('anna')
  const { body } = await call('POST', '/account/api/me/totp', page)
  expect(body['uri']).toBe(
    `otpauth://totp/Plugtill:anna?issuer=Plugtill&secret=${body['secret']}&algorithm=SHA1&digits=6&period=30`,
  )
  const app = new TOTP({ secret: Secret.fromBase32(String(body['secret'])), digits: 6, period: 30, algorithm: 'SHA1' })
  const code = () => app.generate({ timestamp: time.now })
  expect((await call('POST', '/account/api/me/totp/confirm', page, { code: '000000' })).status).toBe(422)
  expect((await logIn('anna')).status).toBe(200)
  expect((await call('POST', '/account/api/me/totp/confirm', page, { code: code() })).status).toBe(200)
  expect(await logIn('anna')).toMatchObject({ status: 401, body: { error: 'code-needed' } })
  expect(await logIn('anna', PASSWORD, code()), 'used up by confirming').toMatchObject({ status: 401 })
  time.now += 30_000
  expect((await logIn('anna', PASSWORD, code())).status).toBe(200)
  expect((await logIn('anna', PASSWORD, code())).status).toBe(401)
  expect(await all(store)).not.toContain(String(body['secret']))
  await call('POST', '/account/api/accounts/anna', withKey, { totp: 'off' })
  expect((await logIn('anna')).status).toBe(200)
})

test('no password and no session token lies in the database', async () => {
  const { add, inside, store } = await platform()
  await add('anna', 'admin')
  const { cookie } = await inside('anna')
  const kept = await all(store)
  expect(kept).toContain('anna')
  expect(kept).not.toContain(PASSWORD)
  expect(kept).not.toContain(cookie.replace('plugtill-session=', ''))
})

test('whoever changes something stands in the trail, without the secrets that were sent', async () => {
  const { add, inside, call, withKey } = await platform()
  await add('anna', 'admin')
  const page = await inside('anna')
  await call('POST', '/ptp/api/payments/ref-1/resolve', page, { reason: 'meter read' })
  const { body } = await call('GET', '/account/api/trail', withKey)
  const entries = body['entries'] as readonly Record<string, unknown>[]
  expect(entries.map(({ who, method, path }) => `${who}: ${method} ${path}`)).toEqual([
    'anna: POST /ptp/api/payments/ref-1/resolve',
    'anna: POST /account/api/login',
    'api key: POST /account/api/accounts',
  ])
  expect(entries[0]?.['asked']).toEqual({ reason: 'meter read' })
  expect(entries[2]?.['asked']).toEqual({ name: 'anna', role: 'admin', password: '***' })
  expect(body['broken']).toBeNull()
})

test.each([
  [
    'changed',
    `UPDATE document SET body = replace(body, '"anna"', '"bert"') WHERE shelf = 'trail' AND key LIKE '%2'`,
    'Entry 2 was changed.',
  ],
  ['taken out of the middle', `DELETE FROM document WHERE shelf = 'trail' AND key LIKE '%2'`, 'Entry 2 is missing.'],
  ['cut off at the end', `DELETE FROM document WHERE shelf = 'trail' AND key LIKE '%3'`, 'Entry 3 is missing.'],
])('a trail with an entry %s says so', async (_, sql, told) => {
  const { add, call, logIn, store, withKey } = await platform()
  await add('anna', 'admin')
  await logIn('anna')
  await logIn('anna')
  await store.query(sql)
  expect((await call('GET', '/account/api/trail', withKey)).body['broken']).toBe(told)
})

test('a password that cannot be one is not shown in the error', async () => {
  const { logIn } = await platform()
  const answer = await logIn('anna', 'secret'.repeat(60))
  expect(answer.status).toBe(400)
  expect(answer.body['message']).toContain('password: at most 300 characters')
  expect(JSON.stringify(answer.body)).not.toContain('secretsecret')
})

test('what an admin takes away stays away, also when somebody logs in with a code at that moment', async () => {
  const { add, inside, call, logIn, time, withKey } = await platform()
  await add('anna', 'admin')
  for (const name of ['bert', 'vera']) await add(name, 'money')
  const apps = new Map<string, TOTP>()
  for (const name of ['bert', 'vera']) {
    const page = await inside(name)
    const secret = Secret.fromBase32(String((await call('POST', '/account/api/me/totp', page)).body['secret']))
    const app = new TOTP({ secret, digits: 6, period: 30, algorithm: 'SHA1' })
    apps.set(name, app)
    await call('POST', '/account/api/me/totp/confirm', page, { code: app.generate({ timestamp: time.now }) })
  }
  time.now += 30_000
  // A password takes longer to check than an account to change.
  const codeOf = (name: string) => apps.get(name)!.generate({ timestamp: time.now })
  const coming = ['bert', 'vera', 'bert'].map((name) => logIn(name, PASSWORD, codeOf(name)))
  await Promise.all([
    call('DELETE', '/account/api/accounts/bert', withKey),
    call('POST', '/account/api/accounts/vera', withKey, { role: 'view' }),
  ])
  await Promise.all(coming)
  const { body } = await call('GET', '/account/api/accounts', withKey)
  const all = body as unknown as readonly { readonly name: string; readonly role: string }[]
  expect(all.map(({ name, role }) => `${name}: ${role}`).sort()).toEqual(['anna: admin', 'vera: view'])
})

test('a code opens once, also when it comes twice at the same moment', async () => {
  const { add, inside, call, logIn, time } = await platform()
  await add('anna', 'admin')
  const page = await inside('anna')
  const secret = Secret.fromBase32(String((await call('POST', '/account/api/me/totp', page)).body['secret']))
  const app = new TOTP({ secret, digits: 6, period: 30, algorithm: 'SHA1' })
  await call('POST', '/account/api/me/totp/confirm', page, { code: app.generate({ timestamp: time.now }) })
  time.now += 30_000
  const code = app.generate({ timestamp: time.now })
  const told = await Promise.all([1, 2, 3].map(() => logIn('anna', PASSWORD, code)))
  expect(told.map(({ status }) => status).sort()).toEqual([200, 401, 401])
})
