import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { afterAll, expect, test } from 'vitest'
import { originsOf, readConfig } from '../src/config.ts'
import { loadAccounts } from '../src/psp-accounts.ts'
import { refuseOtherSecret } from '../src/secrets.ts'
import { type Platform, wrongInServe } from '../src/serve-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'plugtill-serve-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

function wrongFor(platform: Platform, env: Readonly<Record<string, string>>): string | undefined {
  return wrongInServe(readConfig({ env }), originsOf({ env }), platform)
}

const KEY = { PLUGTILL_API_KEY: 'a-key-of-ours' }
const PARTY = { PLUGTILL_COUNTRY_CODE: 'DE', PLUGTILL_PARTY_ID: 'ABC' }
const PUBLIC = { PLUGTILL_PUBLIC_URL: 'https://pay.example' }

test('on this machine alone a platform starts with nothing said', () => {
  expect(wrongFor('ptp', {})).toBeUndefined()
  expect(wrongFor('cpo', { PLUGTILL_PUBLIC_URL: 'http://localhost:9000' })).toBeUndefined()
})

test.each([
  [
    'an address of a network',
    { PLUGTILL_HOST: '10.0.0.5', ...KEY },
    '10.0.0.5',
    'PLUGTILL_PUBLIC_URL, PLUGTILL_PSP, PLUGTILL_COUNTRY_CODE, PLUGTILL_PARTY_ID',
  ],
  [
    'a public address through a proxy',
    PUBLIC,
    'https://pay.example',
    'PLUGTILL_API_KEY, PLUGTILL_PSP, PLUGTILL_COUNTRY_CODE, PLUGTILL_PARTY_ID',
  ],
  ['a provider that nobody named', { ...PUBLIC, ...KEY, ...PARTY }, 'https://pay.example', 'PLUGTILL_PSP'],
])('%s has to be said completely: one line names what is missing', (_, env, where, missing) => {
  expect(wrongFor('ptp', env)).toBe(
    `${where} can be reached from other machines: set ${missing} as well ("simulated" has to be said).`,
  )
})

test('what is said is enough, and a CPO needs no payment provider', () => {
  expect(wrongFor('ptp', { ...PUBLIC, ...KEY, ...PARTY, PLUGTILL_PSP: 'simulated' })).toBeUndefined()
  expect(wrongFor('cpo', { ...PUBLIC, ...KEY, ...PARTY })).toBeUndefined()
})

test('an empty key is no key', () => {
  expect(wrongFor('cpo', { ...PUBLIC, ...PARTY, PLUGTILL_API_KEY: '' })).toMatch(/set PLUGTILL_API_KEY as well\.$/)
})

test.each([
  ['PLUGTILL_COUNTRY_CODE', 'de'],
  ['PLUGTILL_PARTY_ID', 'ABCD'],
  ['PLUGTILL_KEY_SECRET', 'too-short'],
  ['PLUGTILL_TRUST_PROXY', 'everybody'],
  ['PLUGTILL_TRUST_PROXY', '10.0.0.0/8,'],
  ['PLUGTILL_STOP_S', '-1'],
])('%s cannot be "%s"', (name, value) => {
  expect(() => readConfig({ env: { [name]: value } })).toThrow(name)
})

test('proxies are trusted by address, by network, or because they run here', () => {
  const value = 'loopback,10.0.0.0/8,fd00::/8,192.0.2.7'
  expect(readConfig({ env: { PLUGTILL_TRUST_PROXY: value } }).trustProxy).toBe(value)
})

test('a database that was begun with one key secret refuses a node with another', async () => {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const secret = 's'.repeat(32)
  await refuseOtherSecret(store, secret)
  await refuseOtherSecret(store, secret)
  await expect(refuseOtherSecret(store, 't'.repeat(32))).rejects.toMatchObject({
    status: 3,
    message: /PLUGTILL_KEY_SECRET/,
  })
  const kept = await store.query<{ value: string }>('SELECT value FROM setting')
  expect(JSON.stringify(kept)).not.toContain(secret)
  await store.close()
})

function accounts(text: string, name = 'accounts.yaml') {
  const file = join(folder, name)
  writeFileSync(file, text)
  return loadAccounts(file)
}

test('further accounts come from a file, each with what its provider needs', async () => {
  const read = await accounts(`
north:
  psp: stripe
  api_key: rk_test_12345678
  webhook_secrets: [whsec_new_1234, whsec_old_1234]
  currency: SEK
south: { psp: simulated }
`)
  expect([...read.keys()]).toEqual(['north', 'south'])
  expect(read.get('north')).toMatchObject({
    psp: 'stripe',
    pspWebhookSecrets: 'whsec_new_1234,whsec_old_1234',
    pspCurrency: 'SEK',
  })
})

test('every mistake of such a file is told at once, and none of its secrets', async () => {
  const wrong = accounts(`
north: { psp: stripe, api_key: "two words of secret" }
South: { psp: simulated }
west: { psp: stripe, webhook_secrets: whsec_12345678 }
east: { api_kee: hunter2 }
`)
  const { message, status } = await wrong.then(
    () => ({ message: '', status: 0 }),
    (error: { readonly message: string; readonly status: number }) => error,
  )
  expect(status).toBe(3)
  expect(message.split('\n').slice(1)).toEqual([
    '  north: api_key: it has to be 1 to 2000 printable characters without spaces',
    '  South: its name has to be a-z, 0-9 and -, 40 at most',
    '  west: The payment provider is stripe: set api_key as well.',
    '  east: psp: name the payment provider',
    expect.stringMatching(/^ {2}east: api_kee: nobody knows this; possible are psp, url, api_key, webhook_secrets/),
  ])
  expect(message).not.toMatch(/two words|hunter2/)
})

test('a file that holds no accounts by name says how it has to look', async () => {
  await expect(accounts('- psp: stripe')).rejects.toThrow('has to hold accounts by their names')
  await expect(accounts('{"a": ', 'accounts.json')).rejects.toThrow('is no JSON')
})
