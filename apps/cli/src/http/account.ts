/** Logging in and out, one's own account, and for admins those of others. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { type Account, AccountRefused, type Accounts, nameOf } from '../accounts/accounts.ts'
import type { CompanyLogin } from '../accounts/company-login.ts'
import { type Guard, type Identity, identityOf } from '../accounts/guard.ts'
import { ROLES } from '../accounts/roles.ts'
import type { Sessions } from '../accounts/sessions.ts'
import type { Throttle } from '../accounts/throttle.ts'
import { enrolment } from '../accounts/totp.ts'
import type { Trail } from '../accounts/trail.ts'
import { type Wrong, wrongIn } from './body-check.ts'

export interface AccountParts {
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly guard: Guard
  readonly trail: Trail
  readonly throttle: Throttle
  /** Without a key a lost password would lock everybody out, and the command line first. */
  readonly keySet: boolean
  readonly company?: CompanyLogin
}

const Text = Type.String({ minLength: 1, maxLength: 300 })
const Role = Type.Enum(ROLES)
const LogIn = Type.Object({ name: Text, password: Text, code: Type.Optional(Type.String({ maxLength: 10 })) })
const Add = Type.Object({ name: Text, role: Role, password: Type.Optional(Text) })
const Change = Type.Object({
  role: Type.Optional(Role),
  password: Type.Optional(Text),
  totp: Type.Optional(Type.Enum(['off'])),
})
const OwnPassword = Type.Object({ password: Text, old_password: Text })
const Code = Type.Object({ code: Type.String({ maxLength: 10 }) })

/** An account without anything that opens it. */
const shown = ({ name, role, createdAt, password, totp }: Account) => ({
  name,
  role,
  created_at: createdAt,
  password: password !== undefined,
  totp: totp?.confirmed === true,
})

const TRAIL_SHOWN = 500

type Answer = { readonly status?: number; readonly body: unknown; readonly cookie?: string }
interface Call {
  readonly request: FastifyRequest
  readonly identity: Identity
  readonly body: Record<string, string>
  readonly name: string
}

/** Before the login. */
const NOBODY: Identity = { who: '', role: 'view' }

/** Elsewhere an error shows the value that was sent; here it may be a password. (T29) */
const withoutValues = ({ error, findings }: Wrong) => ({
  error,
  message: `The body cannot be used. ${findings.map(({ field, rule }) => `${field}: ${rule}`).join('; ')}`,
})

type Row = (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body: TSchema | undefined,
  run: (call: Call) => Promise<Answer>,
) => unknown

/** Whoever may call it has passed the guard; only `login`, `me` and the company's login are open to everybody. */
export function mountAccount(app: FastifyInstance, parts: AccountParts): void {
  const row: Row = (method, url, body, run) =>
    app.route({
      method,
      url: `/account/api${url}`,
      handler: async (request, reply) => {
        const wrong = wrongIn('body', body, request.body ?? {})
        if (wrong) return send(reply, { status: 400, body: withoutValues(wrong) })
        const identity = identityOf(request) ?? NOBODY
        const { name = '' } = request.params as { readonly name?: string }
        const call = { request, identity, body: (request.body ?? {}) as Record<string, string>, name }
        return send(reply, await refusing(() => run(call)))
      },
    })
  ownRows(row, parts)
  adminRows(row, parts)
}

function ownRows(row: Row, parts: AccountParts): void {
  const { accounts, sessions, guard, keySet } = parts
  const company = parts.company !== undefined
  row('POST', '/login', LogIn, ({ request, body }) => logIn(parts, request, body))
  row('GET', '/me', undefined, async ({ request }) => {
    const found = await guard.identify(request)
    const open = !(await guard.accountsExist()) && !keySet
    if ('problem' in found) return { body: { name: null, role: null, open, company } }
    const { who, role, csrf } = found.identity
    const own = await accounts.find(who)
    return { body: { name: who, role, csrf: csrf ?? null, account: own ? shown(own) : null, open, company } }
  })
  row('POST', '/me/logout', undefined, async ({ request }) => ({
    body: {},
    cookie: await sessions.close(request.headers),
  }))
  row('POST', '/me/password', OwnPassword, ({ identity, request, body }) =>
    ownPassword(parts, identity, { request, body }),
  )
  row('POST', '/me/totp', undefined, async ({ identity }) => {
    const secret = await accounts.beginTotp(identity.who)
    return { body: { secret, uri: enrolment(secret, identity.who) } }
  })
  row('POST', '/me/totp/confirm', Code, async ({ identity, body }) =>
    (await accounts.confirmTotp(identity.who, body['code'] ?? '')) ? { body: { totp: true } } : WRONG_CODE,
  )
}

