/** How scenarios are written: they act like a real partner would and judge nothing. */
import type { MilestoneId } from './catalogue.ts'
import type { Desk, Invitation } from './desk.ts'
import type { LeanCpo } from './lean-cpo.ts'
import type { LeanPtp } from './lean-ptp.ts'

/** Something only a person, or a device, at the platform under test can do. */
export interface OperatorStep {
  readonly id: 'assign-terminal' | 'add-terminal' | 'tap-card' | 'tap-to-stop' | 'plug-in' | 'unplug' | 'register'
  /** What to do now, as one sentence. */
  readonly text: string
  /** Ids that it is about, such as `terminal_id`, `evse_uid`. */
  readonly details: Readonly<Record<string, string>>
}

/** Is told what has to be done now; the scenario then waits for the traffic that shows it was done. */
export type Operator = (step: OperatorStep) => Promise<void> | void

export interface Stage {
  readonly desk: Desk
  /** Waits as long as the judge is patient at most, or shorter. */
  readonly patienceMs: number
  /** Longer patience where a person has to act. */
  readonly operatorMs: number
  readonly operator: Operator
  /** Whether this milestone is judged in this run: probes for others are left out. */
  readonly asked: (milestone: MilestoneId) => boolean
  /** One line for whoever watches. */
  readonly say: (text: string) => void
  /** Undefined: the partner starts the handshake and the judge invites it. */
  readonly invitation: Invitation | undefined
  readonly pass: (ms: number) => Promise<void>
}

/** Where a CPO is judged: the judge is a correct PTP. */
export interface CpoStage extends Stage {
  readonly ptp: LeanPtp
}

/** Where a PTP is judged: the judge is a correct CPO. */
export interface PtpStage extends Stage {
  readonly cpo: LeanCpo
}

export interface Scenario<S extends Stage = Stage> {
  readonly name: string
  readonly milestone: MilestoneId
  /**
   * `path`: the way to the later milestones, always gone. `probe`: only when its milestone is judged. `end`: takes the
   * connection apart and comes last.
   */
  readonly kind: 'path' | 'probe' | 'end'
  readonly act: (stage: S) => Promise<void>
}
