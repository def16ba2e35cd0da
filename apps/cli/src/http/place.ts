/** Where a request leads: never read from its URL, which spells one route in many ways. */
import type { FastifyRequest } from 'fastify'

const LONGEST = 200

/** The route that runs, as it stands in our tables: `/ptp/api/payments/:reference/resolve`. Empty: none does. */
export const routeOf = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): string => routeOptions.url ?? ''

/** For logs and the trail: the route with what stands in its places, always spelled in one way. */
export function placeOf(request: FastifyRequest): string {
  const route = routeOf(request)
  if (route === '') return (request.raw.url ?? '/').split(/[?#]/, 1)[0]?.slice(0, LONGEST) ?? '/'
  const params = request.params as Readonly<Record<string, string>>
  // Whoever has the token of a receipt may read it.
  return route.replace(/:(\w+)/g, (_, name: string) =>
    name === 'token' ? '***' : encodeURIComponent(params[name] ?? ''),
  )
}
