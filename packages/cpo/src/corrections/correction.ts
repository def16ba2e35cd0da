/** A CDR that was wrong: a credit takes it back, and a new one may take its place. What was sent is never changed. (C-601) */
import type { Machine, Verdict } from '@plugtill/engine/machine'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Meter } from '../charging/meter.ts'

export interface Correction {
  /** Id of the credit CDR. */
  readonly id: string
  readonly state: 'crediting' | 'replacing' | 'done'
  readonly sessionId: string
  readonly peerId: string
  readonly owner: string
  readonly reference?: string
  /** The CDR that is taken back. */
  readonly cdrId: string
  readonly reason: string
  readonly by?: string
  readonly at: number
  /** Both exactly as they are sent and served: written once. */
  readonly credit: string
  readonly replacement?: CorrectedCdr
}

/** The new CDR, and what it was reckoned from: it may be corrected in turn. */
export interface CorrectedCdr {
  readonly id: string
  readonly text: string
  readonly meter: Meter
  readonly tariff: Tariff
}

export type CorrectionEvent =
  | { readonly type: 'ordered' }
  | { readonly type: 'credit-acknowledged' }
  | { readonly type: 'replacement-acknowledged' }

export type CorrectionOrder =
  | { readonly do: 'file' }
  | { readonly do: 'send-credit' }
  | { readonly do: 'send-replacement' }

const known = (reason: string) => (): Verdict<Correction, CorrectionOrder> => ({ ignore: reason })
const never = (reason: string) => (): Verdict<Correction, CorrectionOrder> => ({ refuse: reason })

export const correctionMachine: Machine<Correction, CorrectionEvent, CorrectionOrder> = {
  name: 'correction',
  initial: 'crediting',
  final: ['done'],
  states: {
    crediting: {
      ordered: () => ({ to: 'crediting', effects: [{ do: 'file' }, { do: 'send-credit' }] }),
      // The partner reads the new CDR as a second one for its session, unless it has the credit already.
      'credit-acknowledged': ({ replacement }) =>
        replacement === undefined ? { to: 'done' } : { to: 'replacing', effects: [{ do: 'send-replacement' }] },
      'replacement-acknowledged': never('The credit is sent first.'),
    },
    replacing: {
      ordered: known('Ordered before.'),
      'credit-acknowledged': known('The credit was acknowledged before.'),
      'replacement-acknowledged': () => ({ to: 'done' }),
    },
    done: {
      ordered: known('Ordered before.'),
      'credit-acknowledged': known('The credit was acknowledged before.'),
      'replacement-acknowledged': known('The new CDR was acknowledged before.'),
    },
  },
}

/** A CDR is taken back once: the store itself refuses a second credit. */
export const creditedKey = (cdrId: string): string => `credited/${cdrId.toLowerCase()}`
export const replacementKey = (cdrId: string): string => `replacement/${cdrId.toLowerCase()}`
