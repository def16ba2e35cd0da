/** Somebody else's CPO: a system of its own in front of real sockets, known to the sandbox only through OCPI. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { usualPlan } from '@plugtill/charger/car'
import { createMemoryLink } from '@plugtill/charger/link.memory'
import { createStation } from '@plugtill/charger/station'
import { createCpo } from '@plugtill/cpo/cpo'
import { demoSites } from '@plugtill/cpo/sites/demo'
import { wallClock } from '@plugtill/engine/clock'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { createHttpSend } from '@plugtill/ocpi/http'
import type { Serve, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import { type Admin, adminOf } from '@plugtill/world/call-admin'
import { chance } from '@plugtill/world/seed'
import { outletsOf } from '@plugtill/world/stations'
import { freePort } from './started.ts'

export interface ExternalCpo {
  readonly admin: Admin
  readonly versionsUrl: string
  readonly close: () => Promise<void>
}

/** `flawed` makes of each right answer what this operator really sends. */
export async function externalCpo(
  speed: number,
  flawed: (response: WireResponse, request: WireRequest) => WireResponse = (response) => response,
  name = 'Another Operator',
): Promise<ExternalCpo> {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const send = createHttpSend({ allowPrivatePeers: true })
  const luck = chance(process.pid)
  const cpo = createCpo({
    name,
    countryCode: 'DE',
    partyId: 'XYZ',
    ...luck,
    clock: wallClock,
    store,
    send,
    baseUrl: `${origin}/ocpi`,
    publicUrl: origin,
    sites: demoSites,
    settings: { sessionUpdateS: 5 },
  })
  const serve: Serve = async (request) => flawed(await cpo.serveOcpi(request), request)
  const server = createServer((request, response) => void answer(serve, origin, { request, response }))
  await new Promise<void>((resolve) => server.listen(port, resolve))
  await cpo.start()
  const stations = outletsOf(demoSites).map(({ id, outlets }) => {
    const { link } = createMemoryLink({ id, clock: wallClock, accept: (end) => cpo.chargers.accept(end) })
    return createStation({
      id,
      clock: wallClock,
      random: luck.random,
      link,
      vendor: 'Another',
      model: 'Maker',
      connectors: outlets,
      speed,
      behaviour: { plan: { ...usualPlan, leaveAfterMs: 10 * 60_000 } },
    })
  })
  for (const station of stations) station.start()
  return {
    admin: adminOf(cpo.admin),
    versionsUrl: `${origin}/ocpi/versions`,
    close: async () => {
      for (const station of stations) await station.stop()
      await cpo.stop()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await send.close()
      await store.close()
    },
  }
}

async function answer(
  serve: Serve,
  origin: string,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const method = request.method as WireRequest['method']
  const {
    status,
    headers: sent,
    body,
  } = await serve({ method, url: `${origin}${request.url}`, headers, body: Buffer.concat(chunks).toString() })
  response.writeHead(status, sent).end(body)
}