const WRONG_CODE: Answer = {
  status: 422,
  body: { refused: 'wrong-code', message: 'This is not the code of now. Wait for the next one and try again.' },
}

function adminRows(row: Row, { accounts, trail, keySet }: AccountParts): void {
  row('GET', '/accounts', undefined, async () => ({ body: (await accounts.list()).map(shown) }))
  row('POST', '/accounts', Add, async ({ body }) => {
    if (!keySet)
      throw new AccountRefused('Set PLUGTILL_API_KEY first: from the first account on, the command line needs it.')
    return { status: 201, body: shown(await accounts.add(body as never)) }
  })
  row('POST', '/accounts/:name', Change, async ({ body, name }) => ({ body: shown(await accounts.change(name, body)) }))
  row('DELETE', '/accounts/:name', undefined, async ({ name }) => {
    await accounts.remove(name)
    return { body: {} }
  })
  row('GET', '/trail', undefined, async () => ({
    body: { broken: (await trail.broken()) ?? null, entries: await trail.recent(TRAIL_SHOWN) },
  }))
}

function send(reply: FastifyReply, { status = 200, body, cookie }: Answer) {
  if (cookie !== undefined) reply.header('set-cookie', cookie)
  return reply.code(status).header('cache-control', 'no-store').send(body)
}

async function refusing(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof AccountRefused)) throw error
    return { status: 422, body: { refused: 'account', message: error.message } }
  }
}

/** One answer for a name that does not exist, a wrong password and a wrong code. */
const NO: Answer = { status: 401, body: { error: 'login-refused', message: 'Name, password or code is wrong.' } }

async function logIn(
  { accounts, sessions, throttle, trail }: AccountParts,
  request: FastifyRequest,
  { name = '', password = '', code }: Readonly<Record<string, string>>,
): Promise<Answer> {
  const keys = [`name ${nameOf(name)}`, `address ${request.ip}`]
  const waitS = throttle.waitS(keys)
  if (waitS > 0)
    return {
      status: 429,
      body: { error: 'too-many-tries', message: `Too many wrong tries. Wait ${waitS} s.`, wait_s: waitS },
    }
  // Counted before the password is looked at, which takes time: guesses that come all at once are guesses too. (T07)
  throttle.failed(keys)
  const entered = await accounts.enter({ name, password, ...(code !== undefined && { code }) })
  if (entered === 'code-needed')
    return { status: 401, body: { error: 'code-needed', message: 'Type the six digits of your app as well.' } }
  const who = nameOf(name).slice(0, 64)
  if (entered === undefined) {
    await trail.append({ who, method: 'POST', path: '/account/api/login', status: 401 })
    return NO
  }
  throttle.succeeded(keys)
  await trail.append({ who, method: 'POST', path: '/account/api/login', status: 200 })
  return { body: { name: entered.name, role: entered.role }, cookie: await sessions.open(entered) }
}

/** Ends every other session of the account; this one goes on. */
async function ownPassword(
  { accounts, sessions, throttle }: AccountParts,
  { who }: Identity,
  { request, body }: { readonly request: FastifyRequest; readonly body: Readonly<Record<string, string>> },
): Promise<Answer> {
  const keys = [`name ${who}`]
  if (throttle.waitS(keys) > 0)
    return { status: 429, body: { error: 'too-many-tries', message: 'Too many wrong tries. Wait a little.' } }
  throttle.failed(keys)
  if (!(await accounts.holds(who, body['old_password'] ?? '')))
    return { status: 422, body: { refused: 'wrong-password', message: 'The old password is not right.' } }
  throttle.succeeded(keys)
  const changed = await accounts.change(who, { password: body['password'] ?? '' })
  await sessions.close(request.headers)
  return { body: shown(changed), cookie: await sessions.open(changed) }
}
