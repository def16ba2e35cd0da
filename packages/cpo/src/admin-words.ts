/** What the rows of the operator's table are made of. */
import type { AdminAnswer, AdminCall, AdminRoute } from '@plugtill/engine/admin'
import { Fault } from '@plugtill/engine/fault'
import type { Journal } from '@plugtill/engine/journal'
import { PeerRefused } from '@plugtill/ocpi/ask'
import { Fault as WireFault } from '@plugtill/ocpi/errors'
import { formatDateTime } from '@plugtill/ocpi/types'
import Type from 'typebox'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000
export const Limit = Type.Object({ limit: Type.Optional(Type.String()), state: Type.Optional(Type.String()) })

export const get = (
  path: string,
  summary: string,
  run: AdminRoute['run'],
  more: Partial<AdminRoute> = {},
): AdminRoute => ({
  method: 'GET',
  path,
  summary,
  run,
  ...more,
})
export const post = (
  path: string,
  summary: string,
  run: AdminRoute['run'],
  more: Partial<AdminRoute> = {},
): AdminRoute => ({
  method: 'POST',
  path,
  summary,
  run,
  ...more,
})
export const notFound = (what: string, id: string | undefined): AdminAnswer => ({
  status: 404,
  body: { error: 'unknown', message: `No ${what} "${id}".` },
})

export function limitOf({ query }: AdminCall): number {
  const limit = Number(query['limit'] ?? DEFAULT_LIMIT)
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_LIMIT) : DEFAULT_LIMIT
}

export function entryRecord({ at, kind, reference, body }: Awaited<ReturnType<Journal['recent']>>[number]) {
  return { ...body, at: formatDateTime(at), kind, ...(reference === '' ? {} : { reference }) }
}

/** What went wrong on the way to a partner, or with what was asked, is an answer to the operator. */
export async function told(act: () => Promise<AdminAnswer>): Promise<AdminAnswer> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof PeerRefused || error instanceof WireFault)
      return { status: 502, body: { error: 'partner', message: error.message } }
    if (error instanceof Fault)
      return {
        status: error.code.endsWith('_UNKNOWN') ? 404 : 409,
        body: { error: error.code.toLowerCase(), message: error.message },
      }
    throw error
  }
}
