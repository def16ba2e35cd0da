/** CDRs posted by the CPO. (cdrs › Receiver; C-601, D-32) */
import type { Documents } from '@plugtill/engine/documents'
import type { cdrs } from '@plugtill/ocpi/modules/cdrs'
import type { VersionNumber } from '@plugtill/ocpi/peers'
import type { Handlers } from '@plugtill/ocpi/server'
import { cdrKey } from '../cdr-intake.ts'
import type { Intake } from '../intake.ts'

export interface CdrReceiverParts {
  readonly documents: Documents
  readonly intake: Intake
  /** Public URL of a stored CDR, in the version it came in; the receiver chooses it. */
  readonly urlOf: (cdrId: string, version: VersionNumber) => string
}

export function cdrsReceiver(parts: CdrReceiverParts): Handlers<typeof cdrs.receiver> {
  return {
    postCdr: async (call) => {
      const { created, reference } = await parts.intake.cdr(call.peer.id, call.body)
      if (reference) call.reference(reference)
      // The same CDR again gets the same answer: where it is. (D-F13)
      return { created, location: parts.urlOf(call.body.id, call.version) }
    },
    cdr: async (call) => {
      const doc = await parts.documents.get('cdrs', cdrKey(call.peer.id, call.params['id'] ?? ''))
      return doc && { json: doc.body }
    },
  }
}
