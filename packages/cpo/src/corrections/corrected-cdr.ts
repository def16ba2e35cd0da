/** What a session costs when what was wrong is put right: the same meter, read again. Pure. */
import { Fault } from '@plugtill/engine/fault'
import { creditCdr } from '@plugtill/ocpi/credit'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { formatDateTime } from '@plugtill/ocpi/types'
import { cdrOf } from '../charging/cdr.ts'
import { cutsFor } from '../charging/cuts.ts'
import { deliveredWh, type Meter, markMeter, readMeter, type Stretch, startMeter } from '../charging/meter.ts'
import type { ChargingSession } from '../charging/session.ts'

/** What the operator knows better; what is absent stays as it was. */
export interface Remedy {
  readonly energyKwh?: number
  /** ms; the session was over then. */
  readonly endedAt?: number
  readonly tariff?: Tariff
}

/** (cdrs › id: 39 characters, so that a credit can append to the id of its original; C-610) */
export const creditIdOf = (cdrId: string): string => `${cdrId}-C`

export function creditOf(cdr: Cdr, { reason, now }: { readonly reason: string; readonly now: number }): Cdr {
  const credit = creditCdr(cdr, { id: creditIdOf(cdr.id), lastUpdated: formatDateTime(now) })
  return { ...credit, remark: `Takes back CDR ${cdr.id}: ${reason}`.slice(0, 255) }
}

/** What the CDR was reckoned from. */
export interface Basis {
  readonly session: ChargingSession
  readonly meter: Meter
  readonly tariff: Tariff
  readonly cdr: Cdr
}

export function correctedCdr(
  basis: Basis,
  remedy: Remedy,
  at: { readonly id: string; readonly reason: string; readonly now: number },
): { readonly id: string; readonly text: string; readonly meter: Meter; readonly tariff: Tariff } {
  const tariff = tariffFor(basis, remedy)
  const meter = reread(basis, { ...remedy, tariff })
  const { signed, ...session } = basis.session
  const written = cdrOf({
    ...session,
    // What the meter signed is no proof of another energy.
    ...(signed === undefined || remedy.energyKwh !== undefined ? {} : { signed }),
    cdrId: at.id,
    tariff,
    meter,
    endedAt: remedy.endedAt ?? Date.parse(basis.cdr.end_date_time),
    changedAt: at.now,
  })
  const invoice = basis.cdr.invoice_reference_id
  const cdr: Cdr = {
    ...written,
    ...(invoice == null ? {} : { invoice_reference_id: nextNumber(invoice) }),
    remark: `Replaces CDR ${basis.cdr.id}: ${at.reason}`.slice(0, 255),
  }
  return { id: at.id, text: JSON.stringify(cdr), meter, tariff }
}

/** An invoice is never written twice under one number. At most 39 characters, and a reference has 36. (C-608) */
function nextNumber(number: string): string {
  const [, base = number, nth] = /^(.*?)(?:-([2-9]|[1-9][0-9]))?$/.exec(number) ?? []
  return `${base.slice(0, 36)}-${Number(nth ?? 1) + 1}`
}

function tariffFor({ tariff: before }: Basis, { tariff = before }: Remedy): Tariff {
  if (tariff.currency === before.currency) return tariff
  throw wrong(
    `Tariff ${tariff.id} is in ${tariff.currency}, and the CDR in ${before.currency}. Choose one in the same currency.`,
  )
}

/** The stretches of the meter, read again: shortened, with other energy, and cut where the tariff changes its price. */
function reread(
  { session, meter }: Basis,
  { energyKwh, endedAt, tariff }: Remedy & { readonly tariff: Tariff },
): Meter {
  if (endedAt !== undefined && (endedAt <= meter.startAt || endedAt > meter.at))
    throw wrong(
      `The session ran from ${formatDateTime(meter.startAt)} to ${formatDateTime(meter.at)}; its end has to be between the two.`,
    )
  const stretches = shortened(meter.stretches, endedAt)
  const measured = stretches.reduce((sum, { energyWh }) => sum + energyWh, 0)
  const wanted = energyKwh === undefined ? measured : Math.round(energyKwh * 1000)
  if (measured === 0 && wanted > 0 && deliveredWh(meter) === 0)
    throw wrong('No energy was measured at all, so nothing says when it flowed. Correct the end or the tariff instead.')
  const cuts = cutsFor({ ...session, tariff })
  let passed = 0
  let read = startMeter(meter.startAt, 0)
  for (const stretch of stretches) {
    passed += stretch.energyWh
    const energyWh = measured === 0 ? 0 : Math.round((wanted * passed) / measured)
    read = markMeter(read, { at: stretch.start, parking: stretch.parking })
    read = readMeter(read, { at: stretch.end, energyWh, ...(energyKwh === undefined ? loadTold(stretch) : {}) }, cuts)
  }
  return read
}

/** With the energy as it was the load is too; another energy has another load. */
const loadTold = ({ maxPowerW, maxCurrentA }: Stretch) => ({
  ...(maxPowerW === undefined ? {} : { powerW: maxPowerW }),
  ...(maxCurrentA === undefined ? {} : { currentA: maxCurrentA }),
})

function shortened(stretches: readonly Stretch[], until: number | undefined): readonly Stretch[] {
  if (until === undefined) return stretches
  return stretches.flatMap((stretch) => {
    if (stretch.start >= until) return []
    if (stretch.end <= until) return [stretch]
    const share = (until - stretch.start) / (stretch.end - stretch.start)
    return [{ ...stretch, end: until, energyWh: Math.round(stretch.energyWh * share) }]
  })
}

const wrong = (text: string) => new Fault('CORRECTION_WRONG', text)
