/** Who asks, and whether that is enough for what is asked. (T35) */
import type { IncomingHttpHeaders } from 'node:http'
import { type Asked, createKeyCheck, type Problem } from '../http/guard.ts'
import { sameText } from '../same-text.ts'
import type { Accounts } from './accounts.ts'
import { includes, type Role, roleFor } from './roles.ts'
import type { Sessions, Use } from './sessions.ts'

export interface Identity {
  /** The name of the account, `api key`, or `sandbox`. */
  readonly who: string
  readonly role: Role
  readonly csrf?: string
}

interface Entered {
  readonly identity: Identity
  readonly isStillIn: () => Promise<boolean>
}
const known = new WeakMap<object, Entered>()

/** Who asks with this request; set by whoever let it in. */
export const identityOf = (request: object): Identity | undefined => known.get(request)?.identity
export const letIn = (request: object, entered: Entered): void => void known.set(request, entered)
/** Whether this request would be let in now: for an answer that takes as long as somebody listens. */
export const isStillIn = async (request: object): Promise<boolean> => (await known.get(request)?.isStillIn()) ?? true

export interface GuardParts {
  readonly apiKey?: string
  readonly accounts: Pick<Accounts, 'any'>
  readonly sessions: Sessions
  /** People come in through the company's login, also the first one. */
  readonly company?: boolean
}

export type Allowed = { readonly identity: Identity } | { readonly problem: Problem }

export function createGuard({ apiKey, accounts, sessions, company = false }: GuardParts) {
  const keyProblem = createKeyCheck(apiKey)
  let inUse = company
  const accountsExist = async () => {
    inUse ||= await accounts.any()
    return inUse
  }
  const sendsKey = ({ authorization, 'x-api-key': key }: IncomingHttpHeaders) =>
    authorization !== undefined || key !== undefined

  const identify = async (asked: Asked, use?: Use): Promise<Allowed> => {
    if (apiKey !== undefined && sendsKey(asked.headers)) {
      const problem = keyProblem(asked)
      return problem ? { problem } : { identity: { who: 'api key', role: 'admin' } }
    }
    const session = await sessions.of(asked.headers, use)
    if (session) return { identity: { who: session.account.name, role: session.account.role, csrf: session.csrf } }
    if (await accountsExist())
      return { problem: { status: 401, error: 'login-needed', message: 'Log in at /account/, or send the API key.' } }
    const problem = keyProblem(asked)
    // Nobody else reaches a platform without a key: it listens on loopback only.
    return problem ? { problem } : { identity: { who: 'sandbox', role: 'admin' } }
  }

  /** `route`: the one that runs, as it stands in the tables. */
  const allow = async (asked: Asked, route: string, use?: Use): Promise<Allowed> => {
    const found = await identify(asked, use)
    if ('problem' in found) return found
    const { role, csrf, who } = found.identity
    if (csrf !== undefined && !/^(?:GET|HEAD)$/.test(asked.method) && !sameText(csrfIn(asked.headers), csrf))
      return {
        problem: { status: 403, error: 'csrf', message: 'This page is out of date. Load it anew and try again.' },
      }
    const needed = roleFor(asked.method, route)
    if (!includes(role, needed))
      return {
        problem: {
          status: 403,
          error: 'role-needed',
          message: `This needs the role "${needed}"; ${who} has "${role}". An admin can change that.`,
        },
      }
    return found
  }
  return { identify, allow, accountsExist }
}

export type Guard = ReturnType<typeof createGuard>

function csrfIn(headers: IncomingHttpHeaders): string {
  const given = headers['x-csrf-token']
  return typeof given === 'string' ? given : ''
}
