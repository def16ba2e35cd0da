/** Who is reachable behind a hub. Owned by the hub; a configuration module. (hub client info; C.9) */
import type { Static } from 'typebox'
import { list, module, one, put } from '../module.ts'
import { ciString, closedEnum, DateTime, object } from '../types.ts'
import { Role } from './credentials.ts'

/** To a party that is not CONNECTED nothing is sent and nothing is queued. (hub client info › ConnectionStatus) */
export const ConnectionStatus = closedEnum(['CONNECTED', 'OFFLINE', 'PLANNED', 'SUSPENDED'])
export type ConnectionStatus = Static<typeof ConnectionStatus>

/** One party behind the hub. (hub client info › ClientInfo) */
export const ClientInfo = object({
  party_id: ciString(3),
  country_code: ciString(2),
  role: Role,
  status: ConnectionStatus,
  last_updated: DateTime,
})
export type ClientInfo = Static<typeof ClientInfo>

const CLIENT = '/:country_code/:party_id'

/** The hub pushes, its clients may ask for the whole list; no routing headers. (hub client info › Interfaces; A-69, E-78) */
export const hubClientInfo = module(
  'hubclientinfo',
  {
    sender: {
      list: list('', ClientInfo),
    },
    receiver: {
      clientInfo: one(CLIENT, ClientInfo),
      putClientInfo: put(CLIENT, ClientInfo),
    },
  },
  { routed: false },
)
