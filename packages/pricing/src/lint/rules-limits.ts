import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { parseDateTime } from '@plugtill/ocpi/types'
import { compare, decimal, toNumber } from '../decimal.ts'
import { displayTariff } from '../display.ts'
import { isFree } from '../free.ts'
import { grossLimit } from '../limits.ts'
import type { Hit, Rule } from './rule.ts'
import { componentsOf } from './rule.ts'

const limits = ['min_price', 'max_price'] as const

/** Limits, holds, validity and texts: what the tariff says as a whole. */
export const limitRules: readonly Rule[] = [
  {
    id: 'gross-below-net',
    severity: 'error',
    about: 'A limit whose amount with tax is below the one without.',
    cites: 'G-18',
    find: (tariff) =>
      limits.flatMap((name): readonly Hit[] => {
        const limit = tariff[name]
        if (limit?.after_taxes == null || limit.after_taxes >= limit.before_taxes) return []
        return [
          {
            path: `/${name}/after_taxes`,
            reason: `${limit.after_taxes} with tax is less than ${limit.before_taxes} without.`,
            fix: 'Exchange the two amounts, or correct them.',
          },
        ]
      }),
  },
  {
    id: 'limit-without-its-tax',
    severity: 'error',
    about: 'A limit whose tax fits no rate of the tariff.',
    cites: 'G-18, G-20',
    find: (tariff) => limits.flatMap((name) => taxOfLimit(tariff, name)),
  },
  {
    id: 'limit-without-gross',
    severity: 'hint',
    about: 'A limit without after_taxes.',
    cites: 'G-18',
    find: (tariff) =>
      limits.flatMap((name): readonly Hit[] => {
        const limit = tariff[name]
        if (limit == null || limit.after_taxes != null || tariff.tax_included === 'N/A') return []
        return [
          {
            path: `/${name}`,
            reason: 'Only the amount without tax is limited; what the driver sees at most or at least is not said.',
            fix: 'Add after_taxes.',
          },
        ]
      }),
  },
  {
    id: 'least-above-highest',
    severity: 'error',
    about: 'min_price above max_price.',
    cites: 'G-18',
    find: ({ min_price: min, max_price: max }) => {
      if (min == null || max == null) return []
      const crossed =
        min.before_taxes > max.before_taxes ||
        (min.after_taxes != null && max.after_taxes != null && min.after_taxes > max.after_taxes)
      return crossed
        ? [
            {
              path: '/min_price',
              reason: `The least price ${min.before_taxes} is above the highest price ${max.before_taxes}.`,
              fix: 'Exchange the two limits, or correct them.',
            },
          ]
        : []
    },
  },
  {
    id: 'negative-limit',
    severity: 'error',
    about: 'A limit or a hold below zero.',
    cites: 'G-18, C-207',
    find: (tariff) => [
      ...limits.flatMap((name): readonly Hit[] => {
        const limit = tariff[name]
        if (limit == null || !(limit.before_taxes < 0)) return []
        return [{ path: `/${name}/before_taxes`, reason: `${name} is ${limit.before_taxes}.`, fix: 'Write 0 or more.' }]
      }),
      ...((tariff.preauthorize_amount ?? 0) < 0
        ? [
            {
              path: '/preauthorize_amount',
              reason: `It is ${tariff.preauthorize_amount}.`,
              fix: 'Write the amount to hold, taxes included.',
            },
          ]
        : []),
    ],
  },
  {
    id: 'hold-below-least-price',
    severity: 'error',
    about: 'The hold does not cover what every session costs.',
    cites: 'C-207, E-24',
    find: (tariff) => {
      const { preauthorize_amount: hold, min_price: min } = tariff
      if (hold == null || hold <= 0 || min == null) return []
      const least = grossLimit(tariff, min, 'min_price')
      return compare(decimal(hold), least) < 0
        ? [
            {
              path: '/preauthorize_amount',
              reason: `${hold} is held, but every session costs at least ${toNumber(least, 4)} with tax.`,
              fix: `Hold at least ${toNumber(least, 4)}, in practice the cost of a usual session.`,
            },
          ]
        : []
    },
  },
  {
    id: 'hold-above-highest-price',
    severity: 'hint',
    about: 'The hold is more than any session can cost.',
    cites: 'C-207, E-24',
    find: (tariff) => {
      const { preauthorize_amount: hold, max_price: max } = tariff
      if (hold == null || max == null) return []
      const most = grossLimit(tariff, max, 'max_price')
      return compare(decimal(hold), most) > 0
        ? [
            {
              path: '/preauthorize_amount',
              reason: `${hold} is held, no session costs more than ${toNumber(most, 4)}: money of the driver is frozen for nothing.`,
              fix: `Hold ${toNumber(most, 4)}.`,
            },
          ]
        : []
    },
  },
  {
    id: 'hold-of-zero',
    severity: 'warning',
    about: 'A preauthorize_amount of 0 for a tariff that costs.',
    cites: 'C-207',
    find: (tariff) =>
      tariff.preauthorize_amount === 0 && !isFree(tariff)
        ? [
            {
              path: '/preauthorize_amount',
              reason: 'A hold of 0 secures nothing; terminals treat it as if no amount was given.',
              fix: 'Write the amount to hold, or leave it out.',
            },
          ]
        : [],
  },
  {
    id: 'no-hold',
    severity: 'hint',
    about: 'Neither preauthorize_amount nor max_price: the terminal decides how much it holds.',
    cites: 'E-24',
    find: (tariff) =>
      tariff.preauthorize_amount == null && tariff.max_price == null && !isFree(tariff) && forCards(tariff)
        ? [
            {
              path: '',
              reason:
                'The tariff does not say how much to hold on the card; the terminal takes its own default and stops charging there.',
              fix: 'Set preauthorize_amount (taxes included) or max_price.',
            },
          ]
        : [],
  },
  {
    id: 'no-type',
    severity: 'hint',
    about: 'No type: the tariff applies to every session, also to those of roaming partners.',
    cites: 'E-23',
    find: ({ type }) =>
      type == null
        ? [
            {
              path: '',
              reason:
                'Without a type the tariff is for all sessions; a terminal uses it only if no AD_HOC_PAYMENT tariff is there.',
              fix: 'Set type AD_HOC_PAYMENT for the price of card payment.',
            },
          ]
        : [],
  },
  {
    id: 'not-for-cards',
    severity: 'hint',
    about: 'A type that card terminals do not offer.',
    cites: 'E-23',
    find: (tariff) =>
      forCards(tariff)
        ? []
        : [
            {
              path: '/type',
              reason: `${tariff.type} is not the price of ad-hoc payment; a card terminal does not offer it.`,
              fix: 'Make a tariff of type AD_HOC_PAYMENT for the terminal.',
            },
          ],
  },
  {
    id: 'ends-before-start',
    severity: 'error',
    about: 'A tariff that ends before it starts.',
    cites: 'G-10',
    find: ({ start_date_time: start, end_date_time: end }) =>
      start != null && end != null && parseDateTime(end) <= parseDateTime(start)
        ? [
            {
              path: '/end_date_time',
              reason: `It ends at ${end}, before it starts at ${start}.`,
              fix: 'Correct the two times.',
            },
          ]
        : [],
  },
  {
    id: 'ended-tariff',
    severity: 'warning',
    about: 'A tariff whose time is over.',
    cites: 'G-10',
    find: ({ end_date_time: end }, { at }) =>
      end != null && at !== undefined && parseDateTime(end) <= at
        ? [
            {
              path: '/end_date_time',
              reason: `The tariff ended at ${end}.`,
              fix: 'Send the tariff that is valid now, and remove this one from the connectors.',
            },
          ]
        : [],
  },
  {
    id: 'not-yet-valid',
    severity: 'hint',
    about: 'A tariff that has not begun.',
    cites: 'G-10',
    find: ({ start_date_time: start }, { at }) =>
      start != null && at !== undefined && parseDateTime(start) > at
        ? [
            {
              path: '/start_date_time',
              reason: `The tariff begins at ${start}.`,
              fix: 'Until then connectors need another one that is valid.',
            },
          ]
        : [],
  },
  {
    id: 'text-language',
    severity: 'warning',
    about: 'Texts in a language code that is none, or two in one language.',
    cites: 'A-63',
    find: ({ tariff_alt_text: texts }) =>
      (texts ?? []).flatMap(({ language }, index, all): readonly Hit[] => {
        const path = `/tariff_alt_text/${index}/language`
        if (!/^[a-z]{2}$/.test(language))
          return [
            {
              path,
              reason: `${JSON.stringify(language)} is no language code of ISO 639-1.`,
              fix: 'Write two small letters, such as en.',
            },
          ]
        return all.findIndex((one) => one.language === language) < index
          ? [{ path, reason: `There is a text in ${language} already.`, fix: 'Send one text per language.' }]
          : []
      }),
  },
  {
    id: 'text-repeats-price',
    severity: 'hint',
    about: 'A text that names an amount; it can contradict the elements.',
    cites: 'C-204',
    find: ({ tariff_alt_text: texts, currency }) =>
      (texts ?? []).flatMap(({ text }, index): readonly Hit[] =>
        new RegExp(`\\d\\s*(€|£|\\$|${currency})|(€|£|\\$|${currency})\\s*\\d|\\d\\s*(ct|cent)`, 'i').test(text)
          ? [
              {
                path: `/tariff_alt_text/${index}/text`,
                reason: 'The text names a price; terminals show it beside the prices of the elements.',
                fix: 'Say in the text only what the elements cannot.',
              },
            ]
          : [],
      ),
  },
  {
    id: 'cannot-be-shown',
    severity: 'warning',
    about: 'A terminal cannot show the price honestly, so it sells nothing under this tariff.',
    cites: 'AFIR Article 5',
    find: (tariff) => {
      if (!forCards(tariff)) return []
      const shown = displayTariff(tariff, { language: 'en' })
      return 'refused' in shown
        ? [{ path: '', reason: shown.refused, fix: 'Mend what is named; until then no terminal offers the tariff.' }]
        : []
    },
  },
]

