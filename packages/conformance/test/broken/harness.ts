/** Runs the judge against a platform with a planted fault, all in memory and in virtual time. */
import { join } from 'node:path'
import type { MilestoneId, Target, Version } from '../../src/catalogue.ts'
import { loadCatalogue } from '../../src/catalogue-files.ts'
import { openJudge } from '../../src/open-judge.ts'
import type { Run } from '../../src/run.ts'
import type { Pace } from '../../src/view.ts'
import { network, numbered, sha256 } from '../network.ts'
import { testClock } from '../test-clock.ts'
import type { Around, Defect, Spoil } from './defect.ts'
import { ORIGIN, partnerOf } from './partner.ts'

export const SPEC = join(import.meta.dirname, '..', '..', '..', '..', 'spec')

const catalogue = loadCatalogue(SPEC)

const PATIENCE_MS = 30_000

export interface Judged {
  readonly target: Target
  readonly version?: Version
  /** The partner starts the handshake. */
  readonly invited?: boolean
  readonly spoil?: Defect['spoil']
  /** Of the correct platform. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly milestone?: MilestoneId
  /** How fast the judge takes the platform's chargers to be. */
  readonly pace?: Pace
}

/** One run from nothing to the last milestone. */
export async function judged({
  target,
  version = '2.3.0',
  invited = false,
  spoil: planted = {},
  ...rest
}: Judged): Promise<Run> {
  const spoil: Spoil = typeof planted === 'function' ? planted() : planted
  const clock = testClock()
  const net = network()
  const around: Around = { clock, send: net.send, serve: (request) => partner.serve(request) }
  const partner = partnerOf({
    target,
    version,
    clock,
    send: spoil.send?.(net.send, around) ?? net.send,
    options: { ...rest.options, ...spoil.options },
  })
  const serve = spoil.serve?.(partner.serve, around) ?? partner.serve
  net.attach(ORIGIN, serve)
  net.attach(ORIGIN.replace('https:', 'http:'), serve)
  const judge = openJudge(target, {
    party: { countryCode: 'DE', partyId: 'JDG', name: 'The judge' },
    baseUrl: 'https://judge.example/ocpi',
    send: net.send,
    clock,
    ...numbered('judge'),
    hash: sha256,
    version,
    patienceMs: PATIENCE_MS,
    terminal: { customer_reference: 'C-77' },
    ...(rest.pace === undefined ? {} : { pace: rest.pace }),
  })
  net.attach('https://judge.example', judge.serve)
  return clock.flow(
    judge.run({
      catalogue,
      ...(invited ? { invite: true } : { invitation: await partner.invite() }),
      operator: partner.operator,
      ...(rest.milestone === undefined ? {} : { milestone: rest.milestone }),
    }),
  )
}

/** What the judge names first when this fault is there; undefined: it found nothing. */
export async function leaderOf(defect: Defect): Promise<string | undefined> {
  const { report } = await judged({ ...defect, invited: defect.invited ?? false })
  return report.roots[0]
}
