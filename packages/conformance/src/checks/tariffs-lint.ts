/** What the linter of tariffs finds, as requirements. (G-01 to G-20) */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { LintFinding } from '@plugtill/pricing/lint/finding'
import { lintTariff } from '@plugtill/pricing/lint/lint-tariff'
import { type Check, each, type Ruling } from '../check.ts'
import type { View } from '../view.ts'
import { REGISTERED } from './credentials.ts'
import { tariffsOf } from './offer.ts'
import { NEEDS_SOLD, SOLD, soldTariffs } from './tariffs-cpo.ts'

const linted = new WeakMap<Tariff, readonly LintFinding[]>()

function findings(tariff: Tariff, view: View): readonly LintFinding[] {
  const before = linted.get(tariff)
  if (before !== undefined) return before
  const found = lintTariff(tariff, { at: view.now })
  linted.set(tariff, found)
  return found
}

interface Row {
  readonly rule: string
  /** Ids of the linter. */
  readonly ids: readonly string[]
  /** Only tariffs that a terminal sells at. */
  readonly sold?: true
  readonly after?: readonly string[]
}

const ROWS: readonly Row[] = [
  { rule: 'tariffs.tariff/3', ids: ['unknown-currency'] },
  { rule: 'tariffs.tariff/14', ids: ['ended-tariff'] },
  { rule: 'tariffs.hold/4', ids: ['hold-below-least-price'], sold: true, after: ['tariffs.hold/1', 'tariffs.hold/3'] },
  { rule: 'tariffs.hold/6', ids: ['hold-above-highest-price'], sold: true, after: ['tariffs.hold/5'] },
  { rule: 'tariffs.price/1', ids: ['negative-price'] },
  { rule: 'tariffs.price/2', ids: ['price-in-cents'] },
  { rule: 'tariffs.price/3', ids: ['step-size-zero'] },
  { rule: 'tariffs.price/4', ids: ['vat-range', 'vat-without-tax'] },
  { rule: 'tariffs.price/5', ids: ['tax-unknown', 'net-unknown'] },
  { rule: 'tariffs.price/6', ids: ['prices-nothing'] },
  { rule: 'tariffs.price/7', ids: ['no-energy-price'], sold: true, after: ['tariffs.price/6'] },
  { rule: 'tariffs.element/1', ids: ['unreachable-element', 'never-matches'] },
  { rule: 'tariffs.element/2', ids: ['double-component'] },
  { rule: 'tariffs.element/3', ids: ['no-default-component'], after: ['tariffs.element/1', 'tariffs.element/4'] },
  { rule: 'tariffs.element/4', ids: ['unit-of-restriction'] },
  { rule: 'tariffs.limit/1', ids: ['limit-without-its-tax'], after: ['tariffs.price/4', 'tariffs.limit/2'] },
  { rule: 'tariffs.limit/2', ids: ['least-above-highest', 'negative-limit', 'gross-below-net'] },
  { rule: 'tariffs.show/3', ids: ['text-language'] },
  { rule: 'tariffs.show/4', ids: ['text-repeats-price'] },
]

const checkOf = ({ rule, ids, sold, after = [] }: Row): Check =>
  each(rule, {
    needs: sold ? NEEDS_SOLD : 'a list of tariffs',
    after: [...(sold ? [...SOLD, 'tariffs.connector/2'] : [...REGISTERED, 'tariffs.list/1']), ...after],
    of: sold ? soldTariffs : tariffsOf,
    judge: ({ value, pointer }, view): Ruling => {
      const found = findings(value, view).find(({ id }) => ids.includes(id))
      if (found === undefined) return 'ok'
      const actual = JSON.stringify(at(value, found.path)) ?? 'nothing'
      return {
        message: `Tariff ${value.id}: ${found.reason}`,
        expected: found.fix,
        actual: actual.length > 120 ? `${actual.slice(0, 120)}…` : actual,
        field: `${pointer}${found.path}`,
      }
    },
  })

const at = (value: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((inner, name) => (inner as Readonly<Record<string, unknown>> | null | undefined)?.[name], value)

export const tariffsLintChecks: readonly Check[] = ROWS.map(checkOf)
