/** The CPO platform of a process, from its settings, and the entrance of its charging stations. */
import { createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { type Cpo, createCpo } from '@plugtill/cpo/cpo'
import type { Sites } from '@plugtill/cpo/sites/configuration'
import type { Store } from '@plugtill/engine/store'
import { isLoopback } from './config.ts'
import { foreign } from './http/guard.ts'
import type { Port } from './http/port.ts'
import { openOcppPort } from './ocpp-port.ts'
import { type Identity, type Parts, shared } from './platform-parts.ts'

export interface CpoGiven {
  readonly store: Store
  readonly sites: Sites
  readonly identity: Identity
  /** Name of this process, kept over a restart. */
  readonly node?: string
  /** Absent: the platform's own rhythm. */
  readonly sessionUpdateS?: number
}

export function cpoOf(parts: Parts, { store, sites, identity, node, sessionUpdateS }: CpoGiven): Cpo {
  const { publicUrl, config } = parts
  return createCpo({
    ...shared(parts, 'cpo'),
    onChargerMessage: parts.live.frame,
    onChange: parts.live.changed,
    ...identity,
    store,
    baseUrl: `${publicUrl}/cpo/ocpi`,
    publicUrl: `${publicUrl}/cpo`,
    sites,
    ...(node !== undefined && { node }),
    settings: {
      plugInWindowS: config.plugInWindowS,
      tokenRenewalS: config.tokenRenewalS,
      ...(sessionUpdateS !== undefined && { sessionUpdateS }),
      chargerSpeed: config.speed,
      stationGraceS: config.stationGraceS,
      stationSecrets: config.stationSecrets ?? (config.apiKey === undefined ? 'optional' : 'required'),
      unknownStations: config.unknownStations ?? (isLoopback(config.host) ? 'quarantine' : 'refuse'),
    },
  })
}

/** Lets charging stations in, on the one port and on their own. Resolves to what closes both. */
export async function openToStations(
  { config, publicUrl }: Parts,
  { port, cpo }: { readonly port: Port; readonly cpo: Cpo },
): Promise<() => Promise<void>> {
  const gate = createChargerGate({
    known: cpo.stations.admission,
    onLink: (link) => cpo.chargers.accept(link),
    onFinding: cpo.onFinding,
  })
  const own = await openOcppPort(config, gate)
  port.takeUpgrades((request, socket, head) => {
    // Chargers send no Origin; a page of another site that opens a socket does.
    if (request.headers.origin !== undefined && foreign({ method: 'GET', headers: request.headers }, publicUrl))
      return false
    return gate.handleUpgrade(request, socket, head)
  })
  return async () => {
    await gate.close()
    await own?.close()
  }
}
