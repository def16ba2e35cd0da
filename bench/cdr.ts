/** A CDR as a busy site sends it: 15 charging periods, two tariff elements, taxes on every cost; about 4 KB of text. */
import { type CdrReceived, cdrs } from '@plugtill/ocpi/modules/cdrs'
import { validatorOf } from '@plugtill/ocpi/validate'

const START = Date.parse('2030-07-02T10:00:00Z')
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString()
const price = (net: number) => ({
  before_taxes: net,
  taxes: [{ name: 'VAT', percentage: 21, amount: Math.round(net * 2100) / 10_000 }],
})

const cdr: CdrReceived = {
  country_code: 'NL',
  party_id: 'CPO',
  id: 'CDR-2030-07-02-000481',
  start_date_time: at(0),
  end_date_time: at(75),
  session_id: 'SES-2030-07-02-000481',
  cdr_token: {
    country_code: 'NL',
    party_id: 'PTP',
    uid: '5F2A9C0E81D34B7799AA',
    type: 'AD_HOC_USER',
    contract_id: '5F2A9C0E81D34B7799AA',
  },
  auth_method: 'COMMAND',
  authorization_reference: '0b7e0a4e-6a0c-4f0e-9b65-2f9d4f8f1c11',
  cdr_location: {
    id: 'LOC-CITY',
    name: 'City Garage',
    address: 'Stationsplein 1',
    city: 'Utrecht',
    postal_code: '3511ED',
    country: 'NLD',
    coordinates: { latitude: '52.089440', longitude: '5.110060' },
    evse_uid: 'NLPLGE101',
    evse_id: 'NL*PLG*E101',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  meter_id: 'M-7714-02',
  currency: 'EUR',
  tariffs: [
    {
      country_code: 'NL',
      party_id: 'CPO',
      id: 'AC-ADHOC',
      currency: 'EUR',
      type: 'AD_HOC_PAYMENT',
      tax_included: 'NO',
      preauthorize_amount: 50,
      tariff_alt_text: [
        { language: 'en', text: 'The blocking fee begins when your car no longer charges.' },
        { language: 'nl', text: 'Het blokkeertarief gaat in zodra uw auto niet meer laadt.' },
      ],
      elements: [
        {
          price_components: [
            { type: 'ENERGY', price: 0.4, vat: 21, step_size: 1 },
            { type: 'FLAT', price: 0.5, vat: 21, step_size: 1 },
          ],
        },
        {
          price_components: [{ type: 'PARKING_TIME', price: 2, vat: 21, step_size: 60 }],
          restrictions: { min_duration: 1800 },
        },
      ],
      last_updated: at(-60),
    },
  ],
  charging_periods: Array.from({ length: 15 }, (_, n) => ({
    start_date_time: at(n * 5),
    dimensions: [
      { type: 'ENERGY' as const, volume: 1.0416 },
      { type: 'TIME' as const, volume: 0.0833 },
    ],
    tariff_id: 'AC-ADHOC',
  })),
  total_cost: price(7.25),
  total_fixed_cost: price(0.5),
  total_energy: 15.624,
  total_energy_cost: price(6.25),
  total_time: 1.25,
  total_parking_time: 0.25,
  total_parking_cost: price(0.5),
  invoice_reference_id: 'INV-2030-000481',
  last_updated: at(76),
}

const findings = validatorOf(cdrs.receiver.postCdr.body ?? {}).findings(cdr)
if (findings.length > 0) throw new Error(`The CDR of the bench is not valid: ${JSON.stringify(findings)}`)

export const cdrText = JSON.stringify(cdr)
