/** The door of the rooms that only people with an account, or the API key, may enter. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { CALLBACK } from '../accounts/company-login.ts'
import { identityOf, letIn } from '../accounts/guard.ts'
import type { AppParts } from './app.ts'
import { BEGIN } from './company-login.ts'
import { createKeyCheck, type Problem } from './guard.ts'
import { placeOf, routeOf } from './place.ts'

/** What is open to people who are not logged in yet. */
const OPEN = ['/account/api/login', '/account/api/me', BEGIN, CALLBACK]

/** Who asks is known before anything runs, and who changed something stands in the trail. (T35, T36) */
export function guardRoom(
  room: FastifyInstance,
  { account, apiKey, onFault }: Pick<AppParts, 'account' | 'apiKey' | 'onFault'>,
  refuse: (reply: FastifyReply, problem: Problem) => FastifyReply,
): void {
  if (account === undefined) {
    const keyProblem = createKeyCheck(apiKey)
    room.addHook('onRequest', async (request, reply) => {
      const problem = keyProblem(request)
      if (problem) return refuse(reply, problem)
    })
    return
  }
  const { guard, trail } = account
  room.addHook('onRequest', async (request, reply) => {
    const route = routeOf(request)
    if (OPEN.includes(route)) return
    const allowed = await guard.allow(request, route)
    if ('problem' in allowed) return refuse(reply, allowed.problem)
    const isStillIn = async () => 'identity' in (await guard.allow(request, route, 'look'))
    letIn(request, { identity: allowed.identity, isStillIn })
  })
  // Before the answer goes: whoever reads the trail after it finds the deed.
  room.addHook('onSend', async (request, reply) => {
    const identity = identityOf(request)
    if (identity === undefined || /^(?:GET|HEAD)$/.test(request.method)) return
    // Computes and keeps nothing.
    if (routeOf(request).startsWith('/tools/')) return
    const deed = {
      who: identity.who,
      method: request.method,
      path: placeOf(request),
      status: reply.statusCode,
      asked: withoutSecrets(request.body),
    }
    await trail.append(deed).catch((error: unknown) => onFault(error, 'audit trail'))
  })
}

const SECRET = /token|password|secret|code$|key$|^totp$/i

/** The first level is what our own APIs take; what could open something is left out. */
function withoutSecrets(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  const told = Object.entries(body).map(([name, value]) => [name, SECRET.test(name) ? '***' : value])
  const text = JSON.stringify(Object.fromEntries(told))
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : JSON.parse(text)
}
