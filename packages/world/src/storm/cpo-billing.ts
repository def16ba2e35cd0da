/** The bills of one charge, as its script wants them: right ones, doubled, changed, early, wrong, taken back. */

import type { Bill, Charge, Fairness } from './cpo-books.ts'
import type { ChargingParts, Tell } from './cpo-charging.ts'
import { type BillWord, type Charged, type Cost, cdrOf, centsOf, costOf, timesOf } from './cpo-objects.ts'
import type { Script } from './script.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Wanted {
  readonly fairness?: Fairness
  readonly cost?: Cost
  readonly currency?: string
  readonly withTax?: boolean
  readonly creditOf?: string
  readonly as?: Partial<Charged>
}

export async function billing(parts: ChargingParts, charge: Charge): Promise<void> {
  await (BILLINGS[charge.script.bill] ?? plain)(billerOf(parts, charge))
}

interface Biller {
  readonly parts: ChargingParts
  readonly charge: Charge
  /** What the tariff gives for what was delivered. */
  readonly usual: Cost
  readonly write: (wanted?: Wanted) => Bill
  readonly send: (bill: Bill) => Promise<void>
  readonly later: (ms: number, task: () => unknown) => void
  /** It has come to what the script says. */
  readonly odd: (...rows: readonly string[]) => void
}

function billerOf(parts: ChargingParts, charge: Charge): Biller {
  const { weather, clock } = parts
  const { script } = charge
  return {
    parts,
    charge,
    usual: costOf(charge.wh, charge.spot, charge.raise),
    write: (wanted = {}) => writeBill(parts, charge, wanted),
    send: (bill) => sendBill(parts, charge, bill),
    later: (ms, task) => void clock.after(ms, () => void task()),
    odd: (...rows) => {
      weather.happened(`${script.bill} s${script.n}`)
      weather.met(...rows)
    },
  }
}

type Billing = (biller: Biller) => Promise<void> | void

const plain: Billing = ({ write, send }) => send(write())
/** One bill that says something else than usual. */
const odd =
  (row: string, wanted: (usual: Cost) => Wanted): Billing =>
  async (biller) => {
    biller.odd(row)
    await biller.send(biller.write(wanted(biller.usual)))
  }

const BILLINGS: { readonly [K in Script['bill']]?: Billing } = {
  twice: async ({ write, send, later, odd: met }) => {
    const bill = write()
    await send(bill)
    later(3 * MINUTE, () => {
      met('F44')
      return send(bill)
    })
  },
  changed: async ({ parts, charge, write, send, later, odd: met }) => {
    const bill = write()
    await send(bill)
    const body = JSON.stringify({ ...(JSON.parse(bill.body) as object), total_energy: charge.wh / 1000 + 1 })
    later(3 * MINUTE, () => {
      if (bill.takenAt === undefined || parts.isForgotten(bill.takenAt)) return
      met('F45')
      return changedBill(parts, charge, body)
    })
  },
  'two-ids': async ({ write, send, odd: met }) => {
    met('F46')
    await send(write())
    await send(write())
  },
  late: ({ write, send, later, odd: met }) => {
    met('F57')
    later(2 * HOUR, () => send(write()))
  },
  never: ({ odd: met }) => met('F57'),
  'only-pulled': ({ write, odd: met }) => {
    met('F59')
    write()
  },
  zero: odd('F49', () => ({})),
  tiny: odd('F50', () => ({})),
  'other-currency': odd('F53', () => ({ fairness: 'currency', currency: 'USD' })),
  'without-taxes': odd('F53', (usual) => ({ fairness: 'under', cost: { ...usual, tax: 0 }, withTax: false })),
  overclaimed: odd('F55', (usual) => ({ fairness: 'over', cost: timesOf(usual, 1.5) })),
  underclaimed: odd('F55', (usual) => ({ fairness: 'under', cost: timesOf(usual, 0.7) })),
  unreadable: odd('F53', () => ({ fairness: 'unreadable' })),
  'unknown-reference': async (biller) => {
    const { parts, charge } = biller
    biller.odd('F54')
    const nobody = { reference: parts.ids(), sessionId: parts.ids(), tokenUid: parts.ids().slice(0, 20) }
    const bill = billOf(parts, { ...charge, ...nobody }, { charge, wanted: { fairness: 'foreign' }, id: parts.ids() })
    parts.books.stray.push(bill)
    await parts.tell(`stray s${charge.script.n}`, { method: 'POST', path: '/receiver/cdrs', body: bill.body })
    await plain(biller)
  },
  'of-the-other-party': async (biller) => {
    biller.odd('I14')
    await foreignBill(biller.parts, biller.charge)
    await plain(biller)
  },
  credited: async ({ usual, write, send, later, odd: met }) => {
    const bill = write()
    await send(bill)
    later(5 * MINUTE, () => {
      met('F51')
      return send(write({ fairness: 'credit', cost: timesOf(usual, -1), creditOf: bill.id }))
    })
  },
  'credited-before': async ({ usual, write, send, odd: met }) => {
    met('F52')
    const bill = write()
    await send(write({ fairness: 'credit', cost: timesOf(usual, -1), creditOf: bill.id }))
    await send(bill)
  },
  replaced: async ({ usual, write, send, later, odd: met }) => {
    const bill = write()
    await send(bill)
    later(2 * MINUTE, async () => {
      met('F51')
      await send(write({ fairness: 'credit', cost: timesOf(usual, -1), creditOf: bill.id }))
      await send(write({ fairness: 'under', cost: timesOf(usual, 0.5) }))
    })
  },
}

