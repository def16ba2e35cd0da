/** The sandbox's platforms, boards, simulators and pages, put on its one port. */
import { fileURLToPath } from 'node:url'
import type { Cpo } from '@plugtill/cpo/cpo'
import type { Psp } from '@plugtill/psp/psp'
import type { Ptp } from '@plugtill/ptp/ptp'
import { accountParts } from './accounts/account-parts.ts'
import { createApp } from './http/app.ts'
import { createMetrics } from './http/metrics.ts'
import type { Port } from './http/port.ts'
import type { Log } from './log.ts'
import { companyIn } from './oidc-settings.ts'
import type { Parts } from './sandbox.ts'
import { simTable } from './sim/table.ts'
import type { Stations } from './stations.ts'

const WEB = fileURLToPath(new URL('../../web/dist', import.meta.url))

interface Mounted {
  readonly port: Port
  readonly ptp: Ptp
  readonly cpo: Cpo | undefined
  readonly psp: Psp
  readonly stations: Stations | undefined
  readonly settings: readonly object[]
}

/** `payment:REFERENCE` and `terminal:ID` name one thing; offers are made of locations and tariffs. */
function topicOf(topic: string): [string, string] {
  const [name = '', id = ''] = topic.split(/:(.*)/s)
  return [name === 'offers' ? 'locations' : `${name}s`, id]
}

/** Everything of a sandbox that answers on its port. */
export async function mountAll(
  { config, stores, publicUrl, log, keySecret, terminalKeys, boards, live, troubles }: Parts,
  { port, ptp, cpo, psp, stations, settings }: Mounted,
) {
  ptp.changes.watch((topic) => live.changed(...topicOf(topic)))
  const all = { ptp: stores.ptp, ...(stores.cpo && { cpo: stores.cpo }) }
  return createApp({
    publicUrl,
    ptp: { ...ptp, serveOcpi: troubles.serve('ptp', ptp.serveOcpi) },
    ...(cpo && { cpo: { ...cpo, serveOcpi: troubles.serve('cpo', cpo.serveOcpi) } }),
    judge: boards.admin,
    live: live.admin,
    sandbox: [
      ...troubles.admin({ ptp: ptp.admin, ...(cpo && { cpo: cpo.admin }) }),
      {
        method: 'GET',
        path: '/settings',
        summary: 'Every setting, masked, and where its value comes from',
        run: async () => ({ body: settings }),
      },
    ],
    ...(stations && { sim: simTable(() => stations.byId) }),
    webFolder: WEB,
    ...(psp.capabilities.webhooks && { pspMessages: messagesOf(psp, ptp, log) }),
    ...(config.apiKey !== undefined && { apiKey: config.apiKey }),
    account: accountParts({
      store: stores.ptp,
      secret: keySecret,
      publicUrl,
      apiKey: config.apiKey,
      ...companyIn(config),
    }),
    ...(terminalKeys && { terminalKeys }),
    ready: () => Promise.all(Object.values(all).map((store) => store.query('SELECT 1 AS one'))),
    metrics: (streams) => createMetrics({ stores: all, streams: streams.count }),
    serverFactory: (listener) => {
      port.serve(listener)
      return port.server
    },
    onFault: (error, where) => log.error(error, where),
  })
}

const messagesOf = (psp: Psp, { pspHint: take }: Ptp, log: Log) => ({
  ...{ path: '/ptp/psp/webhooks', psp, take },
  onFault: (fault: unknown) => log.fault(fault, ''),
})
