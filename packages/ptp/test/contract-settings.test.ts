import { expect, test } from 'vitest'
import { type Contract, type ContractParts, createContracts } from '../src/contracts/contract.ts'
import { CONTRACT_SETTINGS, readSetting, settingFromText, settingNamed } from '../src/contracts/contract-settings.ts'
import { effectiveSettings, termsFor } from '../src/contracts/terms-of-contract.ts'
import { defaultSettings } from '../src/settings.ts'

const base = { ...defaultSettings, keySecret: 'secret' }
const contract = (settings: Contract['settings']): Contract => ({
  id: 'C-1',
  peerId: 'p',
  name: 'n',
  settings,
  lastUpdated: '2030-01-01T00:00:00Z',
})

test('without a contract everything is as the platform has it', () => {
  expect(termsFor(base, undefined)).toBe(base)
})

test('seconds become ms, amounts are laid over currency by currency, the rest takes its place', () => {
  const terms = termsFor(
    base,
    contract({
      plug_in_window_s: 90,
      hold_cap_minor: { EUR: 700 },
      hold_max_minor: { EUR: 900 },
      currencies: ['EUR'],
      no_cdr: 'session-cost',
    }),
  )
  expect(terms.plugInWindowMs).toBe(90_000)
  expect(terms.holdCapMinor).toMatchObject({ EUR: 700, GBP: 4000 })
  expect(terms.holdLimitsMinor).toMatchObject({ EUR: { minMinor: 100, maxMinor: 900 }, GBP: { maxMinor: 20_000 } })
  expect([terms.currencies, terms.noCdr]).toEqual([['EUR'], 'session-cost'])
})

test.each([
  ['plug_in_window_s', -1],
  ['plug_in_window_s', 1.5],
  ['cdr_alarms_s', [1, 'x']],
  ['no_cdr', 'keep'],
  ['minimum_hold_share', 2],
  ['hold_cap_minor', { eur: 1 }],
  ['hold_cap_minor', { EUR: -1 }],
  ['hold_choices_minor', { EUR: [] }],
  ['currencies', ['EURO']],
  ['allow_regular_tariff', 'yes'],
  ['psp_account', 'two words'],
])('%s cannot be %j', (name, value) => {
  expect(readSetting(settingNamed(name)!, value)).toHaveProperty('rule')
})

test.each([
  ['start_grace_s', 0, 600],
  ['plug_in_window_s', 5, 3600],
  ['session_poll_s', 5, 3600],
  ['cdr_deadline_s', 10, 7200],
  ['cdr_chase_s', 900, 75_600],
])('%s is from %d to %d; what was kept when more was allowed is brought there', (name, least, most) => {
  const setting = settingNamed(name)!
  for (const fits of [least, most]) expect(readSetting(setting, fits)).toEqual({ value: fits * 1000 })
  for (const wrong of [least - 1, most + 1])
    expect(readSetting(setting, wrong)).toEqual({ rule: `whole seconds from ${least} to ${most}` })
  const kept = (value: number) => effectiveSettings(termsFor(base, contract({ [name]: value })))[name]
  expect([kept(-1), kept(604_800)]).toEqual([least, most])
})

test('a refused wait is told with its name, its value and what it may be', async () => {
  const peers = { get: async () => ({}) }
  const documents = { get: async () => undefined }
  const own = { accounts: [], settings: base, clock: { now: () => 0 }, ids: () => 'C' }
  const parts = { ...own, peers, documents } as unknown as ContractParts
  const made = createContracts(parts).add({ peerId: 'p', name: 'n', settings: { session_poll_s: 0 } })
  await expect(made).rejects.toThrow('session_poll_s is 0; it has to be whole seconds from 5 to 3600.')
})

test('the last look for a CDR leaves an hour of the day in which the schemes want the hold decided (F57)', () => {
  const most = (name: string) => {
    const { value } = settingNamed(name)!
    return value.kind === 'seconds' ? value.range[1] : Number.NaN
  }
  expect(most('cdr_chase_s') + most('cdr_deadline_s')).toBeLessThanOrEqual(23 * 3600)
})

test('what a person types is what the API is given', () => {
  const typed = (name: string, text: string) => settingFromText(settingNamed(name)!, text)
  expect(typed('hold_choices_minor', 'EUR:1000/2000,GBP:900')).toEqual({ EUR: [1000, 2000], GBP: [900] })
  expect(typed('hold_cap_minor', 'EUR:1000')).toEqual({ EUR: 1000 })
  expect(typed('cdr_alarms_s', '60,120')).toEqual([60, 120])
  expect(typed('currencies', '')).toEqual([])
  expect(typed('allow_regular_tariff', 'true')).toBe(true)
  expect(readSetting(settingNamed('hold_cap_minor')!, typed('hold_cap_minor', 'EUR:ten'))).toHaveProperty('rule')
})

test('every default can be said back as a setting: nothing is shown that could not be set', () => {
  const shown = effectiveSettings(base)
  for (const setting of CONTRACT_SETTINGS) {
    const value = shown[setting.name]
    if (value !== null) expect(readSetting(setting, value), setting.name).toHaveProperty('value')
  }
  const settings = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null))
  expect(effectiveSettings(termsFor(base, contract(settings)))).toEqual(shown)
})

test.each(['EUR:50.00', 'EUR:50.50', 'EUR:50:00', 'EUR:', 'EUR:1000,EUR:2000', 'EUR:1e3'])(
  'an amount is typed in minor units: hold_cap_minor=%s is refused, and told what to write',
  async (text) => {
    const setting = settingNamed('hold_cap_minor')!
    const peers = { get: async () => ({}) }
    const own = { accounts: [], settings: base, clock: { now: () => 0 }, ids: () => 'C' }
    const parts = { ...own, peers, documents: { get: async () => undefined } } as unknown as ContractParts
    const settings = { hold_cap_minor: settingFromText(setting, text) }
    await expect(createContracts(parts).add({ peerId: 'p', settings })).rejects.toThrow(
      'it has to be whole minor units by currency, each once and without a decimal point: EUR:5000 for 50.00 EUR',
    )
  },
)

test.each(['EUR:10.00/20.00', 'EUR:1000/20:00'])('hold_choices_minor=%s is no list of minor units', (text) => {
  const setting = settingNamed('hold_choices_minor')!
  expect(readSetting(setting, settingFromText(setting, text))).toHaveProperty('rule')
})
