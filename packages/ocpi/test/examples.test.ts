/**
 * Every example file of the specification is read as what it is. A file that breaks the field tables of its own
 * chapter stands in ERRATA with exactly what is wrong; when a new copy mends it, the entry has to go.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { TSchema } from 'typebox'
import Type from 'typebox'
import { expect, test } from 'vitest'
import { Cdr } from '../src/modules/cdrs.ts'
import { Credentials } from '../src/modules/credentials.ts'
import { ConnectorPatch, Evse, EvsePatch, Location, LocationPatch } from '../src/modules/locations.ts'
import { EnergyMix, Hours } from '../src/modules/locations-parts.ts'
import {
  FinancialAdviceConfirmation,
  FinancialAdviceReceived,
  readAdvice,
  Terminal,
  TerminalActivation,
  TerminalChange,
  TerminalPatch,
  TerminalReceived,
} from '../src/modules/payments.ts'
import { Session, SessionPatch } from '../src/modules/sessions.ts'
import { Tariff } from '../src/modules/tariffs.ts'
import { Token, TokenPatch } from '../src/modules/tokens.ts'
import { VersionDetails, Versions } from '../src/modules/versions.ts'
import { parseJson } from '../src/parse-json.ts'
import { DateTime, DisplayText, int, object, oneOrMore, optional, text } from '../src/types.ts'
import { validatorOf } from '../src/validate.ts'

const FOLDER = new URL('../../../spec/2.3.0/examples/', import.meta.url)

const answer = (data: TSchema) =>
  object({ data, status_code: int, status_message: optional(text(255)), timestamp: DateTime })

/** A shape and the files it reads, without `.json`. */
const READ: readonly (readonly [TSchema, readonly string[]])[] = [
  [Cdr, ['cdr_example']],
  [Credentials, ['credentials_example', 'credentials_example2', 'credentials_example3', 'credentials_example4']],
  [
    object({ energy_mix: EnergyMix }),
    [
      'location_energymix_example_complete',
      'location_energymix_example_energy_provider',
      'location_energymix_example_simple',
    ],
  ],
  [
    Location,
    [
      'location_example',
      'location_example_parking_garage_opening_hours',
      'location_example_uc2_destination_charger',
      'location_example_uc3_destination_charger_not_published',
      'location_example_uc4_limited_visibility',
      'location_example_uc5_home_charge_point',
    ],
  ],
  [
    Hours,
    [
      'location_hours_247_open_exception_closing',
      'location_hours_opening_hours_with_exceptional_closing',
      'location_hours_opening_hours_with_exceptional_opening',
    ],
  ],
  [object({ opening_times: Hours }), ['location_regularhours_example']],
  [LocationPatch, ['location_patch_example_location']],
  [EvsePatch, ['location_patch_example_remove_evse', 'location_patch_example_status']],
  [ConnectorPatch, ['location_patch_example_tariff']],
  [Evse, ['location_put_example_add_evse']],
  [
    FinancialAdviceConfirmation,
    [
      'payment_financial_advice_confirmation_create',
      'payment_financial_advice_confirmation_example_failure',
      'payment_financial_advice_confirmation_example_success',
    ],
  ],
  [TerminalActivation, ['payment_terminal_activate']],
  [
    Terminal,
    [
      'payment_terminal_create',
      'payment_terminal_create_minimal',
      'payment_terminal_example_assigned_locations',
      'payment_terminal_example_assigned_locations_assigned_evses',
      'payment_terminal_example_newly_created',
      'payment_terminal_put_update',
    ],
  ],
  [TerminalPatch, ['payment_terminal_location_assignment']],
  [Session, ['session_example_1_simple_start', 'session_example_2_short_finished']],
  [SessionPatch, ['session_patch_example_charging_period', 'session_patch_example_total_cost']],
  [
    Tariff,
    [
      'tariff_10_025kwh_parking_start',
      'tariff_11_not_possible_alt_text',
      'tariff_12_025kwh_min_price',
      'tariff_13_simple_3hour_5parking',
      'tariff_14_step_size',
      'tariff_15_reservation_5_euro_per_hour',
      'tariff_16_reservation_2_euro_fee_5_euro_per_hour',
      'tariff_17_reservation_with_expire_fee',
      'tariff_18_reservation_with_expire_time',
      'tariff_19_simple_north_american_exclusive',
      'tariff_1_simple_2hour',
      'tariff_20_simple_north_american_inclusive',
      'tariff_2_alt_text',
      'tariff_3_alt_url',
      'tariff_4_complex',
      'tariff_5_free_of_charge',
      'tariff_6_025kwh_start_max_price',
      'tariff_8_simple_025kwh',
      'tariff_9_025kwh_start',
      'tariff_put_example',
      'tariffrestriction_example_max_duration',
      'tariffrestriction_example_max_power',
    ],
  ],
  [Token, ['token_example_1_app_user', 'token_example_2_full_rfid', 'token_put_example']],
  [TokenPatch, ['token_patch_example']],
  [answer(Token), ['transport_and_format_get_token_example']],
  [answer(oneOrMore(Token)), ['transport_and_format_get_token_list_example']],
  [answer(VersionDetails), ['transport_and_format_version_details_example']],
  [answer(Versions), ['transport_and_format_version_info_example']],
  [DisplayText, ['type_displaytext_example']],
  [VersionDetails, ['version_details_example', 'version_details_example2']],
  [Versions, ['versions_info_example']],
]

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

const files = READ.flatMap(([shape, names]) => names.map((name) => ({ name, shape })))

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
