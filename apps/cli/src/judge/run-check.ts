/** The judge on real sockets: opens its entrance, runs, and closes everything again. */
import { createHash, randomUUID } from 'node:crypto'
import type { Catalogue, MilestoneId, Requirement, Target, Version } from '@plugtill/conformance/catalogue'
import { openJudge } from '@plugtill/conformance/open-judge'
import type { Report } from '@plugtill/conformance/report'
import type { Progress } from '@plugtill/conformance/run'
import type { Operator } from '@plugtill/conformance/scenario'
import { wallClock } from '@plugtill/engine/clock'
import { createHttpSend } from '@plugtill/ocpi/http'
import { listenerOf } from '@plugtill/ocpi/node-http'
import { openPort } from '../http/port.ts'
import { randomToken } from '../secrets.ts'

export interface CheckParts {
  readonly target: Target
  readonly catalogue: Catalogue
  /** Absent: the partner starts the handshake, with what `register` steps say. */
  readonly invitation?: { readonly versionsUrl: string; readonly token: string }
  readonly version?: Version
  readonly milestone?: MilestoneId
  readonly only?: (requirement: Requirement) => boolean
  readonly party: { readonly countryCode: string; readonly partyId: string }
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Where the partner reaches the judge; default http://localhost and the port. */
  readonly publicUrl?: string
  readonly patienceMs: number
  readonly operatorMs: number
  /** So many times faster than life the chargers of the platform under test run. */
  readonly speed?: number
  readonly operator: Operator
  readonly onProgress: (progress: Progress) => void
}

export async function runCheck(parts: CheckParts): Promise<Report> {
  const port = await openPort(parts)
  const origin = (parts.publicUrl ?? `http://localhost:${port.port}`).replace(/\/+$/, '')
  // Whoever gives the address of a system to be judged means it, wherever that is.
  const send = createHttpSend({ allowPrivatePeers: true, answerMs: parts.patienceMs })
  try {
    const judge = openJudge(parts.target, {
      party: { ...parts.party, name: 'Plugtill, the judge' },
      baseUrl: `${origin}/ocpi`,
      send,
      clock: wallClock,
      ids: () => randomUUID(),
      randomToken,
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      patienceMs: parts.patienceMs,
      ...(parts.version === undefined ? {} : { version: parts.version }),
      ...(parts.speed === undefined ? {} : { pace: { speed: parts.speed } }),
    })
    port.serve(listenerOf(judge.serve, () => new URL(origin).origin))
    const { invitation, catalogue, milestone, only, operator, operatorMs, onProgress } = parts
    const start = invitation === undefined ? { invite: true } : { invitation }
    const { report } = await judge.run({ ...start, catalogue, milestone, only, operator, operatorMs, onProgress })
    return report
  } finally {
    await port.close()
    await send.close()
  }
}
