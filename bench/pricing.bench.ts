/** From a CDR to its cost: the CDR of the specification with its one tariff, and a busy one of 15 periods. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { sessionOf } from '@plugtill/pricing/periods'
import { price } from '@plugtill/pricing/price'
import { cdrText as busyText } from './cdr.ts'
import { alternate, cpuSince, isQuick, tell } from './report.ts'

const ROUNDS = isQuick() ? 3 : 7
const ROUND_MS = isQuick() ? 200 : 1_000
const BATCH = 200

/** The tariff in the specification's CDR lacks a required field. (E-66) */
const printed = readFileSync(new URL('../spec/2.3.0/examples/cdr_example.json', import.meta.url), 'utf8').replace(
  '"elements": [{',
  '"tax_included": "NO", "elements": [{',
)
const text = JSON.stringify(JSON.parse(printed))

const pricing = (cdr: Cdr, timeZone: string) => price(cdr.tariffs ?? [], sessionOf(cdr, timeZone))
const parsed = (from: string) => JSON.parse(from) as Cdr

/**
 * How often `run` gets done in one second of processor time, garbage collection included: what one core gives, also when
 * others use the machine.
 */
function perCpuSecond(ms: number, run: () => void): number {
  const before = process.cpuUsage()
  let done = 0
  for (; cpuSince(before) < ms; done += BATCH) for (let n = 0; n < BATCH; n++) run()
  return (done * 1000) / cpuSince(before)
}

/** What every round has to come to, so that nothing is measured that is not done. */
function due(cents: number, run: () => { readonly totalMinor: number }): () => void {
  return () => {
    const { totalMinor } = run()
    if (totalMinor !== cents) throw new Error(`The bench expects ${cents} cents, the engine says ${totalMinor}.`)
  }
}

const cdr = parsed(text)
const tariff = cdr.tariffs?.[0] as Tariff
const session = sessionOf(cdr, 'Europe/Brussels')
const busy = parsed(busyText)
const busySession = sessionOf(busy, 'Europe/Amsterdam')
const busyTariffs = busy.tariffs ?? []
const busyCents = price(busyTariffs, busySession).totalMinor

const work = {
  priceOnly: due(440, () => price(tariff, session)),
  fromObject: due(440, () => pricing(cdr, 'Europe/Brussels')),
  parseAndPrice: due(440, () => pricing(parsed(text), 'Europe/Brussels')),
  printedAndPrice: due(440, () => pricing(parsed(printed), 'Europe/Brussels')),
  busyPriceOnly: due(busyCents, () => price(busyTariffs, busySession)),
  busyParseAndPrice: due(busyCents, () => pricing(parsed(busyText), 'Europe/Amsterdam')),
  parse: () => void JSON.parse(text),
  parsePrinted: () => void JSON.parse(printed),
  parseBusy: () => void JSON.parse(busyText),
}
type Name = keyof typeof work

// What is compiled in the first round should not count in it.
for (const run of Object.values(work)) perCpuSecond(ROUND_MS / 2, run)
const rounds = Object.fromEntries(
  Object.entries(work).map(([name, run]) => [name, () => perCpuSecond(ROUND_MS, run)]),
) as Record<Name, () => number>
const taken = await alternate(ROUNDS, rounds)

const beside = (what: string, name: Name) => ({ what, value: taken[name] })
const figure = (what: string, name: Name, limit: { readonly what: string; readonly value: number }) => ({
  what,
  value: taken[name],
  unit: '/s of CPU',
  limit,
})
const alone = beside('JSON.parse of the same text', 'parse')
tell({
  bench: 'pricing',
  figures: [
    figure(`CDR of the specification, ${text.length} bytes: parse and price`, 'parseAndPrice', alone),
    figure(
      '  the same as printed there, with spaces',
      'printedAndPrice',
      beside('JSON.parse of the same text', 'parsePrinted'),
    ),
    figure('  read from the object and priced', 'fromObject', alone),
    figure('  priced only', 'priceOnly', alone),
    figure(
      `CDR of 15 periods, ${busyText.length} bytes: parse and price`,
      'busyParseAndPrice',
      beside('JSON.parse of the same text', 'parseBusy'),
    ),
    figure('  priced only', 'busyPriceOnly', beside('JSON.parse of the same text', 'parseBusy')),
  ],
  notes: ['bar: 100,000 parse and price, 500,000 price only, per second on one core'],
})
