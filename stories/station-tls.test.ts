/** Stations over TLS with basic authentication, as a user runs them: the command in a process of its own, with a certificate of an own authority. (OCPP security profile 2) */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '@plugtill/engine/sqlite'
import { readConfig } from 'plugtill/config'
import { type OcppPort, openOcppPort } from 'plugtill/ocpp-port'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './started.ts'
import { type StationWorld, sitesOf, stationWorld } from './station-world.ts'

const SPEED = 600
const file = (name: string) => join(root, 'apps/cli/test/fixtures', name)
const folder = mkdtempSync(join(tmpdir(), 'plugtill-tls-'))
let world: StationWorld
let port: OcppPort
let secret: string

beforeAll(async () => {
  const store = await openSqlite({ file: ':memory:' })
  const settings = { chargerSpeed: SPEED, stationSecrets: 'required' as const }
  world = await stationWorld({ store, sites: sitesOf(['SECURE']), settings })
  const tls = { ocppTlsCert: file('station-port.crt'), ocppTlsKey: file('station-port.key') }
  const config = { ...readConfig({ env: {} }), ...tls, host: '127.0.0.1', ocppPort: 0 }
  port = (await openOcppPort(config, world.gate))!
  secret = (await world.admin.post<{ secret: string }>('/chargers/SECURE/secret', {})).secret
})
afterAll(async () => {
  await world.close()
  await port.close()
  rmSync(folder, { recursive: true })
})

/** `plugtill charger` at this port, and what it tells. */
function charger(ocpp: string, password: string, trusted = true) {
  const script = join(folder, `${ocpp}.yaml`)
  const car = 'car: { comes_after: 0s, leaves_after: 10min }'
  writeFileSync(script, `stations:\n  - { id: SECURE, ocpp: "${ocpp}", speed: ${SPEED}, ${car} }\n`)
  const args = ['charger', '--central-system', port.url, '--script', script, '--json']
  const child = spawn(process.execPath, [join(root, 'apps/cli/bin/plugtill.mjs'), ...args], {
    env: {
      ...process.env,
      PLUGTILL_CHARGER_PASSWORD: password,
      ...(trusted && { NODE_EXTRA_CA_CERTS: file('station-port.crt') }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  const events = () =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { readonly event: string; readonly reason?: string })
  return {
    tells: (event: string) => world.until(event, () => events().find((each) => each.event === event)),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

test.each(['1.6', '2.0.1'])(
  'a station of OCPP %s with the right secret charges over TLS and is billed',
  async (ocpp) => {
    const station = charger(ocpp, secret)
    await station.tells('accepted')
    await world.until('it is for sale', async () => {
      const [location] = await world.admin.get<readonly { evses: readonly { status: string }[] }[]>('/locations')
      return location?.evses[0]?.status === 'AVAILABLE' || undefined
    })
    const reference = await world.start('SECURE')
    expect(await world.resultOf(reference)).toBe('ACCEPTED')
    const cdr = await world.cdrOf(reference)
    expect(cdr.total_energy).toBeGreaterThan(1)
    await station.stop()
  },
)

test('with a wrong secret it is turned away, and both sides say why', async () => {
  const station = charger('2.0.1', 'a wrong secret')
  expect((await station.tells('no-connection')).reason).toMatch(/Unauthorized/)
  await world.until('the operator hears of it', () => world.faults().includes('STATION_REFUSED') || undefined)
  await station.stop()
})

test('a central system whose certificate nobody vouches for is not talked to', async () => {
  const before = world.cpo.chargers.connected()
  const station = charger('1.6', secret, false)
  expect((await station.tells('no-connection')).reason).toMatch(/certificate/)
  expect(world.cpo.chargers.connected()).toEqual(before)
  await station.stop()
})
