/**
 * Every example file of the specification is read as what it is. A file that breaks the field tables of its own
 * chapter stands in ERRATA with exactly what is wrong; when a new copy mends it, the entry has to go.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { TSchema } from 'typebox'
import Type from 'typebox'
import { expect, test } from 'vitest'
import { Hours } from '../src/modules/locations-parts.ts'
import {
  FinancialAdviceConfirmation,
  FinancialAdviceReceived,
  readAdvice,
  TerminalChange,
  TerminalReceived,
} from '../src/modules/payments.ts'
import { parseJson } from '../src/parse-json.ts'
import { validatorOf } from '../src/validate.ts'
import { exampleShapes } from './example-shapes.ts'

const FOLDER = new URL('../../../spec/2.3.0/examples/', import.meta.url)

const MISSING = 'required, but missing'

interface Erratum {
  readonly why: string
  /** JSON pointer and rule of every finding. */
  readonly findings: Readonly<Record<string, string>>
}

const ERRATA: Readonly<Record<string, Erratum>> = {
  cdr_example: {
    why: 'its Tariff was not brought to 2.3.0 (H-01)',
    findings: { '/tariffs/0/tax_included': MISSING },
  },
  location_put_example_add_evse: {
    why: 'the Connector was written for an early draft (H-10)',
    findings: {
      '/connectors/0/power_type': MISSING,
      '/connectors/0/max_voltage': MISSING,
      '/connectors/0/max_amperage': MISSING,
      '/connectors/0/last_updated': MISSING,
      '/physical_reference': 'text, not a whole number',
    },
  },
  payment_terminal_create_minimal: {
    why: 'minimal by intention, against its own table (H-13, E-10)',
    findings: { '/last_updated': MISSING },
  },
  payment_terminal_location_assignment: {
    why: 'a PATCH without last_updated (H-14, E-06)',
    findings: { '/last_updated': MISSING },
  },
  payment_terminal_put_update: {
    why: 'a PUT that is meant as a PATCH (H-15, E-05)',
    findings: {
      '/terminal_id': MISSING,
      '/invoice_base_url': 'an absolute http or https URL',
    },
  },
  payment_financial_advice_confirmation_create: {
    why: 'the Price of 2.2.1 (H-16, E-14)',
    findings: { '/total_costs/before_taxes': MISSING },
  },
  payment_financial_advice_confirmation_example_success: {
    why: 'the Price of 2.2.1 (H-16, E-14)',
    findings: { '/total_costs/before_taxes': MISSING },
  },
  payment_financial_advice_confirmation_example_failure: {
    why: 'the Price of 2.2.1, and no line for an invoice that never comes (H-17, E-14, E-15)',
    findings: { '/total_costs/before_taxes': MISSING, '/eft_data': MISSING },
  },
  tariff_put_example: {
    why: 'last_updated forgotten (H-21)',
    findings: { '/last_updated': MISSING },
  },
}

const files = exampleShapes

const exampleOf = (name: string): unknown => parseJson(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))

test('every example file has its shape, and every named file is there', () => {
  const inFolder = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  expect(files.map(({ name }) => `${name}.json`).sort()).toEqual(inFolder.sort())
  expect(inFolder).toHaveLength(72)
})

test('every erratum names a file that is read', () => {
  expect(Object.keys(ERRATA).filter((name) => !files.some((file) => file.name === name))).toEqual([])
  expect(Object.keys(ERRATA)).toHaveLength(9)
})

test.each(files)('$name is valid, or wrong exactly as listed', ({ name, shape }) => {
  const findings = validatorOf(shape).findings(exampleOf(name))

  expect(Object.fromEntries(findings.map(({ path, rule }) => [path, rule]))).toEqual(ERRATA[name]?.findings ?? {})
  expect(validatorOf(shape).check(exampleOf(name))).toBe(findings.length === 0)
})

test.each([
  ['payment_terminal_create_minimal', TerminalReceived],
  ['payment_terminal_location_assignment', TerminalChange],
  ['payment_financial_advice_confirmation_create', FinancialAdviceReceived],
  ['payment_financial_advice_confirmation_example_success', FinancialAdviceReceived],
  ['payment_financial_advice_confirmation_example_failure', FinancialAdviceReceived],
] as const)('the erratum %s is accepted where we read it', (name, shape) => {
  expect(validatorOf(shape as TSchema).findings(exampleOf(name))).toEqual([])
})

test('an advice with the old price reads as the new one', () => {
  const value = exampleOf('payment_financial_advice_confirmation_example_success')
  if (!validatorOf(FinancialAdviceReceived).check(value)) throw new Error('the example has to be accepted')

  const advice = readAdvice(value)

  expect(validatorOf(FinancialAdviceConfirmation).findings(advice)).toEqual([])
  expect(advice.total_costs.taxes).toHaveLength(1)
})

test('a wrapper shape tells fragments apart from whole objects', () => {
  expect(
    validatorOf(Type.Object({ opening_times: Hours })).check(exampleOf('location_hours_247_open_exception_closing')),
  ).toBe(false)
})
