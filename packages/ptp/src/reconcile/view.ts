/** A reconciliation as the admin API and the command show it (docs/reference/interfaces.md). */
import { formatDateTime } from '@plugtill/ocpi/types'
import type { Money } from '@plugtill/psp/psp'
import type { Finding } from './findings.ts'
import type { OpenHold } from './open-holds.ts'
import type { Reconciliation } from './reconcile.ts'

const money = (amount: Money | undefined) =>
  amount ? { amount_minor: amount.amountMinor, currency: amount.currency } : null
const time = (at: number | undefined) => (at === undefined ? null : formatDateTime(at))

const findingRecord = ({ id, reference, ours, theirs, message, fix }: Finding) => ({
  id,
  reference: reference || null,
  ours: money(ours),
  theirs: money(theirs),
  message,
  fix,
})

const holdRecord = ({ reference, state, held, since, releaseBy, captureBefore }: OpenHold, now: number) => ({
  reference,
  state,
  held: money(held),
  age_s: Math.max(0, Math.round((now - since) / 1000)),
  release_by: time(releaseBy),
  capture_before: time(captureBefore),
})

export const reconciliationRecord = (done: Reconciliation) => ({
  from: formatDateTime(done.from),
  to: formatDateTime(done.to),
  at: formatDateTime(done.at),
  equal: done.findings.length === 0,
  payments: done.payments,
  accounts: done.accounts,
  totals: done.totals,
  findings: done.findings.map(findingRecord),
  findings_left_out: done.leftOut,
  open_holds: done.openHolds.map((hold) => holdRecord(hold, done.at)),
  open_holds_left_out: done.openHoldsLeftOut,
})
