/** docs/reference/charging-states.md, from the state table of the reference CPO's charging session. */

import type { ChargingEvent, ChargingSession, ChargingState } from '../../packages/cpo/src/charging/session.ts'
import { chargingMachine } from '../../packages/cpo/src/charging/states.ts'
import { MINUTE, sessionAt, T0 } from '../../packages/cpo/test/session-at.ts'
import { statePage } from './states.ts'

const at = T0 + MINUTE
const to = { responseUrl: 'https://ptp.example/answers/2', correlationId: 'c-2' }
const advice = {
  id: 'advice-1',
  authorization_reference: '0b0b0b0b-0000-4000-8000-000000000001',
  total_costs: { before_taxes: 10 },
  currency: 'EUR',
  eft_data: ['VISA 1234'],
  capture_status_code: 'SUCCESS' as const,
  last_updated: '2030-01-15T12:00:00Z',
}
const answered = { type: 'remote-start-answered', at } as const
const stopAnswered = { type: 'remote-stop-answered', at } as const
const started = { type: 'transaction-started', at, transactionId: 9, meterStartWh: 1000, measuredAt: at } as const
const stopped = { type: 'transaction-stopped', at, measuredAt: at, reason: 'EVDisconnected' } as const

/** Every event as it usually is, and in the variants that the table tells apart. */
const telling: readonly ChargingEvent[] = [
  { type: 'start-commanded', at },
  { type: 'start-repeated', at, ...to },
  { ...answered, outcome: 'accepted' },
  { ...answered, outcome: 'rejected' },
  { ...answered, outcome: 'timeout' },
  { type: 'plug-in-window-passed', at },
  { ...started, startKey: 'k9' },
  { ...started, startKey: 'k10' },
  { type: 'metered', at, measuredAt: at, energyWh: 2000 },
  { type: 'metered', at: at + 480 * MINUTE, measuredAt: at + 480 * MINUTE, energyWh: 150_000 },
  { type: 'parking-changed', at, measuredAt: at, parking: true },
  { type: 'looked', at },
  { type: 'connector-free', at },
  { type: 'connector-free', at: at + 12 * MINUTE, since: at + 2 * MINUTE },
  { type: 'stop-commanded', at, ...to },
  { ...stopAnswered, outcome: 'accepted' },
  { ...stopAnswered, outcome: 'rejected' },
  { ...stopAnswered, outcome: 'accepted', answerTo: to },
  { ...stopped, meterStopWh: 1000 },
  { ...stopped, meterStopWh: 3000 },
  { type: 'silence-passed', at },
  { type: 'silence-passed', at: at + 7 * 60 * MINUTE },
  { type: 'session-acknowledged', at, changedAt: at },
  { type: 'cdr-acknowledged', at, url: 'https://ptp.example/cdrs/1' },
  { type: 'advice-received', at, advice },
]

const sameness = (session: ChargingSession) => [
  session.state,
  session.announced,
  session.resultSent,
  session.startKey,
  session.meter?.energyWh,
  Math.min(session.limitStops, 2),
  session.acknowledgedAt === undefined,
  session.cdrUrl,
  session.advice?.id,
]

const meaning: Readonly<Record<ChargingState, string>> = {
  commanded: 'START_SESSION was accepted; the charger is being asked. The partner has seen no Session yet.',
  'awaiting-plug': 'The charger will start; the Session is PENDING until a car is plugged in.',
  charging: 'The transaction runs; the Session is ACTIVE and its cost grows with the meter.',
  finished: 'The Session is COMPLETED and the CDR is written, once. It is sent until acknowledged.',
  closed: 'The partner has the CDR and has told what was captured; the invoice is complete.',
  failed: 'The charger did not start. What starts afterwards is stopped and not billed.',
  expired: 'No car came in time, or the partner gave up. What starts afterwards is stopped and not billed.',
}

const opening = `One charging session of the reference CPO, commanded by a partner's START_SESSION. Its table stands in
\`packages/cpo/src/charging/states.ts\` and \`cells.ts\`. It shares nothing with the payment's table on the other side of
the wire but the messages of OCPI. Generated from that table by \`npm run docs\`; do not edit.`

export const chargingStates = (): string =>
  statePage({
    title: 'Charging states',
    opening,
    machine: chargingMachine,
    samples: { entities: [sessionAt('commanded')], events: telling },
    sameness,
    meaning,
  })
