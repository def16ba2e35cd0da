/** To the company's login and back: two redirects. Where the browser lands is a page of ours that says how it went. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { nameOf } from '../accounts/accounts.ts'
import { CALLBACK, type CompanyLogin, CompanyRefused } from '../accounts/company-login.ts'
import type { AccountParts } from './account.ts'

export const BEGIN = '/account/api/company/begin'

interface Parts extends AccountParts {
  readonly company: CompanyLogin
  readonly onFault: (error: unknown, where: string) => void
}

export function mountCompanyLogin(app: FastifyInstance, parts: Parts): void {
  const { company, accounts, sessions, trail, throttle, onFault } = parts
  const to = (reply: FastifyReply, words: Readonly<Record<string, string>>, cookies: readonly string[] = []) =>
    reply
      .headers({ 'cache-control': 'no-store', ...(cookies.length > 0 && { 'set-cookie': [...cookies] }) })
      .redirect(`/account/?${new URLSearchParams(words)}`, 303)
  const refused = (reply: FastifyReply, error: unknown, where: string) => {
    if (!(error instanceof CompanyRefused)) throw error
    onFault(error, where)
    return to(reply, { company: error.trouble }, [company.forget])
  }
  app.get<{ Querystring: { next?: unknown } }>(BEGIN, async ({ query, ip }, reply) => {
    if (throttle.waitS([keyOf(ip)]) > 0) return to(reply, { company: 'too-many-tries' })
    const next = typeof query.next === 'string' && query.next.length <= 500 ? query.next : ''
    try {
      const { url, cookie } = await company.begin(next)
      return await reply.headers({ 'cache-control': 'no-store', 'set-cookie': cookie }).redirect(url, 303)
    } catch (error) {
      return refused(reply, error, `GET ${BEGIN}`)
    }
  })
  app.get(CALLBACK, async ({ raw, headers, ip }, reply) => {
    const keys = [keyOf(ip)]
    if (throttle.waitS(keys) > 0) return to(reply, { company: 'too-many-tries' })
    let who = ''
    try {
      const { identity, next } = await company.finish(raw.url ?? '', headers)
      who = nameOf(identity.name).slice(0, 64)
      const account = await accounts.enterByCompany(identity)
      throttle.succeeded(keys)
      await trail.append({ who, method: 'GET', path: CALLBACK, status: 303 })
      // The cookie is a strict one: it does not go with a redirect that another site began, but with what our page asks.
      return await to(reply, { came: 'company', next }, [await sessions.open(account), company.forget])
    } catch (error) {
      throttle.failed(keys)
      if (who !== '') await trail.append({ who, method: 'GET', path: CALLBACK, status: 401 })
      return refused(reply, error, `GET ${CALLBACK}`)
    }
  })
}

const keyOf = (ip: string) => `company login ${ip}`
