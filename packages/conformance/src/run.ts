/** One run: goes through the scenarios in order, then judges everything that was seen. */

import type { Peer } from '@plugtill/ocpi/peers'
import { type Catalogue, MILESTONES, type MilestoneId, type Requirement } from './catalogue.ts'
import type { Check } from './check.ts'
import { type Desk, type Invitation, NotRegistered } from './desk.ts'
import { type Judgement, judge } from './judge.ts'
import { type Report, reportOf } from './report.ts'
import type { Operator, Scenario, Stage } from './scenario.ts'

export interface RunParts<S extends Stage = Stage> {
  readonly desk: Desk
  readonly scenarios: readonly Scenario<S>[]
  /** What the scenarios find on the stage beside the usual: the lean platform that the judge is. */
  readonly with?: Omit<S, keyof Stage>
  readonly catalogue: Catalogue
  readonly checks: readonly Check[]
  /** Of the platform under test, for the judge to start the handshake. */
  readonly invitation?: Invitation
  /** The other way round: the judge invites, and the platform under test starts. */
  readonly invite?: boolean
  /** Only up to this milestone, and only its own probes. */
  readonly milestone?: MilestoneId
  readonly only?: (requirement: Requirement) => boolean
  readonly operator?: Operator
  readonly operatorMs?: number
  readonly onProgress?: (progress: Progress) => void
}

export type Progress =
  | { readonly kind: 'scenario'; readonly milestone: MilestoneId; readonly name: string }
  | { readonly kind: 'said'; readonly text: string }

export interface Run {
  readonly report: Report
  readonly judgement: Judgement
}

export async function run<S extends Stage = Stage>(parts: RunParts<S>): Promise<Run> {
  const { desk, catalogue, checks, milestone, onProgress = () => undefined } = parts
  const invitation = parts.invite === true ? undefined : parts.invitation
  const { clock, patienceMs, target } = desk.parts
  const startedAt = clock.now()
  const last = milestone === undefined ? MILESTONES.length - 1 : MILESTONES.indexOf(milestone)
  const asked = (id: MilestoneId) => milestone === undefined || milestone === id
  const usual: Stage = {
    desk,
    patienceMs,
    operatorMs: parts.operatorMs ?? patienceMs,
    operator: parts.operator ?? (() => undefined),
    asked,
    invitation,
    say: (text) => onProgress({ kind: 'said', text }),
    pass: (ms) => new Promise((done) => void clock.after(ms, done)),
  }
  const stage = { ...usual, ...parts.with } as S
  const wanted = parts.scenarios.filter((one) =>
    one.kind === 'path' ? MILESTONES.indexOf(one.milestone) <= last : asked(one.milestone),
  )
  const inOrder = [...wanted.filter(({ kind }) => kind !== 'end'), ...wanted.filter(({ kind }) => kind === 'end')]
  let peer: Peer | undefined
  for (const scenario of inOrder) {
    onProgress({ kind: 'scenario', milestone: scenario.milestone, name: scenario.name })
    try {
      await scenario.act(stage)
    } catch (error) {
      // What the partner did wrong is on record already; the others of its scenarios may still tell something.
      desk.fact({ name: 'scenario-ended', about: scenario.name, text: (error as Error).message })
      if (!(error instanceof NotRegistered)) onProgress({ kind: 'said', text: (error as Error).message })
    }
    // The last scenario ends the connection.
    peer = (await desk.partner()) ?? peer
  }
  const only = (one: Requirement) => asked(one.milestone) && (parts.only?.(one) ?? true)
  const judgement = judge(catalogue, checks, { record: desk.record(), only })
  const role = peer?.roles.find((one) => (target === 'cpo') === (one.role === 'CPO')) ?? peer?.roles[0]
  return {
    judgement,
    report: reportOf(judgement, {
      startedAt,
      partner: {
        name: role?.business_details.name ?? '',
        country_code: role?.country_code ?? '',
        party_id: role?.party_id ?? '',
        versions_url: invitation?.versionsUrl ?? peer?.versionsUrl ?? '',
      },
    }),
  }
}
