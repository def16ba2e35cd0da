/** The steps of a handshake and how far one has come, from the messages that were really exchanged. Pure. */
import type { PeerInfo, Side } from '../../look/platform-api.ts'
import type { ExchangeInfo } from '../traffic/info.ts'

/** `invite`: the partner begins; `register`: we do. */
export type Way = 'invite' | 'register'

export const CHECKS = ['versions', 'details', 'credentials', 'back-versions', 'back-details', 'registered'] as const
export type CheckName = (typeof CHECKS)[number]

export interface Check {
  readonly name: CheckName
  readonly status: 'waiting' | 'done' | 'failed'
  /** The message that decided it. */
  readonly exchange?: ExchangeInfo
}

interface Handshake {
  readonly way: Way
  readonly peer: PeerInfo | undefined
  readonly exchanges: readonly ExchangeInfo[]
}

/** The one who begins asks first; the other one asks back before it answers. */
export function checksOf({ way, peer, exchanges }: Handshake): readonly Check[] {
  const mine = exchanges.filter((one) => peer !== undefined && one.peer === peer.id)
  const [first, back] = way === 'invite' ? ['in', 'out'] : ['out', 'in']
  const isVersions = (one: ExchangeInfo): boolean =>
    one.module === 'versions' && !/\/\d\.\d\.\d\/?(\?|$)/.test(one.url ?? '')
  const isDetails = (one: ExchangeInfo): boolean => one.module === 'versions' && !isVersions(one)
  const decided = (name: CheckName, fits: (one: ExchangeInfo) => boolean): Check => {
    const found = mine.filter(fits)
    const good = found.find(isGood)
    const exchange = good ?? found[0]
    return { name, status: good ? 'done' : exchange ? 'failed' : 'waiting', ...(exchange && { exchange }) }
  }
  return [
    decided('versions', (one) => one.direction === first && isVersions(one)),
    decided('details', (one) => one.direction === first && isDetails(one)),
    decided('credentials', (one) => one.direction === first && one.module === 'credentials' && one.method === 'POST'),
    decided('back-versions', (one) => one.direction === back && isVersions(one)),
    decided('back-details', (one) => one.direction === back && isDetails(one)),
    { name: 'registered', status: peer?.status === 'registered' ? 'done' : 'waiting' },
  ]
}

/** HTTP and OCPI have to say yes. */
function isGood({ status = 0, response_body }: ExchangeInfo): boolean {
  if (status < 200 || status > 299) return false
  const code = typeof response_body === 'string' ? /"status_code"\s*:\s*(\d+)/.exec(response_body)?.[1] : undefined
  return code === undefined || Number(code) < 2000
}

/** Somebody who knocked with a token nobody knows: most often it was sent as it is instead of Base64. */
export const stranger = (exchanges: readonly ExchangeInfo[], since: number): ExchangeInfo | undefined =>
  exchanges.find((one) => one.direction === 'in' && one.status === 401 && Date.parse(one.at ?? '') >= since)

export const otherSide = (side: Side): string => (side === 'ptp' ? 'CPO' : 'PTP')
