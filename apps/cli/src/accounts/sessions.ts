/** Who is logged in: a token in a cookie that scripts cannot read, its hash in the database. */
import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '@plugtill/engine/clock'
import { documents } from '@plugtill/engine/documents'
import type { Store } from '@plugtill/engine/store'
import type { Account, Accounts } from './accounts.ts'

export interface LoggedIn {
  readonly account: Account
  /** Has to come back in `x-csrf-token` with everything that changes something. (T35) */
  readonly csrf: string
}

/** `look`: nobody did anything, so it lives no longer for it. Default `use`. */
export type Use = 'use' | 'look'

export interface Sessions {
  /** The cookie of a new session. */
  readonly open: (account: Account) => Promise<string>
  readonly of: (headers: IncomingHttpHeaders, use?: Use) => Promise<LoggedIn | undefined>
  /** Ends it; the cookie that takes the old one away. */
  readonly close: (headers: IncomingHttpHeaders) => Promise<string>
}

interface Kept {
  readonly name: string
  readonly generation: number
  readonly openedAt: number
  readonly usedAt: number
}

const SHELF = 'account-session'
const COOKIE = 'plugtill-session'
/** Nobody was there for so long. */
const IDLE_MS = 30 * 60_000
/** A working day; then the password is asked again. */
const LONGEST_MS = 12 * 3600_000
/** Written no more often than this. */
const TOUCH_MS = 60_000

export interface SessionsParts {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  readonly accounts: Pick<Accounts, 'find'>
  readonly randomToken: () => string
  readonly secret: string
  readonly publicUrl: string
}

const keyOf = (token: string) => createHash('sha256').update(token).digest('hex')

function tokenIn({ cookie }: IncomingHttpHeaders): string | undefined {
  return new RegExp(`(?:^|; *)${COOKIE}=([\\w-]{20,100})(?:;|$)`).exec(cookie ?? '')?.[1]
}

export function createSessions({ store, clock, accounts, randomToken, secret, publicUrl }: SessionsParts): Sessions {
  const kept = documents(store, clock)
  const cookie = (value: string, ageS: number) =>
    `${COOKIE}=${value}; Path=/; Max-Age=${ageS}; HttpOnly; SameSite=Strict${publicUrl.startsWith('https:') ? '; Secure' : ''}`
  const save = (key: string, session: Kept) =>
    kept.put(SHELF, key, JSON.stringify(session), new Date(session.usedAt).toISOString())
  return {
    open: async ({ name, generation }) => {
      const token = randomToken()
      const now = clock.now()
      await save(keyOf(token), { name, generation, openedAt: now, usedAt: now })
      return cookie(token, LONGEST_MS / 1000)
    },
    of: async (headers, use = 'use') => {
      const token = tokenIn(headers)
      if (token === undefined) return undefined
      const key = keyOf(token)
      const found = await kept.get(SHELF, key)
      if (found === undefined) return undefined
      const session = JSON.parse(found.body) as Kept
      const account = await accounts.find(session.name)
      const now = clock.now()
      const over = now - session.usedAt > IDLE_MS || now - session.openedAt > LONGEST_MS
      if (over || account === undefined || account.generation !== session.generation) {
        await kept.delete(SHELF, key)
        return undefined
      }
      if (use === 'use' && now - session.usedAt > TOUCH_MS) await save(key, { ...session, usedAt: now })
      return { account, csrf: createHmac('sha256', secret).update(`csrf|${key}`).digest('base64url') }
    },
    close: async (headers) => {
      const token = tokenIn(headers)
      if (token !== undefined) await kept.delete(SHELF, keyOf(token))
      return cookie('', 0)
    },
  }
}
