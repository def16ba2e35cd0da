/** The sites of the sandbox: one slow and one fast charging place in the Netherlands. */
import type { Site, SiteEvse, Sites, SiteTariff } from './configuration.ts'

const CAPABILITIES = [
  'REMOTE_START_STOP_CAPABLE',
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'CONTACTLESS_CARD_SUPPORT',
] as const

const acEvse = (number: 1 | 2): SiteEvse => ({
  uid: `NLPLGE10${number}`,
  evse_id: `NL*PLG*E10${number}`,
  capabilities: [...CAPABILITIES],
  physical_reference: String(number),
  connectors: [
    {
      id: '1',
      standard: 'IEC_62196_T2',
      format: 'SOCKET',
      power_type: 'AC_3_PHASE',
      max_voltage: 400,
      max_amperage: 32,
      max_electric_power: 22_000,
      tariff_ids: ['AC-ADHOC'],
      charger: { id: 'PLG-AC-1', connector: number },
    },
  ],
})

const dcEvse = (number: 3 | 4): SiteEvse => ({
  uid: `NLPLGE20${number}`,
  evse_id: `NL*PLG*E20${number}`,
  capabilities: [...CAPABILITIES],
  physical_reference: String(number),
  connectors: [
    {
      id: '1',
      standard: 'IEC_62196_T2_COMBO',
      format: 'CABLE',
      power_type: 'DC',
      max_voltage: 920,
      max_amperage: 250,
      max_electric_power: 150_000,
      tariff_ids: ['DC-ADHOC'],
      charger: { id: 'PLG-DC-1', connector: number - 2 },
    },
  ],
})

const operator = { name: 'Plugtill Charging', website: 'https://plugtill.example' }

const locations: readonly Site[] = [
  {
    id: 'LOC-CITY',
    publish: true,
    name: 'City Garage',
    address: 'Stationsplein 1',
    city: 'Utrecht',
    postal_code: '3511ED',
    country: 'NLD',
    coordinates: { latitude: '52.089440', longitude: '5.110060' },
    parking_type: 'PARKING_GARAGE',
    time_zone: 'Europe/Amsterdam',
    opening_times: { twentyfourseven: true },
    operator,
    help_phone: '+31201234567',
    evses: [acEvse(1), acEvse(2)],
  },
  {
    id: 'LOC-HIGHWAY',
    publish: true,
    name: 'Highway Hub',
    address: 'A2 afrit 12',
    city: 'Breukelen',
    postal_code: '3621XP',
    country: 'NLD',
    coordinates: { latitude: '52.173330', longitude: '4.990000' },
    parking_type: 'ALONG_MOTORWAY',
    time_zone: 'Europe/Amsterdam',
    opening_times: { twentyfourseven: true },
    operator,
    help_phone: '+31201234567',
    evses: [dcEvse(3), dcEvse(4)],
  },
]

const VAT = 21

/** Texts add to the prices, they do not repeat them. (C-204) The languages are those a terminal can offer. */
const texts = (en: string, de: string, nl: string) => [
  { language: 'en', text: en },
  { language: 'de', text: de },
  { language: 'nl', text: nl },
]

const tariffs: readonly SiteTariff[] = [
  {
    id: 'AC-ADHOC',
    currency: 'EUR',
    type: 'AD_HOC_PAYMENT',
    tax_included: 'NO',
    preauthorize_amount: 50,
    tariff_alt_text: texts(
      'The blocking fee begins when your car no longer charges.',
      'Die Blockiergebühr beginnt, sobald Ihr Auto nicht mehr lädt.',
      'Het blokkeertarief gaat in zodra uw auto niet meer laadt.',
    ),
    elements: [
      {
        price_components: [
          { type: 'ENERGY', price: 0.4, vat: VAT, step_size: 1 },
          { type: 'FLAT', price: 0.5, vat: VAT, step_size: 1 },
          { type: 'PARKING_TIME', price: 2, vat: VAT, step_size: 60 },
        ],
      },
    ],
  },
  {
    id: 'DC-ADHOC',
    currency: 'EUR',
    type: 'AD_HOC_PAYMENT',
    tax_included: 'NO',
    preauthorize_amount: 50,
    tariff_alt_text: texts(
      'Please leave the place free when your car has finished charging.',
      'Bitte machen Sie den Platz frei, wenn Ihr Auto fertig geladen ist.',
      'Maak de plaats vrij zodra uw auto klaar is met laden.',
    ),
    elements: [
      {
        price_components: [
          { type: 'ENERGY', price: 0.55, vat: VAT, step_size: 1 },
          { type: 'FLAT', price: 1, vat: VAT, step_size: 1 },
          { type: 'PARKING_TIME', price: 6, vat: VAT, step_size: 60 },
        ],
      },
    ],
  },
]

export const demoSites: Sites = { locations, tariffs }
