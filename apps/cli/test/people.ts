/** A platform with accounts on a database of its own, and what a browser of somebody who logged in sends to it. */
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import { accountParts } from '../src/accounts/account-parts.ts'
import type { TerminalKeys } from '../src/http/terminal-key.ts'
import { tinyPlatform } from './tiny-platform.ts'

export const KEY = 'a-key-of-the-operator'
export const PASSWORD = 'correct horse battery'

const ends: (() => Promise<unknown>)[] = []
export async function closePlatforms(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end()
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly cookie: string | null
}

export async function platform({
  key = KEY,
  terminalKeys,
}: {
  readonly key?: string | null
  readonly terminalKeys?: TerminalKeys
} = {}) {
  const store: Store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const time = { now: 1_800_000_000_000 }
  const clock = { now: () => time.now }
  const apiKey = key ?? undefined
  const tiny = await tinyPlatform({
    ...(apiKey !== undefined && { apiKey }),
    ...(terminalKeys && { terminalKeys }),
    account: (publicUrl) => accountParts({ store, secret: 's'.repeat(43), publicUrl, apiKey, clock }),
  })
  ends.push(store.close, tiny.close)
  const call = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ): Promise<Answer> => {
    const answer = await fetch(tiny.url + path, {
      method,
      headers: { ...headers, ...(method !== 'GET' && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return {
      status: answer.status,
      body: (await answer.json().catch(() => ({}))) as Record<string, unknown>,
      cookie: answer.headers.get('set-cookie'),
    }
  }
  const withKey = { authorization: `Bearer ${KEY}` }
  const add = (name: string, role: string) =>
    call('POST', '/account/api/accounts', withKey, { name, role, password: PASSWORD })
  const logIn = (name: string, password = PASSWORD, code?: string) =>
    call('POST', '/account/api/login', {}, { name, password, ...(code !== undefined && { code }) })
  /** Headers of a page on which somebody has logged in. */
  const inside = async (name: string, code?: string) => {
    const { cookie } = await logIn(name, PASSWORD, code)
    const jar = { cookie: cookie?.split(';')[0] ?? '' }
    const { body } = await call('GET', '/account/api/me', jar)
    return { ...jar, 'x-csrf-token': String(body['csrf']) }
  }
  return { store, time, call, add, logIn, inside, withKey, url: tiny.url, tiny }
}
