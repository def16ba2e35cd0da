/** How charging stations reach the CPO's central system, and which of them may. */
import { oneOf, plain, whole } from './read-setting.ts'
import { type Setting, setting } from './setting.ts'

export interface OcppConfig {
  /** A port of its own for charging stations; the one port of everything serves them in any case. */
  readonly ocppPort: number | undefined
  readonly ocppTlsCert: string | undefined
  readonly ocppTlsKey: string | undefined
  /** Undefined: not said. With an API key they are required. */
  readonly stationSecrets: 'optional' | 'required' | undefined
  readonly stationGraceS: number
  /** Undefined: not said. A sandbox on loopback keeps strangers for the operator, everything else turns them away. */
  readonly unknownStations: 'refuse' | 'quarantine' | undefined
}

const path = plain(/^[^\0]{1,4096}$/, 'the path of a PEM file')

export const OCPP_SETTINGS: readonly Setting[] = [
  setting('ocppPort', 'N', { about: 'another port, for charging stations only', read: whole(0, 65_535) }),
  setting('ocppTlsCert', 'FILE', { about: 'certificate of that port (PEM): stations then come by wss', read: path }),
  setting('ocppTlsKey', 'FILE', { about: 'private key of that certificate (PEM)', read: path }),
  setting('stationSecrets', 'optional|required', {
    about: 'whether charging stations without a secret are let in',
    read: oneOf(['optional', 'required']),
  }),
  setting('stationGraceS', 'SECONDS', {
    about: 'a charging station may be away for so long before its EVSEs become UNKNOWN',
    default: '15',
    read: whole(0, 3600),
  }),
  setting('unknownStations', 'refuse|quarantine', {
    about: 'charging stations no site names: turned away, or kept for the operator',
    read: oneOf(['refuse', 'quarantine']),
  }),
]

/** What does not fit together, as one line. */
export function wrongInOcpp({ ocppPort, ocppTlsCert, ocppTlsKey }: OcppConfig): string | undefined {
  if ((ocppTlsCert === undefined) !== (ocppTlsKey === undefined))
    return 'A certificate needs its key: set PLUGTILL_OCPP_TLS_CERT and PLUGTILL_OCPP_TLS_KEY, or neither.'
  if (ocppTlsCert !== undefined && ocppPort === undefined)
    return 'PLUGTILL_OCPP_TLS_CERT is for a port of its own: set PLUGTILL_OCPP_PORT as well.'
  return undefined
}
