import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { compare, decimal, toNumber, zero } from '../decimal.ts'
import { isFree } from '../free.ts'
import { grossLimit } from '../limits.ts'
import { knowsCurrency } from '../money.ts'
import type { Hit, Placed, Rule } from './rule.ts'
import { chargingComponents as charging, componentsOf } from './rule.ts'

/** A reservation that costs, or a least price, is a price too. (G-17, G-18) */
const costs = (tariff: Tariff) =>
  componentsOf(tariff).some(({ priced }) => priced.price !== 0) ||
  (tariff.min_price != null && compare(grossLimit(tariff, tariff.min_price, 'min_price'), zero) > 0)

/** A step_size of 0 is meant as "no step". (E-75) */
const stepOf = ({ step_size: step }: Placed['priced']) => Math.max(1, step)

const rates = (tariff: Tariff) => [
  ...new Set(componentsOf(tariff).flatMap(({ priced }) => (priced.vat == null ? [] : [priced.vat]))),
]

/** What single prices, steps and taxes say. */
export const priceRules: readonly Rule[] = [
  {
    id: 'unknown-currency',
    severity: 'error',
    about: 'A currency that ISO 4217 does not know.',
    cites: 'G-19',
    find: ({ currency }) =>
      knowsCurrency(currency)
        ? []
        : [
            {
              path: '/currency',
              reason: `${JSON.stringify(currency)} is no currency of ISO 4217.`,
              fix: 'Write three capitals, such as EUR.',
            },
          ],
  },
  {
    id: 'negative-price',
    severity: 'error',
    about: 'A price below zero, which no terminal can show.',
    cites: 'tariffs › PriceComponent',
    find: (tariff) =>
      componentsOf(tariff).flatMap(({ priced, path }): readonly Hit[] =>
        priced.price < 0
          ? [{ path: `${path}/price`, reason: `The price is ${priced.price}.`, fix: 'Write a price of 0 or more.' }]
          : [],
      ),
  },
  {
    id: 'prices-nothing',
    severity: 'warning',
    about: 'Nothing in it costs anything, but it does not say that charging is free.',
    cites: 'C-206',
    find: (tariff) =>
      !isFree(tariff) && !costs(tariff)
        ? [
            {
              path: '/elements',
              reason: 'Nothing in it costs anything, and that is not how a free tariff is written.',
              fix: 'Free of charge is one element without restrictions with one FLAT component of price 0.',
            },
          ]
        : [],
  },
  {
    id: 'step-size',
    severity: 'hint',
    about: 'A step_size other than 1.',
    cites: 'G-12, G-16',
    find: (tariff) =>
      componentsOf(tariff).flatMap(({ priced, path }): readonly Hit[] =>
        priced.type !== 'FLAT' && priced.step_size > 1
          ? [
              {
                path: `${path}/step_size`,
                reason: `The total is rounded up to a multiple of ${priced.step_size} ${priced.type === 'ENERGY' ? 'Wh' : 's'}: the driver pays for more than was used, and partners round differently.`,
                fix: 'Write 1, as the specification advises.',
              },
            ]
          : [],
      ),
  },
  {
    id: 'step-size-zero',
    severity: 'warning',
    about: 'A step_size of 0 or less.',
    cites: 'E-75',
    find: (tariff) =>
      componentsOf(tariff).flatMap(({ priced, path }): readonly Hit[] =>
        priced.type !== 'FLAT' && priced.step_size <= 0
          ? [{ path: `${path}/step_size`, reason: `${priced.step_size} is no step; it is read as 1.`, fix: 'Write 1.' }]
          : [],
      ),
  },
  {
    id: 'mixed-steps',
    severity: 'warning',
    about: 'Components of one dimension with different steps: the last one used decides for all.',
    cites: 'G-12',
    find: (tariff) =>
      (['ENERGY', 'TIME', 'PARKING_TIME'] as const).flatMap((type): readonly Hit[] => {
        const mine = charging(tariff).filter(({ priced }) => priced.type === type)
        // Asked for by the others only: where there is none, nothing is looked at.
        const first = mine[0] as Placed
        const other = mine.find(({ priced }) => stepOf(priced) !== stepOf(first.priced))
        return other === undefined
          ? []
          : [
              {
                path: `${other.path}/step_size`,
                reason: `${type} has steps of ${first.priced.step_size} and ${other.priced.step_size}; the step of the component that was active last rounds the whole session.`,
                fix: 'Give all components of a dimension the same step_size, best 1.',
              },
            ]
      }),
  },
  {
    id: 'tax-unknown',
    severity: 'warning',
    about: 'Net prices without any rate: the price with tax cannot be shown.',
    cites: 'E-73, G-20',
    find: (tariff) =>
      tariff.tax_included === 'NO' &&
      rates(tariff).length === 0 &&
      charging(tariff).some(({ priced }) => priced.price !== 0)
        ? [
            {
              path: '/tax_included',
              reason: 'Prices are without tax and no component has vat: what the driver pays is not known.',
              fix: 'Give each component its vat; if no tax applies, write tax_included N/A.',
            },
          ]
        : [],
  },
  {
    id: 'net-unknown',
    severity: 'warning',
    about: 'Gross prices without a rate: the net and the tax on the receipt are unknown.',
    cites: 'E-72',
    find: (tariff) =>
      tariff.tax_included === 'YES'
        ? charging(tariff).flatMap(({ priced, path }): readonly Hit[] =>
            priced.vat == null && priced.price !== 0
              ? [
                  {
                    path,
                    reason: 'The price contains tax, but not how much of it.',
                    fix: 'Give the component its vat.',
                  },
                ]
              : [],
          )
        : [],
  },
  {
    id: 'vat-missing-on-some',
    severity: 'hint',
    about: 'Some components have vat, others not.',
    cites: 'E-73',
    find: (tariff) =>
      tariff.tax_included === 'NO' && rates(tariff).length > 0
        ? charging(tariff).flatMap(({ priced, path }): readonly Hit[] =>
            priced.vat == null && priced.price !== 0
              ? [
                  {
                    path,
                    reason: 'No vat beside components that have one: read as "no VAT applies to this".',
                    fix: 'Write vat 0 for an exemption, or the rate that was forgotten.',
                  },
                ]
              : [],
          )
        : [],
  },
  {
    id: 'vat-without-tax',
    severity: 'error',
    about: 'tax_included says that no tax applies, a component has vat.',
    cites: 'G-20',
    find: (tariff) =>
      tariff.tax_included === 'N/A'
        ? componentsOf(tariff).flatMap(({ priced, path }): readonly Hit[] =>
            priced.vat != null && priced.vat !== 0
              ? [
                  {
                    path: `${path}/vat`,
                    reason: `tax_included N/A says that no tax applies, but vat is ${priced.vat} %.`,
                    fix: 'Write tax_included YES or NO, or remove vat.',
                  },
                ]
              : [],
          )
        : [],
  },
  {
    id: 'vat-range',
    severity: 'error',
    about: 'A rate that is no percentage of a tax.',
    cites: 'G-20',
    find: (tariff) =>
      componentsOf(tariff).flatMap(({ priced: { vat }, path }): readonly Hit[] => {
        if (vat == null) return []
        const isShare = vat > 0 && vat < 1
        if (!isShare && vat >= 0 && vat <= 40) return []
        return [
          {
            path: `${path}/vat`,
            reason: `vat is ${vat}; it is a percentage, 21 for 21 %.`,
            fix: isShare ? `Write ${toNumber(decimal(vat * 100), 2)}.` : 'Write the rate in percent.',
          },
        ]
      }),
  },
  {
    id: 'price-in-cents',
    severity: 'warning',
    about: 'A price per kWh that looks like cents.',
    cites: 'G-05',
    find: (tariff) =>
      ['EUR', 'GBP', 'USD', 'CHF', 'CAD', 'AUD'].includes(tariff.currency)
        ? componentsOf(tariff).flatMap(({ priced, path }): readonly Hit[] =>
            priced.type === 'ENERGY' && priced.price >= 5
              ? [
                  {
                    path: `${path}/price`,
                    reason: `${priced.price} ${tariff.currency} per kWh is very much; prices are in whole units, not in cents.`,
                    fix: `Write ${priced.price / 100}, if cents were meant.`,
                  },
                ]
              : [],
          )
        : [],
  },
  {
    id: 'more-than-four-decimals',
    severity: 'hint',
    about: 'A price with more decimals than OCPI gives its numbers.',
    cites: 'A-59',
    find: (tariff) =>
      componentsOf(tariff).flatMap(({ priced, path }): readonly Hit[] =>
        compare(decimal(toNumber(decimal(priced.price), 4)), decimal(priced.price)) === 0
          ? []
          : [
              {
                path: `${path}/price`,
                reason: `${priced.price} has more than four decimals; partners may cut it.`,
                fix: 'Write at most four decimals.',
              },
            ],
      ),
  },
  {
    id: 'no-energy-price',
    severity: 'hint',
    about: 'An ad-hoc tariff without a price per kWh.',
    cites: 'AFIR Article 5',
    find: (tariff) =>
      tariff.type === 'AD_HOC_PAYMENT' &&
      !isFree(tariff) &&
      !charging(tariff).some(({ priced }) => priced.type === 'ENERGY')
        ? [
            {
              path: '/elements',
              reason:
                'There is no price per kWh; in the EU ad-hoc prices at 50 kW and more are based on it, in Germany at any power.',
              fix: 'Add an ENERGY component.',
            },
          ]
        : [],
  },
  {
    id: 'several-fees',
    severity: 'hint',
    about: 'Several FLAT components: each is taken once, so they can add up.',
    cites: 'G-06',
    find: (tariff) => {
      const fees = charging(tariff).filter(({ priced }) => priced.type === 'FLAT' && priced.price > 0)
      const second = fees[1]
      return second === undefined
        ? []
        : [
            {
              path: second.path,
              reason: `There are ${fees.length} fees per session; each one that becomes active is taken, once.`,
              fix: 'Let one element hold the fee, if a session should pay one.',
            },
          ]
    },
  },
  {
    id: 'fee-above-highest-price',
    severity: 'hint',
    about: 'A fee that is already as high as max_price.',
    cites: 'G-18',
    find: (tariff) => {
      const max = tariff.max_price
      if (max == null) return []
      const most = toNumber(
        tariff.tax_included === 'YES' ? grossLimit(tariff, max, 'max_price') : decimal(max.before_taxes),
        4,
      )
      return charging(tariff).flatMap(({ priced, path }): readonly Hit[] =>
        priced.type === 'FLAT' && priced.price >= most && most > 0
          ? [
              {
                path: `${path}/price`,
                reason: `The fee of ${priced.price} reaches max_price ${most} by itself; nothing else ever costs anything.`,
                fix: 'Check max_price.',
              },
            ]
          : [],
      )
    },
  },
]
