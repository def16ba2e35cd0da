/** The platforms of a process, with boards, simulators and pages where it has them, put on its one port. */
import { fileURLToPath } from 'node:url'
import type { Cpo } from '@plugtill/cpo/cpo'
import type { AdminTable } from '@plugtill/engine/admin'
import type { Store } from '@plugtill/engine/store'
import type { Ptp } from '@plugtill/ptp/ptp'
import { accountParts } from './accounts/account-parts.ts'
import { couldNotRun } from './exit.ts'
import { createApp } from './http/app.ts'
import { createMetrics } from './http/metrics.ts'
import type { Port } from './http/port.ts'
import type { PspMessages } from './http/psp-messages.ts'
import { companyIn } from './oidc-settings.ts'
import type { Parts } from './platform-parts.ts'
import type { Provider, Providers } from './provider.ts'

const WEB = fileURLToPath(new URL('../../web/dist', import.meta.url))

interface Mounted {
  readonly port: Port
  readonly ptp?: { readonly platform: Ptp; readonly store: Store; readonly providers: Providers }
  readonly cpo?: { readonly platform: Cpo; readonly store: Store }
  /** Live control of simulated stations. */
  readonly sim?: AdminTable
  readonly settings: readonly object[]
  /** Whether the process still takes work; false while it ends. */
  readonly open?: () => boolean
}

/** `payment:REFERENCE` and `terminal:ID` name one thing; offers are made of locations and tariffs. */
function topicOf(topic: string): [string, string] {
  const [name = '', id = ''] = topic.split(/:(.*)/s)
  return [name === 'offers' ? 'locations' : `${name}s`, id]
}

/** Everything that answers on the port of a process. */
export async function mountAll(parts: Parts, mounted: Mounted) {
  const { config, publicUrl, log, keySecret, terminalKeys, boards, live, troubles } = parts
  const { port, ptp, cpo, sim, settings, open = () => true } = mounted
  ptp?.platform.changes.watch((topic) => live.changed(...topicOf(topic)))
  const stores = { ...(ptp && { ptp: ptp.store }), ...(cpo && { cpo: cpo.store }) }
  const [first] = Object.values(stores)
  if (first === undefined) throw couldNotRun('No platform was given to run.')
  const tables = { ...(ptp && { ptp: ptp.platform.admin }), ...(cpo && { cpo: cpo.platform.admin }) }
  return createApp({
    publicUrl,
    ...(ptp && {
      ptp: { ...ptp.platform, serveOcpi: troubles?.serve('ptp', ptp.platform.serveOcpi) ?? ptp.platform.serveOcpi },
    }),
    ...(cpo && {
      cpo: { ...cpo.platform, serveOcpi: troubles?.serve('cpo', cpo.platform.serveOcpi) ?? cpo.platform.serveOcpi },
    }),
    ...(boards && { judge: boards.admin }),
    live: live.admin,
    sandbox: [...(troubles?.admin(tables) ?? []), ...shownSettings(settings)],
    ...(sim && { sim }),
    webFolder: WEB,
    ...(ptp && { pspMessages: messagesOf(parts, ptp) }),
    ...(config.apiKey !== undefined && { apiKey: config.apiKey }),
    ...(config.trustProxy !== undefined && { trustProxy: config.trustProxy }),
    account: accountParts({
      store: first,
      secret: keySecret,
      publicUrl,
      apiKey: config.apiKey,
      ...companyIn(config),
    }),
    ...(terminalKeys && { terminalKeys }),
    open,
    ready: () => Promise.all(Object.values(stores).map((store) => store.query('SELECT 1 AS one'))),
    metrics: (streams) => createMetrics({ stores, streams: streams.count }),
    serverFactory: (listener) => {
      port.serve(listener)
      return port.server
    },
    onFault: (error, where) => log.error(error, where),
  })
}

const shownSettings = (settings: readonly object[]): AdminTable => [
  {
    method: 'GET',
    path: '/settings',
    summary: 'Every setting, masked, and where its value comes from',
    run: async () => ({ body: settings }),
  },
]

/** Each account's provider has an address of its own: what signs its messages is known there and nowhere else. */
function messagesOf(
  { log }: Parts,
  { platform, providers }: { readonly platform: Ptp; readonly providers: Providers },
): readonly PspMessages[] {
  const onFault = (fault: unknown) => log.fault(fault, '')
  const all: readonly (readonly [string | undefined, Provider])[] = [[undefined, providers.main], ...providers.accounts]
  return all
    .filter(([, { psp }]) => psp.capabilities.webhooks)
    .map(([account, { psp }]) => ({
      path: `/ptp/psp/webhooks${account === undefined ? '' : `/${account}`}`,
      psp,
      take: (hint) => platform.pspHint(hint, account),
      onFault,
    }))
}