function billOf(
  { clock, skewMs }: ChargingParts,
  charged: Charged,
  { charge, wanted, id }: { readonly charge: Charge; readonly wanted: Wanted; readonly id: string },
): Bill {
  const cost = wanted.cost ?? costOf(charge.wh, charge.spot, charge.raise)
  const word: BillWord = {
    id,
    wh: charge.wh,
    endAt: (charge.endedAt ?? clock.now()) + skewMs,
    at: clock.now() + skewMs,
    cost,
    ...(wanted.currency !== undefined && { currency: wanted.currency }),
    ...(wanted.withTax !== undefined && { withTax: wanted.withTax }),
    ...(wanted.creditOf !== undefined && { creditOf: wanted.creditOf }),
  }
  const cdr = cdrOf(charged, word)
  return {
    id,
    fairness: wanted.fairness ?? 'fair',
    due: centsOf(cost),
    body: wanted.fairness === 'unreadable' ? spoiled(JSON.stringify(cdr)) : JSON.stringify(cdr),
    at: clock.now(),
    last_updated: cdr.last_updated,
    ...(wanted.creditOf !== undefined && { creditOf: wanted.creditOf }),
  }
}

/** A price that no number can hold. */
const spoiled = (body: string) => body.replace(/"before_taxes":[0-9.e+-]+/, '"before_taxes":1e400')

function writeBill(parts: ChargingParts, charge: Charge, wanted: Wanted): Bill {
  const id = charge.names.bill(parts.books.billed.length)
  const bill = billOf(parts, charge, { charge, wanted, id })
  charge.bills.push(bill)
  parts.books.billed.push(bill)
  return bill
}

/** The first party tries again what found nobody; the second one does not, as the specification allows. (F59) */
async function sendBill({ clock, tell, books, weather }: ChargingParts, charge: Charge, bill: Bill): Promise<void> {
  bill.isOut = true
  const original = charge.bills.find(({ id }) => id === bill.creditOf)
  for (let tries = 1; ; tries++) {
    const answered = await tell(`cdr s${charge.script.n}`, { method: 'POST', path: '/receiver/cdrs', body: bill.body })
    if (answered === 200 || answered === 201) {
      bill.takenAt ??= clock.now()
      bill.cameFirst = original !== undefined && original.isOut !== true
      return
    }
    if (answered === undefined || answered >= 500) weather.met('F59')
    if (books.owner.party_id !== 'AAA' || tries >= 3 || (answered !== undefined && answered < 500 && answered !== 429))
      return
    await new Promise<void>((resolve) => void clock.after(MINUTE, resolve))
  }
}

async function changedBill({ tell, books }: ChargingParts, { script, reference }: Charge, body: string): Promise<void> {
  const status = await tell(`cdr s${script.n}`, { method: 'POST', path: '/receiver/cdrs', body })
  if (status === 200 || status === 201) books.wrongs.push(`I11: a changed bill was taken (${reference}, s${script.n} )`)
}

/** The other party bills what it never delivered, with our reference and token; an id of ours may be one of its own sessions. (I14, T13) */
async function foreignBill(parts: ChargingParts, charge: Charge): Promise<void> {
  const other: Tell = parts.otherTell()
  const party_id = charge.owner.party_id === 'AAA' ? 'BBB' : 'AAA'
  const bill = billOf(
    parts,
    { ...charge, owner: { country_code: 'NL', party_id }, sessionId: `not ${charge.sessionId}`.slice(0, 36) },
    {
      charge,
      wanted: { fairness: 'foreign' },
      id: parts.ids(),
    },
  )
  parts.books.stray.push(bill)
  await other(`foreign s${charge.script.n}`, { method: 'POST', path: '/receiver/cdrs', body: bill.body })
}
