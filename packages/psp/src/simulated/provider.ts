import type { Psp } from '../psp.ts'
import type { Ledger } from './ledger.ts'

export interface SimulatedPspParts {
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  readonly ledger: Ledger
  readonly random: () => number
  /** How long every answer takes; 0 by default. */
  readonly latencyMs?: number
  /** After how long a lost answer is reported as `unknown-outcome`; 0 by default. */
  readonly timeoutMs?: number
}

export declare function createSimulatedPsp(parts: SimulatedPspParts): Psp
