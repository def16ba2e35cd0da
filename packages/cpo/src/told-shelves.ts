/**
 * Shelves that an operator has before his eyes: each write is told, whichever way it came. Partners push, we pull, the
 * operator orders; all of it ends on a shelf.
 */
import type { Documents } from '@plugtill/engine/documents'
import type { CpoTopic } from './cpo.ts'

const TOPICS: Readonly<Record<string, CpoTopic>> = {
  advices: 'cdrs',
  cdrs: 'cdrs',
  stations: 'chargers',
  terminals: 'terminals',
  tokens: 'tokens',
}

export function toldShelves(docs: Documents, onChange: ((topic: CpoTopic, id: string) => void) | undefined): Documents {
  if (onChange === undefined) return docs
  const tell = (shelf: string, key: string) => {
    const topic = TOPICS[shelf]
    // Without the partner it belongs to.
    if (topic !== undefined) onChange(topic, key.slice(key.indexOf('/') + 1))
  }
  return {
    ...docs,
    put: async (shelf, key, body, lastUpdated) => {
      const was = await docs.put(shelf, key, body, lastUpdated)
      tell(shelf, key)
      return was
    },
    swap: async (shelf, before, after) => {
      const done = await docs.swap(shelf, before, after)
      if (done) tell(shelf, after.key)
      return done
    },
    delete: async (shelf, key) => {
      const was = await docs.delete(shelf, key)
      if (was) tell(shelf, key)
      return was
    },
  }
}
