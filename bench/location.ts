/** A Location as a busy site sends it: three EVSEs with two connectors each, texts, opening times; about 4 KB of text. */
import { type Location, locations } from '@plugtill/ocpi/modules/locations'
import { validatorOf } from '@plugtill/ocpi/validate'

const AT = '2030-07-02T10:00:00.000Z'

const connector = (id: string, power: number) => ({
  id,
  standard: 'IEC_62196_T2_COMBO' as const,
  format: 'CABLE' as const,
  power_type: 'DC' as const,
  max_voltage: 920,
  max_amperage: 500,
  max_electric_power: power,
  tariff_ids: ['DC-ADHOC', 'DC-ROAMING'],
  terms_and_conditions: 'https://cpo.example/terms/charging-2030.html',
  last_updated: AT,
})

const evse = (number: number) => ({
  uid: `NLPLGE10${number}`,
  evse_id: `NL*PLG*E10${number}`,
  status: 'AVAILABLE' as const,
  capabilities: ['REMOTE_START_STOP_CAPABLE', 'CREDIT_CARD_PAYABLE', 'UNLOCK_CAPABLE'],
  connectors: [connector('1', 300_000), connector('2', 150_000)],
  floor_level: '-1',
  coordinates: { latitude: '52.089440', longitude: '5.110060' },
  physical_reference: `Bay ${number}`,
  directions: [{ language: 'en', text: 'Follow the green line from the entrance to the second row.' }],
  parking_restrictions: ['EV_ONLY', 'PLUGGED'],
  last_updated: AT,
})

const hours = (weekday: number) => ({ weekday, period_begin: '06:00', period_end: '23:30' })

const location = {
  country_code: 'NL',
  party_id: 'CPO',
  id: 'LOC-CITY',
  publish: true,
  name: 'City Garage',
  address: 'Stationsplein 1',
  city: 'Utrecht',
  postal_code: '3511ED',
  country: 'NLD',
  coordinates: { latitude: '52.089440', longitude: '5.110060' },
  parking_type: 'PARKING_GARAGE',
  evses: [evse(1), evse(2), evse(3)],
  directions: [{ language: 'nl', text: 'Inrit aan de oostzijde, daarna twee keer rechts.' }],
  operator: { name: 'Plugtill Charging', website: 'https://cpo.example' },
  facilities: ['CAFE', 'WIFI', 'TRAIN_STATION'],
  time_zone: 'Europe/Amsterdam',
  opening_times: { twentyfourseven: false, regular_hours: [1, 2, 3, 4, 5].map(hours) },
  images: [
    { url: 'https://cpo.example/images/garage.jpg', category: 'ENTRANCE', type: 'jpeg', width: 1280, height: 720 },
  ],
  energy_mix: {
    is_green_energy: true,
    energy_sources: [
      { source: 'WIND', percentage: 60 },
      { source: 'SOLAR', percentage: 40 },
    ],
    supplier_name: 'Greenpeer',
  },
  last_updated: AT,
} as unknown as Location

const validator = validatorOf(locations.receiver.putLocation.body ?? (null as never))
if (!validator.check(location))
  throw new Error(`The Location of the bench is not valid: ${JSON.stringify(validator.findings(location))}`)

export const locationText = JSON.stringify(location)
export const locationWith = (id: string): object => ({ ...location, id })
