/** Calls a row of an admin table directly: the same table that is mounted on HTTP, without the socket. */
import type { AdminAnswer, AdminRoute, AdminTable } from '@plugtill/engine/admin'
import { validatorOf } from '@plugtill/ocpi/validate'

/** An answer outside 2xx, with what the platform said. */
export class AdminRefused extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(`${status}: ${JSON.stringify(body)}`)
    this.name = 'AdminRefused'
    this.status = status
    this.body = body
  }
}

export interface Admin {
  /** `path` with its values, e.g. `/terminals/T-1`; a query may follow after `?`. Throws AdminRefused. */
  readonly get: <T>(path: string) => Promise<T>
  readonly post: <T>(path: string, body?: unknown) => Promise<T>
  readonly delete: <T>(path: string) => Promise<T>
}

/** What whoever mounts the table asks before a row is run. */
export function wrongIn(schema: AdminRoute['body'], body: unknown): string | undefined {
  if (schema === undefined) return undefined
  const findings = validatorOf(schema as Parameters<typeof validatorOf>[0]).findings(body)
  return findings.length === 0 ? undefined : findings.map(({ path, rule }) => `${path}: ${rule}`).join('; ')
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const value = decodeURIComponent(given[index] ?? '')
    if (segment.startsWith(':')) params[segment.slice(1)] = value
    else if (segment !== value) return undefined
  }
  return params
}

export function adminOf(table: AdminTable): Admin {
  const call = async <T>(method: string, target: string, body: unknown): Promise<T> => {
    const url = new URL(target, 'http://admin')
    for (const route of table) {
      const params = route.method === method ? paramsOf(route.path, url.pathname) : undefined
      if (!params) continue
      const answer: AdminAnswer = await route.run({ params, query: Object.fromEntries(url.searchParams), body })
      const status = answer.status ?? 200
      if (status < 200 || status > 299) throw new AdminRefused(status, answer.body)
      return answer.body as T
    }
    throw new AdminRefused(404, `no route ${method} ${target}`)
  }
  return {
    get: (path) => call('GET', path, undefined),
    post: (path, body) => call('POST', path, body),
    delete: (path) => call('DELETE', path, undefined),
  }
}
