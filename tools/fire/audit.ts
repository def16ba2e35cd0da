/**
 * Four books side by side, none of them believed more than the others: what the provider booked, what the CPO did and
 * heard, what drivers were told, and what lies in the platform's database. Code of its own: nothing of the platform is
 * imported. Every difference is a line that names the payment. (I1 to I13)
 */

export interface Booked {
  readonly at: number
  readonly reference: string
  readonly operation: string
  readonly status: string
  readonly amountMinor: number
  readonly currency: string
}

export interface HeardAdvice {
  readonly id: string
  readonly reference: string
  readonly status: string
  readonly amountMinor: number
  readonly currency: string
  /** SHA-256 of each different body that came under this id. */
  readonly hashes: readonly string[]
}

export interface CpoTruth {
  readonly starts: readonly { readonly reference: string; readonly at: number; readonly orders: number }[]
  readonly charges: readonly { readonly reference: string; readonly status: string; readonly charged: boolean }[]
  readonly cdrs: readonly {
    readonly id: string
    readonly reference: string
    readonly dueMinor: number
    readonly currency: string
  }[]
  readonly advices: readonly HeardAdvice[]
}

/** What a driver was told; `accepted`: that the tap became a payment. */
export interface Told {
  readonly reference: string
  readonly state: string
  readonly capturedMinor: number
  readonly at: number
}

export interface StoredPayment {
  readonly reference: string
  readonly state: string
  readonly version: number
  readonly capturedMinor: number
  readonly adviceId: string | undefined
  /** Its events in order of `seq`. */
  readonly events: readonly StoredEvent[]
}

export interface StoredEvent {
  readonly seq: number
  readonly from: string
  readonly to: string
  /** When, what and why: for people who read the books. The audit goes by the three above. */
  readonly at?: number
  readonly type?: string
  readonly verdict?: string
  readonly reason?: string | null
}

export interface Books {
  readonly provider: readonly Booked[]
  readonly cpo: CpoTruth
  readonly told: readonly Told[]
  readonly stored: readonly StoredPayment[]
}

const FINAL = ['captured', 'voided', 'declined', 'stuck']
const NOTHING: readonly never[] = []

function grouped<T extends { readonly reference: string }>(all: readonly T[]): (reference: string) => readonly T[] {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = one.reference.toLowerCase()
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return (reference) => groups.get(reference.toLowerCase()) ?? NOTHING
}

const sum = (all: readonly { readonly amountMinor: number }[]) => all.reduce((total, one) => total + one.amountMinor, 0)

/** What the provider's lines come to. */
function money(lines: readonly Booked[]) {
  const done = (operation: string, ...statuses: readonly string[]) =>
    lines.filter((one) => one.operation === operation && statuses.includes(one.status))
  const [first] = done('authorize', 'approved')
  const held =
    [...done('increment', 'approved', 'done'), ...done('reduce', 'done')].at(-1)?.amountMinor ?? first?.amountMinor ?? 0
  const captures = done('capture', 'done')
  return {
    first,
    held,
    captures,
    captured: sum(captures),
    refunded: sum(done('refund', 'done')),
    voids: done('void', 'done').filter(({ amountMinor }) => amountMinor > 0),
  }
}

/** Every difference between the books; empty when they agree. */
export function audit({ provider, cpo, told, stored }: Books): readonly string[] {
  const findings: string[] = []
  const of = {
    provider: grouped(provider),
    starts: grouped(cpo.starts),
    charges: grouped(cpo.charges),
    cdrs: grouped(cpo.cdrs),
    advices: grouped(cpo.advices),
    told: grouped(told),
    stored: grouped(stored),
  }
  const references = new Set(
    [...provider, ...cpo.starts, ...cpo.cdrs, ...cpo.advices, ...told, ...stored].map(({ reference }) =>
      reference.toLowerCase(),
    ),
  )
  for (const reference of references) {
    const say = (rule: string, text: string) => findings.push(`${rule} ${reference}: ${text}`)
    const [payment] = of.stored(reference)
    if (payment === undefined) {
      say('I4', `somebody knows it (${whoKnows(reference, of)}), the platform does not`)
      continue
    }
    const asked = {
      payment,
      bank: money(of.provider(reference)),
      charge: of.charges(reference).at(-1),
      cdrs: of.cdrs(reference),
    }
    checkHold(asked, say)
    checkBill(asked, say)
    checkStart({ starts: of.starts(reference), ...asked }, say)
    checkAdvice({ advices: of.advices(reference), ...asked }, say)
    checkTold({ told: of.told(reference), ...asked }, say)
    checkEvents(payment, say)
  }
  return findings
}

type Say = (rule: string, text: string) => void

