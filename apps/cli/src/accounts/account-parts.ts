/** Accounts, sessions, guard and trail of one platform, on its own database. */
import { wallClock } from '@plugtill/engine/clock'
import type { Store } from '@plugtill/engine/store'
import type { AccountParts } from '../http/account.ts'
import { randomToken } from '../secrets.ts'
import { createAccounts } from './accounts.ts'
import { type CompanyLoginSettings, createCompanyLogin } from './company-login.ts'
import { createGuard } from './guard.ts'
import { createSessions } from './sessions.ts'
import { createThrottle } from './throttle.ts'
import { createTrail } from './trail.ts'

export interface Given {
  readonly store: Store
  /** Outlives the process, and lies outside of the database. */
  readonly secret: string
  readonly publicUrl: string
  readonly apiKey: string | undefined
  readonly company?: CompanyLoginSettings
  readonly clock?: { readonly now: () => number }
}

export function accountParts({ store, secret, publicUrl, apiKey, company, clock = wallClock }: Given): AccountParts {
  const accounts = createAccounts({ store, clock, secret })
  const sessions = createSessions({ store, clock, accounts, randomToken, secret, publicUrl })
  return {
    accounts,
    sessions,
    guard: createGuard({ accounts, sessions, company: company !== undefined, ...(apiKey !== undefined && { apiKey }) }),
    ...(company && { company: createCompanyLogin({ ...company, publicUrl, secret, clock }) }),
    trail: createTrail({ store, clock }),
    throttle: createThrottle(clock),
    keySet: apiKey !== undefined,
  }
}