const forCards = ({ type }: Tariff) => type == null || type === 'AD_HOC_PAYMENT'

/** The tax of a limit lies between the lowest and the highest rate of the tariff. */
function taxOfLimit(tariff: Tariff, name: (typeof limits)[number]): readonly Hit[] {
  const limit = tariff[name]
  if (limit?.after_taxes == null || limit.before_taxes <= 0 || limit.after_taxes < limit.before_taxes) return []
  const path = `/${name}/after_taxes`
  if (tariff.tax_included === 'N/A')
    return limit.after_taxes === limit.before_taxes
      ? []
      : [
          {
            path,
            reason: `tax_included N/A says that no tax applies, but ${name} has one.`,
            fix: 'Make both amounts alike, or correct tax_included.',
          },
        ]
  const rates = componentsOf(tariff).flatMap(({ priced }) => (priced.vat == null ? [] : [priced.vat]))
  if (rates.length === 0) return []
  const lowest = componentsOf(tariff).some(({ priced }) => priced.vat == null) ? 0 : Math.min(...rates)
  const rate = (limit.after_taxes / limit.before_taxes - 1) * 100
  if (rate >= lowest - 0.6 && rate <= Math.max(...rates) + 0.6) return []
  return [
    {
      path,
      reason: `${limit.before_taxes} and ${limit.after_taxes} are ${rate.toFixed(1)} % apart, the rates of the tariff are ${[...new Set(rates)].join(', ')} %.`,
      fix: 'Calculate after_taxes with the rate of the tariff.',
    },
  ]
}
