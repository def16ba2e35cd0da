/** What the rows of the operator's API have in common: refusals as answers, ids, limits. */
import type { AdminAnswer, AdminCall, AdminRoute } from '@plugtill/engine/admin'
import { OcpiError } from '@plugtill/ocpi/errors'
import { PspError } from '@plugtill/psp/psp'
import Type from 'typebox'
import { Refusal } from './refusal.ts'

export const Id = Type.String({ minLength: 1, maxLength: 100 })

export const notFound = (what: string, hint: string): AdminAnswer => ({
  status: 404,
  body: { error: 'not-found', message: `No ${what}. ${hint}` },
})

/** What cannot be done is an answer with its reason: 404 for what is not there, 409 for what is refused. */
async function refusing(act: () => Promise<AdminAnswer>): Promise<AdminAnswer> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refusal) {
      const status = error.code.startsWith('unknown-') ? 404 : error.code === 'psp-unavailable' ? 503 : 409
      return { status, body: { refused: error.code, message: error.message } }
    }
    if (error instanceof OcpiError) return { status: 409, body: { refused: 'not-possible', message: error.message } }
    if (error instanceof PspError) return { status: 503, body: { refused: 'psp-unavailable', message: error.message } }
    throw error
  }
}

export const limitOf = (call: AdminCall, most = 1000) =>
  Math.min(most, Math.max(1, Number.parseInt(call.query['limit'] ?? '100', 10) || 100))

type Route = Omit<AdminRoute, 'method' | 'path'>

export const row = (method: AdminRoute['method'], path: string, route: Route): AdminRoute => ({
  method,
  path,
  ...route,
  run: (call) => refusing(() => route.run(call)),
})
