/** Accounts of people, kept in the platform's database; one name, one role, a password, perhaps a second factor. */
import type { Clock } from '@plugtill/engine/clock'
import { change, type Documents, documents } from '@plugtill/engine/documents'
import type { Store } from '@plugtill/engine/store'
import { type CompanyIdentity, CompanyRefused } from './company-login.ts'
import { hashPassword, LONGEST_PASSWORD, type PasswordHash, passwordFits, SHORTEST_PASSWORD } from './passwords.ts'
import type { Role } from './roles.ts'
import { newSecret, opened, sealed, stepOf } from './totp.ts'

export interface Account {
  /** Lower case, as it is compared. */
  readonly name: string
  readonly role: Role
  readonly createdAt: string
  /** Absent: only through the company's own login. */
  readonly password?: PasswordHash
  /** Whom the company's server let in under this name; nobody else comes in under it. */
  readonly company?: string
  /** Sealed; `confirmed` once a code of it was right. */
  readonly totp?: { readonly sealed: string; readonly confirmed: boolean; readonly lastStep: number }
  /** Raised to end every session that is open. */
  readonly generation: number
}

/** What cannot be done, for people. */
export class AccountRefused extends Error {
  override readonly name = 'AccountRefused'
}

export interface Accounts {
  readonly any: () => Promise<boolean>
  readonly list: () => Promise<readonly Account[]>
  readonly find: (name: string) => Promise<Account | undefined>
  readonly add: (given: { readonly name: string; readonly role: Role; readonly password?: string }) => Promise<Account>
  readonly change: (
    name: string,
    change: { readonly role?: Role; readonly password?: string; readonly totp?: 'off' },
  ) => Promise<Account>
  readonly remove: (name: string) => Promise<void>
  /** Undefined: no. `code-needed`: the password is right, and a code is wanted as well. */
  readonly enter: (given: {
    readonly name: string
    readonly password: string
    readonly code?: string
  }) => Promise<Account | 'code-needed' | undefined>
  /** Whom the company's server vouches for. Throws `CompanyRefused`. */
  readonly enterByCompany: (identity: CompanyIdentity) => Promise<Account>
  /** Whether this is the password, without a code. */
  readonly holds: (name: string, password: string) => Promise<boolean>
  /** A new secret, to be confirmed with a code of it. */
  readonly beginTotp: (name: string) => Promise<string>
  readonly confirmTotp: (name: string, code: string) => Promise<boolean>
}

export interface AccountsParts {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  /** Seals the second factors. */
  readonly secret: string
}

const SHELF = 'account'
/** Written by whoever changes what somebody may do: the second of two waits for the first, in whichever process. */
const FENCE = 'account-fence'
const NAME = /^[a-z0-9][a-z0-9._@+-]{1,63}$/

export const nameOf = (text: string): string => text.trim().toLowerCase()

interface Shelf {
  /**
   * What is made of the account as it stands at that moment, so that nothing which came in between is lost. Undefined:
   * it stays as it is.
   */
  readonly alter: {
    (name: string, make: (now: Account | undefined) => Account): Promise<Account>
    (name: string, make: (now: Account | undefined) => Account | undefined): Promise<Account | undefined>
  }
  readonly find: (name: string) => Promise<Account | undefined>
  readonly list: () => Promise<readonly Account[]>
  readonly any: () => Promise<boolean>
  /** Throws when there is none. */
  readonly known: (name: string) => Promise<Account>
  readonly delete: (name: string) => Promise<unknown>
}

function shelfOn(kept: Documents, clock: AccountsParts['clock']): Shelf {
  const find = async (name: string) => {
    const found = await kept.get(SHELF, nameOf(name))
    return found && (JSON.parse(found.body) as Account)
  }
  return {
    find,
    alter: (async (name: string, make: (now: Account | undefined) => Account | undefined) => {
      let made: Account | undefined
      await change(kept, { shelf: SHELF, key: nameOf(name) }, async (before) => {
        made = make(before && (JSON.parse(before.body) as Account))
        return made && { body: JSON.stringify(made), lastUpdated: new Date(clock.now()).toISOString() }
      })
      return made
    }) as Shelf['alter'],
    list: async () => (await kept.all(SHELF)).map(({ body }) => JSON.parse(body) as Account),
    any: async () => (await kept.page(SHELF, { offset: 0, limit: 1 })).total > 0,
    known: async (name) => there(name, await find(name)),
    delete: (name) => kept.delete(SHELF, name),
  }
}

function there(name: string, account: Account | undefined): Account {
  if (account === undefined) throw new AccountRefused(`There is no account "${name}".`)
  return account
}

