import { expect, test } from 'vitest'
import { masked, originsOf, readConfig, SETTINGS } from '../src/config.ts'
import type { Exit } from '../src/exit.ts'

function refusedFor(env: Record<string, string>, flags: Record<string, string> = {}): Exit {
  try {
    readConfig({ env, flags })
  } catch (error) {
    return error as Exit
  }
  throw new Error('The values were accepted.')
}

test('without any setting the documented defaults hold', () => {
  expect(readConfig({ env: {} })).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    data: '.plugtill',
    speed: 1,
    startGraceS: 30,
    plugInWindowS: 300,
    sessionPollS: 300,
    cdrDeadlineS: 900,
    adviceRetryMaxS: 3600,
    locationsPollS: 3600,
    cdrsPollS: 720,
    databaseUrl: undefined,
    apiKey: undefined,
  })
})

test('a flag beats the environment, and an empty variable counts as not set', () => {
  expect(readConfig({ env: { PORT: '9000', PLUGTILL_DATA: '' }, flags: { port: '9001' } })).toMatchObject({
    port: 9001,
    data: '.plugtill',
  })
})

test('every wait of a payment is a setting in seconds', () => {
  const config = readConfig({
    env: {
      PLUGTILL_START_GRACE_S: '1',
      PLUGTILL_PLUG_IN_WINDOW_S: '8',
      PLUGTILL_SESSION_POLL_S: '5',
      PLUGTILL_CDR_DEADLINE_S: '10',
      PLUGTILL_ADVICE_RETRY_MAX_S: '4',
      PLUGTILL_LOCATIONS_POLL_S: '6',
      PLUGTILL_CDRS_POLL_S: '7',
    },
  })
  expect(config).toMatchObject({
    startGraceS: 1,
    plugInWindowS: 8,
    sessionPollS: 5,
    cdrDeadlineS: 10,
    adviceRetryMaxS: 4,
    locationsPollS: 6,
    cdrsPollS: 7,
  })
})

test.each([
  ['PORT', '99999'],
  ['PORT', 'http'],
  ['PORT', '-1'],
  ['PLUGTILL_HOST', 'two words'],
  ['PLUGTILL_PUBLIC_URL', 'pay.example'],
  ['PLUGTILL_PUBLIC_URL', 'https://pay.example/?a=1'],
  ['DATABASE_URL', 'mysql://db/x'],
  ['PLUGTILL_API_KEY', 'short'],
  ['PLUGTILL_ALLOW_PRIVATE_PEERS', 'maybe'],
  ['PLUGTILL_SPEED', '0'],
  ['PLUGTILL_SESSION_POLL_S', '0'],
  ['PLUGTILL_CDR_DEADLINE_S', '0'],
  ['PLUGTILL_CDR_DEADLINE_S', '86400'],
  ['PLUGTILL_LOCATIONS_POLL_S', '0'],
  ['PLUGTILL_ADVICE_RETRY_MAX_S', '0'],
  ['PLUGTILL_SPEED', 'fast'],
  ['PLUGTILL_LOG_LEVEL', 'loud'],
  ['PLUGTILL_START_GRACE_S', '1.5'],
  ['PLUGTILL_PLUG_IN_WINDOW_S', '-5'],
  ['PLUGTILL_SESSION_POLL_S', '5s'],
  ['PLUGTILL_SESSION_POLL_S', '0'],
  ['PLUGTILL_LOCATIONS_POLL_S', '0'],
  ['PLUGTILL_CDRS_POLL_S', '0'],
  ['PLUGTILL_CDR_DEADLINE_S', '9999999'],
  ['PLUGTILL_ADVICE_RETRY_MAX_S', 'never'],
  ['PLUGTILL_LOCATIONS_POLL_S', '1e3'],
])('an impossible value stops the start with one line that names it: %s=%s', (name, value) => {
  const refused = refusedFor({ [name]: value })
  expect(refused.status).toBe(2)
  expect(refused.message).toContain(name)
  expect(refused.message).toMatch(/it has to be/)
  expect(refused.message).not.toContain('\n')
})

test('a secret with an impossible value is not shown', () => {
  expect(refusedFor({ PLUGTILL_API_KEY: 'my key' }).message).not.toContain('my key')
  expect(refusedFor({ DATABASE_URL: 'mysql://root:hunter2@db/x' }).message).not.toContain('hunter2')
})

test('an unknown PLUGTILL variable stops the start and the nearest known one is offered', () => {
  const refused = refusedFor({ PLUGTILL_CDR_DEADLIN_S: '5' })
  expect(refused.status).toBe(2)
  expect(refused.message).toContain('PLUGTILL_CDR_DEADLINE_S')
})

test('listening to other machines needs an API key', () => {
  expect(refusedFor({ PLUGTILL_HOST: '0.0.0.0' }).message).toContain('PLUGTILL_API_KEY')
  expect(readConfig({ env: { PLUGTILL_HOST: '0.0.0.0', PLUGTILL_API_KEY: 'long-enough' } }).host).toBe('0.0.0.0')
})

test('secrets are masked when the settings are shown', () => {
  const shown = originsOf({
    env: { PLUGTILL_API_KEY: 'very-secret', DATABASE_URL: 'postgres://me:hunter2@db:5432/till' },
  }).map(masked)
  expect(shown.join(' ')).not.toMatch(/very-secret|hunter2/)
  expect(shown).toContain('postgres://***@db:5432/till')
})

test('variable and flag of a setting have the same name', () => {
  for (const { env, flag } of SETTINGS) {
    expect(flag).toBe(
      `--${env
        .replace(/^PLUGTILL_/, '')
        .toLowerCase()
        .replaceAll('_', '-')}`,
    )
  }
})
