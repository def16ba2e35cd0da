/** Which shape each official example file has, without `.json`; the files of 2.2.1 have the same names. (part H) */
import type { TSchema } from 'typebox'
import { Cdr } from '../src/modules/cdrs.ts'
import { Credentials } from '../src/modules/credentials.ts'
import { ConnectorPatch, Evse, EvsePatch, Location, LocationPatch } from '../src/modules/locations.ts'
import { EnergyMix, Hours } from '../src/modules/locations-parts.ts'
import { FinancialAdviceConfirmation, Terminal, TerminalActivation, TerminalPatch } from '../src/modules/payments.ts'
import { Session, SessionPatch } from '../src/modules/sessions.ts'
import { Tariff } from '../src/modules/tariffs.ts'
import { Token, TokenPatch } from '../src/modules/tokens.ts'
import { VersionDetails, Versions } from '../src/modules/versions.ts'
import { DateTime, DisplayText, int, object, oneOrMore, optional, text } from '../src/types.ts'

const answer = (data: TSchema) =>
  object({ data, status_code: int, status_message: optional(text(255)), timestamp: DateTime })

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

/** Every file that is read, with its shape. */
export const exampleShapes: readonly { readonly name: string; readonly shape: TSchema }[] = READ.flatMap(
  ([shape, names]) => names.map((name) => ({ name, shape })),
)
