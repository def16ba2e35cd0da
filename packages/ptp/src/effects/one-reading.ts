/**
 * Many payments look for something in the same list of the same party. One reading serves all who wait for it: a search
 * for each would cost payments times sessions, at the partner as well as here, and most when both come back from an outage.
 */
import type { PartyId } from '@plugtill/ocpi/peers'
import { ciKey } from '@plugtill/ocpi/types'

/** Whose list: a platform may show each of its parties only what is its own. */
export interface ListOf {
  readonly peerId: string
  readonly party?: PartyId
}

export interface Look<Item> {
  readonly list: ListOf
  /** What changed before is not asked for, in ms. */
  readonly since: number
  /** `authorization_reference` the messages are filed under when nobody looked earlier. */
  readonly reference: string
  readonly isMine: (item: Item) => boolean
  /** Whether that was it. An error ends this look and no other. */
  readonly take: (item: Item) => Promise<boolean>
}

const keyOf = ({ peerId, party }: ListOf) => ciKey(peerId, party?.countryCode ?? '', party?.partyId ?? '')

interface Waiting<Item> extends Look<Item> {
  readonly end: () => void
  readonly fail: (error: unknown) => void
}

/**
 * A look ends when it has found its item or the list is at its end, and fails with the reading. One that comes while a
 * reading is under way waits for the next: what it looks for may stand on a page that has been read.
 */
export function sharedReading<Item>(
  read: (list: ListOf, since: number, reference: string) => AsyncIterable<Item>,
): (look: Look<Item>) => Promise<void> {
  const queues = new Map<string, Waiting<Item>[]>()

  const readAll = async (list: ListOf, waiting: Waiting<Item>[]) => {
    while (waiting.length > 0) await readFor(list, waiting.splice(0))
    queues.delete(keyOf(list))
  }
  const readFor = async (list: ListOf, looks: readonly Waiting<Item>[]) => {
    const open = new Set(looks)
    const since = Math.min(...looks.map((look) => look.since))
    try {
      for await (const item of read(list, since, looks[0]?.reference ?? '')) {
        for (const look of open) {
          if (!look.isMine(item)) continue
          const found = await look.take(item).catch((error: unknown) => {
            look.fail(error)
            open.delete(look)
            return false
          })
          if (!found) continue
          look.end()
          open.delete(look)
        }
        if (open.size === 0) return
      }
      for (const look of open) look.end()
    } catch (error) {
      for (const look of open) look.fail(error)
    }
  }
  return (look) =>
    new Promise<void>((end, fail) => {
      const one = { ...look, end, fail }
      const queue = queues.get(keyOf(look.list))
      if (queue !== undefined) return void queue.push(one)
      const waiting = [one]
      queues.set(keyOf(look.list), waiting)
      void readAll(look.list, waiting)
    })
}
