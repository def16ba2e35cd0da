/** An OCPI server of a PTP whose handlers the bench gives, one CPO it knows, and a load of that CPO's requests. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { InterfaceRole, Module } from '@plugtill/ocpi/module'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { commands } from '@plugtill/ocpi/modules/commands'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { memoryPeers } from '@plugtill/ocpi/peers'
import { createOcpiServer, type Mounted } from '@plugtill/ocpi/server'
import { hashToken, tokenHeader } from '@plugtill/ocpi/token'
import type { Serve } from '@plugtill/ocpi/wire'
import type { LoadAnswer, LoadOrder } from './http-load.ts'

export const ORIGIN = 'http://127.0.0.1'
export const BASE = `${ORIGIN}/ptp/ocpi`
const TOKEN = 'c.0123456789abcdefghijklmnopqrstuvwxyzABCDEF'

/** What the CPO sends above every body. */
export const HEADERS = {
  'content-type': 'application/json',
  authorization: tokenHeader(TOKEN),
  'x-request-id': '6b6fbd3a-51a9-4a56-8b5e-6f2a3f0d9a01',
  'x-correlation-id': '6b6fbd3a-51a9-4a56-8b5e-6f2a3f0d9a02',
  'ocpi-from-country-code': 'NL',
  'ocpi-from-party-id': 'CPO',
  'ocpi-to-country-code': 'NL',
  'ocpi-to-party-id': 'PTP',
}

type Mount = (module: Module, role: InterfaceRole) => Mounted

/** All tables of a PTP, so that routing has its real size. */
export const ofPtp = (mounted: Mount): readonly Mounted[] => [
  mounted(locations, 'RECEIVER'),
  mounted(tariffs, 'RECEIVER'),
  mounted(commands, 'SENDER'),
  mounted(sessions, 'RECEIVER'),
  mounted(cdrs, 'RECEIVER'),
  mounted(payments, 'SENDER'),
]

export function serial(): () => string {
  let last = 0
  return () => String(++last)
}

const nothing = async () => undefined

export function ptpServer(modules: readonly Mounted[]): Serve {
  return createOcpiServer({
    baseUrl: BASE,
    party: { countryCode: 'NL', partyId: 'PTP', role: 'PTP', name: 'Bench' },
    peers: memoryPeers([
      {
        id: 'cpo',
        status: 'registered',
        version: '2.3.0',
        endpoints: [],
        updatedAt: 0,
        roles: [{ role: 'CPO', country_code: 'NL', party_id: 'CPO', business_details: { name: 'Bench' } }],
        tokensIn: [{ hash: hashToken(TOKEN), kind: 'C' }],
      },
    ]),
    clock: { now: () => Date.now() },
    ids: serial(),
    handshake: {
      credentials: { get: nothing, post: nothing, put: nothing, delete: nothing } as never,
      // Nothing to do and so nothing to wait for, as for every token but a new one.
      tokenUsed: () => undefined,
    },
    modules,
  })
}

/** A process that asks as the CPO does; every answer must be a success. */
export function startLoader() {
  const loader = fork(fileURLToPath(new URL('./http-load.ts', import.meta.url)), { execArgv: [] })
  return {
    load: async (order: Omit<LoadOrder, 'headers'>): Promise<LoadAnswer> => {
      loader.send({ ...order, headers: HEADERS } satisfies LoadOrder)
      const [answer] = (await once(loader, 'message')) as [LoadAnswer]
      if (answer.refused > 0)
        throw new Error(`${answer.refused} of ${answer.answers} answers to ${order.path} were refusals.`)
      return answer
    },
    end: () => loader.disconnect(),
  }
}
