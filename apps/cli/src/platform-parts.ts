/** What any platform of ours is given that runs in a process of its own: clock, chance, sockets, log, and who looks on. */
import { randomUUID } from 'node:crypto'
import { type Clock, wallClock } from '@plugtill/engine/clock'
import type { OnExchange } from '@plugtill/ocpi/exchange'
import { createHttpSend, createMayCall, type HttpSend } from '@plugtill/ocpi/http'
import { type Config, isLoopback } from './config.ts'
import { createLive, type Live, type Side } from './http/live.ts'
import { createTerminalKeys, type TerminalKeys } from './http/terminal-key.ts'
import type { Boards } from './judge/boards.ts'
import { createLog, type Log } from './log.ts'
import { keptSecret, randomToken } from './secrets.ts'
import type { Troubles } from './trouble.ts'

export interface Parts {
  readonly config: Config
  readonly clock: Clock
  /** Where secrets lie. */
  readonly folder: string
  readonly publicUrl: string
  readonly log: Log
  readonly send: HttpSend
  readonly mayCall: (url: string) => boolean
  readonly keySecret: string
  readonly terminalKeys: TerminalKeys | undefined
  readonly live: Live
  /** The sandbox's: the judge that looks on, and trouble on purpose. */
  readonly boards?: Boards
  readonly troubles?: Troubles
}

export interface PartsOptions {
  readonly folder: string
  readonly publicUrl: string
  readonly allowPrivatePeers: boolean
  /** Absent: the time of this machine. */
  readonly clock?: Clock
  readonly boards?: Boards
  readonly troubles?: Troubles
}

export function partsOf(config: Config, { allowPrivatePeers, ...given }: PartsOptions): Parts {
  const peers = { allowPrivatePeers, own: given.publicUrl }
  const keySecret = config.keySecret ?? keptSecret(given.folder, 'key-secret')
  return {
    config,
    clock: wallClock,
    ...given,
    log: createLog(config.logLevel),
    send: createHttpSend(peers),
    mayCall: createMayCall(peers),
    keySecret,
    terminalKeys: config.apiKey === undefined ? undefined : createTerminalKeys(keySecret),
    live: createLive(),
  }
}

/** What every platform is given. */
export function shared({ clock, send, mayCall, log, boards, live, troubles }: Parts, side: Side) {
  const looks = [boards?.watch(side), troubles?.exchange(side), live.exchange(side)].filter(
    (look) => look !== undefined,
  )
  return {
    clock,
    random: Math.random,
    ids: () => randomUUID(),
    randomToken,
    send: troubles?.send(side, send) ?? send,
    mayCall,
    onExchange: ((exchange, raw) => {
      for (const look of looks) look(exchange, raw)
    }) satisfies OnExchange,
    onFault: (fault: unknown, reference: string) => {
      log.fault(fault, reference)
      live.changed('faults', side)
    },
  }
}

/** Who a platform is to its partners. */
export interface Identity {
  readonly name: string
  readonly countryCode: string
  readonly partyId: string
}

/** The address that is told to partners and drivers. */
export const publicUrlOf = ({ publicUrl, host }: Config, port: number): string =>
  publicUrl ??
  `http://${isLoopback(host) || /^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