interface Asked {
  readonly payment: StoredPayment
  readonly bank: ReturnType<typeof money>
  readonly charge: CpoTruth['charges'][number] | undefined
  readonly cdrs: CpoTruth['cdrs']
}

function whoKnows(reference: string, of: Readonly<Record<string, (reference: string) => readonly unknown[]>>): string {
  return Object.entries(of)
    .filter(([, find]) => find(reference).length > 0)
    .map(([name]) => name)
    .join(', ')
}

function checkHold({ payment, bank }: Asked, say: Say): void {
  const { captures, captured, held, refunded, voids, first } = bank
  if (captures.length > 1) say('I1', `captured ${captures.length} times`)
  if (captured > held) say('I2', `${captured} captured, ${held} held`)
  if (refunded > captured) say('I3', `${refunded} refunded, ${captured} captured`)
  if (captures.length > 0 && voids.length > 0) say('I4', 'captured and given back')
  if (!FINAL.includes(payment.state)) say('I16', `still ${payment.state}`)
  if (payment.state === 'stuck') say('I16', 'stuck, though nothing here needs a person')
  if (first !== undefined && captures.length === 0 && voids.length === 0) say('I4', `${held} are still held`)
  if (payment.state === 'captured' && captured !== payment.capturedMinor)
    say('I9', `the platform says ${payment.capturedMinor} captured, the provider ${captured}`)
  if (payment.state !== 'captured' && captured > 0) say('I9', `${captured} captured, but it is ${payment.state}`)
}

function checkBill({ payment, bank, charge, cdrs }: Asked, say: Say): void {
  const [cdr] = cdrs
  if (cdrs.length > 1) say('I11', `${cdrs.length} CDRs`)
  if (cdr === undefined) {
    if (bank.captured > 0 && charge?.charged !== true) say('I10', `${bank.captured} captured for nothing`)
    return
  }
  const due = Math.min(cdr.dueMinor, bank.held)
  if (payment.state === 'captured' && bank.captured !== due)
    say('I10', `${bank.captured} captured, the CDR says ${due}`)
  if (payment.state !== 'captured' && due > 0) say('I10', `the CDR says ${due}, but it is ${payment.state}`)
}

function checkStart({ starts, bank, charge }: Asked & { readonly starts: CpoTruth['starts'] }, say: Say): void {
  for (const { at, orders } of starts) {
    if (orders > 1) say('I12', `START_SESSION was sent ${orders} times`)
    if (bank.first === undefined || bank.first.at > at) say('I5', 'START_SESSION went out before there was a hold')
  }
  if (charge?.charged && starts.length === 0) say('I5', 'energy without START_SESSION')
}

function checkAdvice({ advices, payment, bank }: Asked & { readonly advices: readonly HeardAdvice[] }, say: Say): void {
  for (const { id, hashes } of advices)
    if (hashes.length > 1) say('I8', `advice ${id} came in ${hashes.length} versions`)
  if (payment.state !== 'captured') return
  const own = advices.filter(({ id }) => id === payment.adviceId)
  if (own.length === 0) {
    say('I8', `advice ${payment.adviceId ?? '(none)'} never arrived`)
    return
  }
  if (advices.length > 1) say('I8', `${advices.length} advices`)
  if (own[0]?.amountMinor !== bank.captured) say('I9', `advised ${own[0]?.amountMinor}, captured ${bank.captured}`)
}

function checkTold({ told, payment, bank }: Asked & { readonly told: readonly Told[] }, say: Say): void {
  for (const { state, capturedMinor } of told) {
    if (state === 'accepted') continue
    if (state !== payment.state) say('I9', `the driver was told ${state}, it is ${payment.state}`)
    if (state === 'captured' && capturedMinor !== bank.captured)
      say('I9', `the driver was told ${capturedMinor}, the provider took ${bank.captured}`)
  }
}

/** I13: the state is what its events come to, and none is missing. */
function checkEvents({ events, state, version }: StoredPayment, say: Say): void {
  const gap = events.findIndex(({ seq }, index) => seq !== index + (events[0]?.seq ?? 0))
  if (gap >= 0) say('I13', `an event is missing before number ${events[gap]?.seq}`)
  const torn = events.findIndex(({ from }, index) => index > 0 && from !== events[index - 1]?.to)
  if (torn > 0)
    say(
      'I13',
      `event ${events[torn]?.seq} begins at ${events[torn]?.from}, the one before ended at ${events[torn - 1]?.to}`,
    )
  if (events.at(-1)?.to !== state) say('I13', `the last event says ${events.at(-1)?.to}, the row ${state}`)
  if (events.at(-1)?.seq !== version)
    say('I13', `version ${version}, but the last event is number ${events.at(-1)?.seq}`)
}
