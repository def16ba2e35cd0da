/** What the orders of a correction mean outside: both CDRs go where the original went, in order, until they are taken. */
import type { Documents } from '@plugtill/engine/documents'
import type { Kind } from '@plugtill/engine/engine'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { backOff } from '../effects/back-off.ts'
import { type CdrSending, fileCdr, sendCdr } from '../effects/send-cdr.ts'
import {
  type Correction,
  type CorrectionEvent,
  type CorrectionOrder,
  correctionMachine,
  creditedKey,
  replacementKey,
} from './correction.ts'

export type CorrectionKind = Kind<Correction, CorrectionEvent, CorrectionOrder>

export function correctionKind(
  parts: CdrSending & { readonly docs: Documents; readonly random: () => number },
): CorrectionKind {
  return {
    machine: correctionMachine,
    keys: ({ cdrId, replacement }) => [
      creditedKey(cdrId),
      ...(replacement === undefined ? [] : [replacementKey(replacement.id)]),
    ],
    lane: ({ do: what }, { owner }) => (what === 'file' ? 'files' : `peer:${owner}`),
    retry: (_, attempt) => backOff(attempt, parts.random),
    run: async (order, { entity }) => {
      const texts = [entity.credit, ...(entity.replacement === undefined ? [] : [entity.replacement.text])]
      if (order.do === 'file') {
        for (const text of texts) await fileCdr(parts.docs, entity.owner, text)
        return undefined
      }
      const text = order.do === 'send-credit' ? texts[0] : texts[1]
      if (text === undefined) return undefined
      await sendCdr(parts, entity, JSON.parse(text) as Cdr)
      return { type: order.do === 'send-credit' ? 'credit-acknowledged' : 'replacement-acknowledged' }
    },
  }
}
