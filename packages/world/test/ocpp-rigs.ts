import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OcppLink } from '@plugtill/charger/link'
import { createMemoryLink } from '@plugtill/charger/link.memory'
import { createWebSocketLink } from '@plugtill/charger/link.ocpp-rpc'
import type { ChargerLink } from '@plugtill/cpo/chargers/link'
import { createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { wallClock } from '@plugtill/engine/clock'

/** Both ends of one kind of link, on real time. */
export interface LinkRig {
  link(id: string): OcppLink
  close(): Promise<void>
}

export type LinkRigMaker = (accept: (link: ChargerLink) => void) => Promise<LinkRig>

export async function memoryRig(accept: (link: ChargerLink) => void): Promise<LinkRig> {
  const links: OcppLink[] = []
  return {
    link: (id) => {
      const { link } = createMemoryLink({ id, clock: wallClock, accept, callTimeoutMs: 5_000 })
      links.push(link)
      return link
    },
    close: async () => {
      await Promise.all(links.map((link) => link.close()))
    },
  }
}

export async function webSocketRig(accept: (link: ChargerLink) => void): Promise<LinkRig> {
  const gate = createChargerGate({ known: (id) => id !== 'stranger', onLink: accept, callTimeoutMs: 5_000 })
  const http = await listening(gate.handleUpgrade)
  const links: OcppLink[] = []
  return {
    link: (id) => {
      const { port } = http.address() as AddressInfo
      const link = createWebSocketLink({ id, endpoint: `ws://127.0.0.1:${port}/ocpp`, callTimeoutMs: 5_000 })
      links.push(link)
      return link
    },
    close: async () => {
      await Promise.all(links.map((link) => link.close()))
      await gate.close()
      await new Promise((done) => http.close(done))
    },
  }
}

/** Upgrades nobody takes are hung up on, as the owner of a shared server must. */
async function listening(take: ReturnType<typeof createChargerGate>['handleUpgrade']): Promise<Server> {
  const http = createServer()
  http.on('upgrade', (request, socket, head) => {
    if (!take(request, socket, head)) socket.destroy()
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  return http
}
