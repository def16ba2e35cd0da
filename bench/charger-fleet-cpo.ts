/** The CPO of the charger fleet: a process of its own, so that its memory and its time are its own. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { type Cpo, createCpo } from '@plugtill/cpo/cpo'
import { wallClock } from '@plugtill/engine/clock'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import { createHttpSend, createMayCall } from '@plugtill/ocpi/http'
import { listenerOf } from '@plugtill/ocpi/node-http'
import { adminOf } from '@plugtill/world/call-admin'
import { obey, usage } from './child.ts'
import { openSchema } from './database.ts'
import { SPEED, sitesOf } from './fleet.ts'

interface Begin {
  readonly evses: number
  readonly postgres: boolean
}

const sockets = new Set<Duplex>()
let cpo: Cpo | undefined
let stop = async () => undefined as void
const faults: string[] = []

async function storeOf(postgres: boolean): Promise<{ readonly store: Store; readonly drop: () => Promise<void> }> {
  if (postgres) return openSchema('fleet')
  const store = await openSqlite({ file: join(mkdtempSync(join(tmpdir(), 'plugtill-bench-')), 'cpo.db') })
  await migrate(store)
  return { store, drop: async () => store.close() }
}

obey({
  begin: async ({ evses, postgres }: Begin) => {
    const { store, drop } = await storeOf(postgres)
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const send = createHttpSend({ allowPrivatePeers: true })
    const running = createCpo({
      clock: wallClock,
      random: Math.random,
      ids: () => randomUUID(),
      randomToken: () => randomBytes(32).toString('base64url'),
      name: 'Plugtill Charging',
      countryCode: 'NL',
      partyId: 'CPO',
      store,
      send,
      mayCall: createMayCall({ allowPrivatePeers: true }),
      sites: sitesOf(evses).sites,
      // Every loss and every return is told: the hardest case.
      settings: { chargerSpeed: SPEED, stationGraceS: 0 },
      baseUrl: `${origin}/cpo/ocpi`,
      publicUrl: `${origin}/cpo`,
      onFault: (fault) => void faults.push(String(fault)),
    })
    cpo = running
    server.on(
      'request',
      listenerOf(running.serveOcpi, () => origin),
    )
    const gate = createChargerGate({
      known: running.stations.admission,
      onLink: (link) => running.chargers.accept(link),
      onFinding: running.onFinding,
    })
    server.on('upgrade', (request, socket, head) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      if (!gate.handleUpgrade(request, socket, head)) socket.destroy()
    })
    await running.start()
    stop = async () => {
      await running.stop()
      await gate.close()
      await send.close()
      server.closeAllConnections()
      await drop()
    }
    const invitation = await adminOf(running.admin).post<{ readonly versions_url: string; readonly token: string }>(
      '/peers/invite',
      { country_code: 'NL', party_id: 'PTP', role: 'PTP' },
    )
    return { origin, versionsUrl: invitation.versions_url, token: invitation.token }
  },
  usage,
  faults: () => faults,
  connected: () => cpo?.chargers.connected().length ?? 0,
  /** Every charger's socket at once, as a router that restarts does. */
  cut: () => {
    const count = sockets.size
    for (const socket of sockets) socket.destroy()
    return count
  },
  end: () => stop(),
})