export function createAccounts(parts: AccountsParts): Accounts {
  const { clock } = parts
  const shelf = shelfOn(documents(parts.store, clock), clock)
  const { alter, find, list } = shelf
  return {
    any: shelf.any,
    list,
    find,
    add: async ({ name: given, role, password }) => {
      const name = nameOf(given)
      if (!NAME.test(name))
        throw new AccountRefused(`"${given}" cannot be a name: 2 to 64 of a-z, 0-9 and ._@+-, a letter or digit first.`)
      const refuseAnother = (other: Account | undefined) => {
        if (other) throw new AccountRefused(`There is an account "${name}" already.`)
      }
      refuseAnother(await find(name))
      if (role !== 'admin' && !(await shelf.any())) throw new AccountRefused('The first account has to be an admin.')
      const hash = password === undefined ? {} : { password: await hashPassword(strong(password)) }
      return alter(name, (other) => {
        refuseAnother(other)
        return { name, role, createdAt: new Date(clock.now()).toISOString(), generation: 1, ...hash }
      })
    },
    change: async (name, { role, password, totp }) => {
      await shelf.known(name)
      const hash = password === undefined ? {} : { password: await hashPassword(strong(password)) }
      return fenced(parts, async (within) => {
        if (role !== undefined && role !== 'admin') await keepAnAdmin(within, name)
        return within.alter(name, (now) => {
          const { totp: factor, company, ...account } = there(name, now)
          return {
            ...account,
            ...(factor && totp !== 'off' && { totp: factor }),
            // A password makes it an account of our own.
            ...(company && password === undefined && { company }),
            ...(role && { role }),
            ...hash,
            generation: account.generation + 1,
          }
        })
      })
    },
    remove: (name) =>
      fenced(parts, async (within) => {
        await keepAnAdmin(within, name)
        await within.delete(nameOf(name))
      }),
    ...enteringWith(parts, shelf),
    enterByCompany: enteringByCompany(parts, shelf),
  }
}

const fenced = <T>({ store, clock }: AccountsParts, work: (within: Shelf) => Promise<T>): Promise<T> =>
  store.transaction(async (tx) => {
    const kept = documents(tx, clock)
    await kept.put(FENCE, 'roles', '{}', new Date(clock.now()).toISOString())
    return work(shelfOn(kept, clock))
  })

/** Somebody has to be able to let others in. */
async function keepAnAdmin({ known, list }: Shelf, without: string): Promise<void> {
  const account = await known(without)
  const isOther = ({ name, role }: Account) => role === 'admin' && name !== account.name
  if (account.role === 'admin' && !(await list()).some(isOther))
    throw new AccountRefused(`"${account.name}" is the last admin. Make another one first.`)
}

const cut = (password: string) => password.slice(0, LONGEST_PASSWORD)

type Entering = Pick<Accounts, 'enter' | 'holds' | 'beginTotp' | 'confirmTotp'>

/** What proves that somebody is who they say. */
function enteringWith({ clock, secret }: AccountsParts, { find, alter }: Shelf): Entering {
  const stepNow = (totp: NonNullable<Account['totp']>, code: string) =>
    stepOf(opened(totp.sealed, secret), code, { now: clock.now(), after: totp.lastStep })
  return {
    enter: async ({ name, password, code }) => {
      const account = await find(name)
      if (!(await passwordFits(cut(password), account?.password)) || account === undefined) return undefined
      if (!account.totp?.confirmed) return account
      if (code === undefined || code === '') return 'code-needed'
      return alter(name, (now) => {
        // Whoever was removed or changed while the password was looked at has to come again.
        if (now?.generation !== account.generation || !now.totp) return undefined
        const step = stepNow(now.totp, code)
        return step === undefined ? undefined : { ...now, totp: { ...now.totp, lastStep: step } }
      })
    },
    holds: async (name, password) => passwordFits(cut(password), (await find(name))?.password),
    beginTotp: async (name) => {
      const made = newSecret()
      await alter(name, (now) => {
        const account = there(name, now)
        if (account.password === undefined)
          throw new AccountRefused("Who logs in through the company has the company's second factor.")
        if (account.totp?.confirmed)
          throw new AccountRefused('This account has a second factor already. Take it away first.')
        return { ...account, totp: { sealed: sealed(made, secret), confirmed: false, lastStep: 0 } }
      })
      return made
    },
    confirmTotp: async (name, code) => {
      const confirmed = await alter(name, (now) => {
        const account = there(name, now)
        const { totp } = account
        if (totp === undefined || totp.confirmed) throw new AccountRefused('There is no second factor to confirm.')
        const step = stepNow(totp, code)
        return step === undefined ? undefined : { ...account, totp: { ...totp, confirmed: true, lastStep: step } }
      })
      return confirmed !== undefined
    },
  }
}

function enteringByCompany({ clock }: AccountsParts, { alter }: Shelf): Accounts['enterByCompany'] {
  return async ({ name: given, subject, role }) => {
    const name = nameOf(given)
    if (!NAME.test(name))
      throw new CompanyRefused('no-name', `"${name.slice(0, 80)}" cannot be the name of an account.`)
    if (role === null) throw new CompanyRefused('no-role', `No group of ${name} gives a role.`)
    return alter(name, (found) => {
      if (found === undefined && role === undefined)
        throw new CompanyRefused('no-account', `There is no account "${name}".`)
      // Who chooses a name at the company's server must not come in as somebody who has a password here.
      if (found?.password) throw new CompanyRefused('local-account', `"${name}" has a password here.`)
      if (found?.company !== undefined && found.company !== subject)
        throw new CompanyRefused('other-person', `"${name}" is ${found.company}, and ${subject} came.`)
      const account = found ?? {
        name,
        role: role ?? 'view',
        createdAt: new Date(clock.now()).toISOString(),
        generation: 1,
      }
      const moved = role !== undefined && role !== account.role
      return { ...account, company: subject, ...(moved && { role, generation: account.generation + 1 }) }
    })
  }
}

function strong(password: string): string {
  if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD)
    throw new AccountRefused(
      `A password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters; this one has ${password.length}.`,
    )
  return password
}
