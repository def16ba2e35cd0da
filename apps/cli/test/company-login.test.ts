/** Against a real OpenID Connect server on a real socket, redirect by redirect, with the cookies a browser would keep. */
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { afterEach, expect, test } from 'vitest'
import { accountParts } from '../src/accounts/account-parts.ts'
import type { Role } from '../src/accounts/roles.ts'
import { readConfig } from '../src/config.ts'
import { CLIENT, companyServer } from './company-server.ts'
import { tinyPlatform } from './tiny-platform.ts'

const KEY = 'a-key-of-the-operator'
const ANNA = { email: 'Anna@company.example', email_verified: true }

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Follows redirects as a browser does, over both servers. */
function browser() {
  const jar = new Map<string, Map<string, string>>()
  const go = async (address: string): Promise<{ readonly url: URL; readonly seen: readonly string[] }> => {
    const seen: string[] = []
    for (let url = new URL(address); ; ) {
      seen.push(url.href)
      const own = jar.get(url.host) ?? new Map<string, string>()
      const cookie = [...own].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(url, { redirect: 'manual', headers: { ...(cookie && { cookie }) } })
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '' || /Max-Age=0/i.test(line)) own.delete(name)
        else own.set(name, value)
      }
      jar.set(url.host, own)
      const location = answer.headers.get('location')
      if (location === null || seen.length > 12) return { url, seen }
      url = new URL(location, url)
      // Pages are drawn by scripts; where they stand is all that counts here.
      if (url.pathname === '/account/') return { url, seen: [...seen, url.href] }
    }
  }
  return {
    go,
    jar,
    cookie: (host: string) => [...(jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; '),
  }
}

interface Options {
  readonly roles?: ReadonlyMap<string, Role>
  readonly secret?: string
}

async function platform({ roles, secret = CLIENT.secret }: Options = {}) {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const time = { now: Date.now() }
  let company: Awaited<ReturnType<typeof companyServer>> | undefined
  // The address of the platform is known first, then the company's server is told of it.
  const tiny = await tinyPlatform({
    apiKey: KEY,
    account: async (publicUrl) => {
      company = await companyServer(`${publicUrl}/account/api/company/callback`)
      const login = {
        issuer: company.issuer,
        clientId: CLIENT.id,
        clientSecret: secret,
        nameClaim: 'email',
        roleClaim: 'groups',
      }
      return accountParts({
        ...{ store, publicUrl, apiKey: KEY, secret: 's'.repeat(43), clock: { now: () => time.now } },
        company: { ...login, ...(roles && { roles }) },
      })
    },
  })
  if (company === undefined) throw new Error('The platform did not ask for its accounts.')
  ends.push(store.close, company.close, tiny.close)
  const host = new URL(tiny.url).host
  const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const answer = await fetch(tiny.url + path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const withKey = { authorization: `Bearer ${KEY}` }
  const add = (name: string, role: string, password?: string) =>
    call('POST', '/account/api/accounts', withKey, { name, role, ...(password && { password }) })
  const me = async (who: ReturnType<typeof browser>) =>
    (await call('GET', '/account/api/me', { cookie: who.cookie(host) })).body
  const begin = `${tiny.url}/account/api/company/begin?next=%2Fconsole%2Fpayments`
  return { company, time, call, add, me, begin, host, withKey, url: tiny.url, faults: tiny.faults }
}

const troubleIn = (url: URL) => url.searchParams.get('company')

test("whoever has an account without a password comes in through the company's server, to the page that was asked for", async () => {
  const { company, add, me, begin } = await platform()
  await add('anna@company.example', 'admin')
  company.person.claims = ANNA
  const anna = browser()
  const { url, seen } = await anna.go(begin)
  expect(Object.fromEntries(url.searchParams)).toEqual({ came: 'company', next: '/console/payments' })
  const asked = new URL(seen[1] ?? '')
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    ...{ response_type: 'code', client_id: CLIENT.id, code_challenge_method: 'S256', scope: 'openid email groups' },
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
  })
  expect(await me(anna)).toMatchObject({ name: 'anna@company.example', role: 'admin', account: { password: false } })
})

test('without an account nobody comes in, unless groups of the company give a role: then it is made', async () => {
  const closed = await platform()
  closed.company.person.claims = ANNA
  expect(troubleIn((await browser().go(closed.begin)).url)).toBe('no-account')

  const open = await platform({
    roles: new Map([
      ['desk', 'operate'],
      ['finance', 'money'],
    ]),
  })
  open.company.person.claims = { ...ANNA, groups: ['desk', 'finance', 'football'] }
  const anna = browser()
  await anna.go(open.begin)
  expect(await open.me(anna)).toMatchObject({ name: 'anna@company.example', role: 'money' })

  // Moved to another desk: the next login sees it, and what was open with the old role is over.
  open.company.person.claims = { ...ANNA, groups: ['desk'] }
  const elsewhere = browser()
  await elsewhere.go(open.begin)
  expect(await open.me(elsewhere)).toMatchObject({ role: 'operate' })
  expect(await open.me(anna)).toMatchObject({ name: null })
  open.company.person.claims = { ...ANNA, groups: ['football'] }
  expect(troubleIn((await browser().go(open.begin)).url)).toBe('no-role')
})

