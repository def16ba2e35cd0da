/** What supervisors, proxies and Prometheus ask. */
import type { FastifyInstance } from 'fastify'
import type { AppParts } from './app.ts'
import { COMMON_HEADERS } from './guard.ts'
import type { Metrics } from './metrics.ts'

export function mountHealth(
  app: FastifyInstance,
  { ready, onFault, open }: AppParts,
  metrics: Metrics | undefined,
): void {
  app.get('/healthz', async (_request, reply) => reply.headers(COMMON_HEADERS).send({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    if (open?.() === false)
      return reply.code(503).headers(COMMON_HEADERS).send({ status: 'stopping', message: 'This process is ending.' })
    try {
      await ready()
      return reply.headers(COMMON_HEADERS).send({ status: 'ready' })
    } catch (error) {
      // Anybody may ask: what the database said stays in the log.
      onFault(error, 'GET /readyz')
      return reply
        .code(503)
        .headers(COMMON_HEADERS)
        .send({ status: 'not-ready', message: 'The database does not answer. The reason is in the log.' })
    }
  })
  if (metrics) {
    app.get('/metrics', async (_request, reply) => {
      const { type, text } = await metrics.page()
      return reply.headers(COMMON_HEADERS).type(type).send(text)
    })
  }
}
