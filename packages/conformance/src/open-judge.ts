/** The judge, ready for one partner: the lean platform it is, the way to it, and the run. */
import type { Serve } from '@plugtill/ocpi/wire'
import type { Target } from './catalogue.ts'
import type { DeskParts } from './desk.ts'
import { CHECKS, SCENARIOS } from './judges.ts'
import { createLeanCpo } from './lean-cpo.ts'
import { createLeanPtp, type LeanPtp } from './lean-ptp.ts'
import { type Run, type RunParts, run } from './run.ts'

export type JudgeParts = Omit<DeskParts, 'target' | 'modules' | 'needs' | 'party'> & {
  /** The judge's own party; its role follows from the platform under test. */
  readonly party: Omit<DeskParts['party'], 'role'>
  /** What the judge's first terminal says besides its id, such as a `customer_reference` that was agreed on. */
  readonly terminal?: LeanPtp['firstTerminal']
}

export interface Judge {
  /** Has to answer below `baseUrl` while the run goes on. */
  readonly serve: Serve
  readonly run: (options: Omit<RunParts, 'desk' | 'scenarios' | 'checks' | 'with'>) => Promise<Run>
}

export function openJudge(target: Target, { party, terminal, ...parts }: JudgeParts): Judge {
  if (target === 'ptp') {
    const cpo = createLeanCpo({ ...parts, party: { ...party, role: 'CPO' } })
    const { desk } = cpo
    return {
      serve: desk.serve,
      run: (options) => run({ ...options, desk, scenarios: SCENARIOS.ptp, checks: CHECKS, with: { cpo } }),
    }
  }
  const ptp = createLeanPtp({ ...parts, party: { ...party, role: 'PTP' } }, { firstTerminal: terminal })
  const { desk } = ptp
  return {
    serve: desk.serve,
    run: (options) => run({ ...options, desk, scenarios: SCENARIOS.cpo, checks: CHECKS, with: { ptp } }),
  }
}
