/** Bytes between the judge and a partner in one process; a defect may stand in between. */
import { createHash } from 'node:crypto'
import { Fault } from '@plugtill/ocpi/errors'
import type { Send, Serve } from '@plugtill/ocpi/wire'

export interface Network {
  readonly attach: (origin: string, serve: Serve) => void
  readonly send: Send
}

export function network(): Network {
  const places = new Map<string, Serve>()
  return {
    attach: (origin, serve) => void places.set(origin, serve),
    send: async (request) => {
      const serve = places.get(new URL(request.url).origin)
      if (serve === undefined) throw new Fault('PEER_UNREACHABLE', `Nobody is at ${request.url}.`, { retry: true })
      return serve(request)
    },
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Ids and tokens of one party, the same in every run. */
export function numbered(name: string): { readonly ids: () => string; readonly randomToken: () => string } {
  let count = 0
  const next = () => {
    count += 1
    return sha256(`${name} ${count}`)
  }
  return {
    ids: () => next().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    randomToken: () => Buffer.from(next(), 'hex').toString('base64url'),
  }
}