test('a name at the company opens no account that has a password here', async () => {
  const { company, add, begin } = await platform()
  await add('anna@company.example', 'admin', 'correct horse battery')
  company.person.claims = ANNA
  expect(troubleIn((await browser().go(begin)).url)).toBe('local-account')
})

test('an address that the company gave to somebody else later opens nothing', async () => {
  const { company, add, begin } = await platform()
  await add('anna@company.example', 'admin')
  company.person.claims = ANNA
  await browser().go(begin)
  company.person.sub = 'u-2'
  expect(troubleIn((await browser().go(begin)).url)).toBe('other-person')
})

test.each([
  ['an address nobody looked at', { email: 'anna@company.example', email_verified: false }],
  ['no address at all', {}],
])('%s is no name', async (_what, claims) => {
  const { company, add, begin } = await platform()
  await add('anna@company.example', 'admin')
  company.person.claims = claims
  expect(troubleIn((await browser().go(begin)).url)).toBe('no-name')
})

test('an answer counts once, in the browser that began, and for ten minutes', async () => {
  const { company, add, begin, time, host } = await platform()
  await add('anna@company.example', 'admin')
  company.person.claims = ANNA
  const anna = browser()
  const { seen } = await anna.go(begin)
  const back = seen.find((one) => one.includes('/company/callback')) ?? ''
  expect(troubleIn((await anna.go(back)).url), 'again').toBe('not-finished')
  expect(troubleIn((await browser().go(back)).url), 'elsewhere').toBe('not-finished')
  const late = browser()
  const first = await fetch(begin, { redirect: 'manual' })
  const [cookie = ''] = first.headers.getSetCookie()
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
  late.jar.set(host, new Map([[name, value]]))
  time.now += 601_000
  expect(troubleIn((await late.go(first.headers.get('location') ?? '')).url), 'late').toBe('not-finished')
})

test('the way there lies in a cookie that scripts cannot read and nobody can open', async () => {
  const { begin } = await platform()
  const answer = await fetch(begin, { redirect: 'manual' })
  const [cookie = ''] = answer.headers.getSetCookie()
  expect(cookie).toMatch(
    /^plugtill-company-login=[\w%+/=]+; Path=\/account\/api\/company; Max-Age=600; HttpOnly; SameSite=Lax$/,
  )
  const state = new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? ''
  expect(decodeURIComponent(cookie)).not.toContain(state)
})

test('a server that does not answer, or does not know our secret, is said so; the next try begins anew', async () => {
  const { company, add, begin, me, faults } = await platform()
  await add('anna@company.example', 'admin')
  company.person.claims = ANNA
  company.silence(true)
  expect(troubleIn((await browser().go(begin)).url)).toBe('unreachable')
  expect(String(faults[0])).toContain(company.issuer)
  company.silence(false)
  const anna = browser()
  await anna.go(begin)
  expect(await me(anna)).toMatchObject({ name: 'anna@company.example' })

  const stranger = await platform({ secret: 'another' })
  await stranger.add('anna@company.example', 'admin')
  stranger.company.person.claims = ANNA
  expect(troubleIn((await browser().go(stranger.begin)).url)).toBe('not-finished')
})

test('the login stands in the trail; there is no second factor of ours on top; a password makes the account ours', async () => {
  const { company, add, begin, me, call, host, withKey } = await platform()
  await add('anna@company.example', 'admin')
  company.person.claims = ANNA
  const anna = browser()
  await anna.go(begin)
  const page = { cookie: anna.cookie(host), 'x-csrf-token': String((await me(anna))['csrf']) }
  expect(await call('POST', '/account/api/me/totp', page, {})).toMatchObject({ status: 422 })
  const { body } = await call('GET', '/account/api/trail', withKey)
  const entries = (body['entries'] as readonly Record<string, unknown>[]).map(({ who, path, status }) => [
    who,
    path,
    status,
  ])
  expect(entries).toContainEqual(['anna@company.example', '/account/api/company/callback', 303])
  await call('POST', '/account/api/accounts/anna@company.example', withKey, { password: 'correct horse battery' })
  expect(troubleIn((await browser().go(begin)).url)).toBe('local-account')
})

test('once it is set, nobody comes in without login or key, also before the first account', async () => {
  const { call } = await platform()
  expect(await call('GET', '/ptp/api/payments/ref-1', {})).toMatchObject({
    status: 401,
    body: { error: 'login-needed' },
  })
  expect(await call('GET', '/account/api/me', {})).toMatchObject({ body: { name: null, open: false, company: true } })
})

test.each([
  [{ PLUGTILL_OIDC_CLIENT_ID: 'x' }, 'PLUGTILL_OIDC_ISSUER'],
  [{ PLUGTILL_OIDC_ISSUER: 'https://login.example' }, 'PLUGTILL_OIDC_CLIENT_ID'],
  [{ PLUGTILL_OIDC_ISSUER: 'https://login.example', PLUGTILL_OIDC_CLIENT_ID: 'x' }, 'PLUGTILL_API_KEY'],
  [
    { PLUGTILL_OIDC_ISSUER: 'http://login.example', PLUGTILL_OIDC_CLIENT_ID: 'x', PLUGTILL_API_KEY: 'a-long-key' },
    'https',
  ],
  [{ PLUGTILL_OIDC_ROLES: 'desk=boss' }, 'roles are view, operate, money, admin'],
])('settings that do not fit together are refused: %j', (env, said) => {
  expect(() => readConfig({ env })).toThrow(said)
})
