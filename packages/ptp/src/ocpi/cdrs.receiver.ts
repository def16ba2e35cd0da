/** CDRs posted by the CPO. (cdrs › Receiver; C-601, D-32) */
import type { Documents } from '@plugtill/engine/documents'
import type { cdrs } from '@plugtill/ocpi/modules/cdrs'
import type { PartyId, VersionNumber } from '@plugtill/ocpi/peers'
import type { Handlers } from '@plugtill/ocpi/server'
import { cdrKey, storedCdr } from '../cdr-intake.ts'
import type { Intake } from '../intake.ts'
import { partyOf } from '../mirror.ts'

export interface CdrReceiverParts {
  readonly documents: Documents
  readonly intake: Intake
  /** Public URL of a stored CDR, in the version it came in; the receiver chooses it. */
  readonly urlOf: (nameInUrl: string, version: VersionNumber) => string
}

const nameInUrl = ({ countryCode, partyId }: PartyId, id: string) => `${countryCode}*${partyId}*${id}`

/** A URL that an older program gave out names the id alone, and stays good. */
async function named(documents: Documents, peerId: string, name: string) {
  const [, countryCode, partyId, id] = /^([^*]+)\*([^*]+)\*(.+)$/s.exec(name) ?? []
  const own =
    countryCode && partyId && id && (await storedCdr(documents, { peerId, party: { countryCode, partyId }, id }))
  return own || documents.get('cdrs', cdrKey({ peerId, id: name }))
}

export function cdrsReceiver(parts: CdrReceiverParts): Handlers<typeof cdrs.receiver> {
  return {
    postCdr: async (call) => {
      const { created, reference } = await parts.intake.cdr(call.peer.id, call.body)
      if (reference) call.reference(reference)
      // The same CDR again gets the same answer: where it is. (D-F13)
      return { created, location: parts.urlOf(nameInUrl(partyOf(call.body), call.body.id), call.version) }
    },
    cdr: async (call) => {
      const doc = await named(parts.documents, call.peer.id, call.params['id'] ?? '')
      return doc && { json: doc.body }
    },
  }
}
