/** The checker's rules about what drivers are shown: the receipt, the payment at its end, and in which currency. */
import type { LedgerEntry } from '@plugtill/psp/simulated/ledger'
import { HOPELESS, type Told, toldBy, type Witness } from './check.ts'

/**
 * A receipt that is asked for before the books were compared: it says what stayed, or what would have without what the provider
 * did by itself, took twice or took back, which is known to it alone until then; nothing, before the capture is known. (F64, F66, F72)
 */
export function rightReceipt(entries: readonly LedgerEntry[], total: number, of?: string): readonly string[] {
  const { net, captures, refunded, currency } = toldBy(entries)
  if (of !== undefined && entries.length > 0 && of !== currency) return [`I9: a receipt in ${of}, held in ${currency}`]
  const isKnown = captures.some(({ cents }) => total === cents || total === cents - refunded)
  return total === 0 || total === net || isKnown ? [] : [`I9: a receipt of ${total}, ${net} stayed`]
}

/** I2, I9: held, shown and told to the CPO in what the CPO counts in. */
export function oneCurrency({ currency }: Told, { charge, view }: Witness): readonly string[] {
  const wanted = charge?.currency ?? currency
  // A bill in another currency is shown as it is, and waits for an operator. (F53)
  const asked = charge?.bills.some(({ fairness }) => fairness === 'currency') ? undefined : view?.cost
  const sums = { held: currency, shown: view?.captured?.currency, 'shown as cost': asked?.currency }
  return Object.entries(sums).flatMap(([what, is]) =>
    is === undefined || is === wanted ? [] : [`I2: ${what} in ${is}, the CPO counts in ${wanted}`],
  )
}

/** I9, I16: the terminal shows an end, and the money that really moved. */
export function rightView(told: Told, { view, cardKind, toldAt }: Witness): readonly string[] {
  if (!view) return toldAt === undefined ? [] : ['I16: the terminal was told of a payment that nobody knows']
  const broken: string[] = []
  if (!view.final) broken.push('I16: the payment has not come to an end')
  if ((view.captured?.amountMinor ?? 0) !== told.net)
    broken.push(`I9: shown ${view.captured?.amountMinor ?? 0}, ${told.net} stayed`)
  if (view.state === 'stuck' && !HOPELESS.includes(cardKind) && !told.reversed) broken.push('I16: stuck')
  return broken
}
