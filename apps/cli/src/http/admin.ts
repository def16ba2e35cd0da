/** An admin table on Fastify, with its OpenAPI description. */
import type { AdminRoute, AdminTable } from '@plugtill/engine/admin'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isStillIn } from '../accounts/guard.ts'
import { wrongIn } from './body-check.ts'
import type { Streams } from './events.ts'
import { openApiOf } from './openapi.ts'

export interface AdminMount {
  /** `/ptp/api` */
  readonly path: string
  readonly title: string
  readonly table: AdminTable
  readonly streams: Streams
  readonly publicUrl: string
  readonly keyNeeded: boolean
}

export function mountAdmin(app: FastifyInstance, mount: AdminMount): void {
  const description = openApiOf(mount)
  app.get(`${mount.path}/openapi.json`, async (_request, reply) =>
    reply.header('cache-control', 'no-store').send(description),
  )
  for (const route of mount.table) {
    app.route({
      method: route.method,
      url: mount.path + route.path,
      handler: (request, reply) => run(route, mount.streams, { request, reply }),
    })
  }
}

async function run(
  route: AdminRoute,
  streams: Streams,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
) {
  const query = request.query as Record<string, string | string[]>
  const twice = Object.entries(query).find(([, value]) => Array.isArray(value))
  if (twice)
    return reply
      .code(400)
      .send({ error: 'invalid', message: `The query names "${twice[0]}" more than once. Send it once.` })
  const wrong = wrongIn('query', route.query, query) ?? wrongIn('body', route.body, request.body ?? {})
  if (wrong) return reply.code(400).send(wrong)
  const stop = new AbortController()
  const answer = await route.run({
    params: request.params as Record<string, string>,
    query: query as Record<string, string>,
    body: request.body ?? {},
    signal: stop.signal,
  })
  if (answer.stream) {
    streams.send(reply, answer.stream, { stop, mayListen: () => isStillIn(request) })
    return reply
  }
  return reply
    .code(answer.status ?? 200)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(answer.body ?? null))
}
