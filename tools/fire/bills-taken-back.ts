/** A CPO that takes some of its bills back, and corrects half of those: both are pushed until they arrive, in any order. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LeanCpo } from '@plugtill/conformance/lean-cpo'
import { type Cdr, cdrs } from '@plugtill/ocpi/modules/cdrs'
import { formatDateTime } from '@plugtill/ocpi/types'

const LOOK_MS = 200
const AGAIN_MS = 500
const SHARE = 0.1

/** Rounded to the four decimals of the wire. */
const times = (value: number, factor: number) => Math.round(value * factor * 10_000) / 10_000

/** Under an id of its own, and with this share of its cost; its parts are not told. */
function again(bill: Cdr, share: number, more: Partial<Cdr> = {}): Cdr {
  const { total_fixed_cost: _fixed, total_energy_cost: _energy, total_cost, ...rest } = bill
  return {
    ...rest,
    ...more,
    id: randomUUID(),
    total_cost: {
      before_taxes: times(total_cost.before_taxes, share),
      taxes: (total_cost.taxes ?? []).map((tax) => ({ ...tax, amount: times(tax.amount, share) })),
    },
    last_updated: formatDateTime(Date.now()),
  }
}

/** Until `isCalm` says so, bills that are made from now on: some soon, some when `isAdvised` says that they are paid. */
export function takeBillsBack(
  { desk, charging }: LeanCpo,
  { isCalm, isAdvised }: { readonly isCalm: () => boolean; readonly isAdvised: (reference: string) => boolean },
): void {
  const seen = new Set<string>()
  const tell = async (bill: Cdr) => {
    seen.add(bill.id)
    charging.cdrs.put(bill, bill.id)
    for (;;) {
      const calls = await desk.call(cdrs, 'receiver').catch(() => undefined)
      const arrived = await calls?.postCdr({ body: bill }).catch(() => undefined)
      if (arrived !== undefined) return
      await sleep(AGAIN_MS)
    }
  }
  const takeBack = async (bill: Cdr) => {
    const waitsForAdvice = Math.random() < 0.5
    await sleep(Math.random() * 3_000)
    while (waitsForAdvice && !isAdvised(bill.authorization_reference ?? '')) await sleep(AGAIN_MS)
    if (isCalm()) return
    void tell(again(bill, -1, { credit: true, credit_reference_id: bill.id }))
    if (Math.random() < 0.5) return
    await sleep(Math.random() * 1_000)
    void tell(again(bill, 0.5))
  }
  const look = () => {
    for (const bill of charging.cdrs.all()) {
      if (seen.has(bill.id)) continue
      seen.add(bill.id)
      if (bill.total_cost.before_taxes !== 0 && !isCalm() && Math.random() < SHARE) void takeBack(bill)
    }
  }
  setInterval(look, LOOK_MS)
}
