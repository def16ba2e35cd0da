/** Who is logged in here, and the word that has to go with everything that changes something. */
import { read } from './platform-api.ts'

export interface OwnAccount {
  readonly name: string
  readonly role: string
  readonly created_at: string
  readonly password: boolean
  readonly totp: boolean
}

export interface Me {
  /** `null`: nobody. */
  readonly name: string | null
  readonly role: string | null
  readonly csrf?: string | null
  readonly account?: OwnAccount | null
  /** Nobody has to log in here. */
  readonly open: boolean
  /** The company's own login is offered. */
  readonly company?: boolean
}

let known: Promise<Me | undefined> | undefined

export function me(): Promise<Me | undefined> {
  known ??= read<Me>('/account/api/me').then(({ data }) => data)
  return known
}

/** After logging in or out. */
export function forget(): void {
  known = undefined
}

export async function csrfHeader(): Promise<Readonly<Record<string, string>>> {
  const csrf = (await me())?.csrf
  return csrf ? { 'x-csrf-token': csrf } : {}
}
