/** Stations that break the rules, over real WebSockets: each has its answer, its finding, and costs nobody wrong money. (docs/reference/chargers.md) */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createChargerGate } from '@plugtill/cpo/chargers/link.ocpp-rpc'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { knock, type RawStation, rawStation } from './raw-station.ts'
import { type Database, databases } from './rig.ts'
import { type Words, words16, words201 } from './station-words.ts'
import { type StationWorld, sitesOf, stationWorld } from './station-world.ts'

const MINUTE = 60_000
const PROTOCOLS: readonly (readonly [RawStation['protocol'], Words])[] = [
  ['ocpp1.6', words16],
  ['ocpp2.0.1', words201],
]

let world: StationWorld
/** Each part of the story is told on both databases. */
function toldOn(name: string, database: Database, story: () => void): void {
  describe(`on ${name}`, () => {
    beforeAll(async () => {
      const store = await database.open('bad')
      world = await stationWorld({ store, sites: sitesOf(['FRAMES', 'METER', 'TWICE', 'OWN']) })
    })
    afterAll(() => world.close())
    story()
  })
}

const plug = async (id: string, protocol: RawStation['protocol']) => {
  const station = await rawStation({ port: world.port, id, protocol })
  await (protocol === 'ocpp1.6' ? words16 : words201).status(station, 'Available', world.now())
  return station
}

/** What is found since is told anew: a kind of finding is told once a minute and station. */
async function finds(code: string, act: () => Promise<unknown>): Promise<void> {
  world.jump(MINUTE)
  const before = world.faults().length
  await act()
  await world.until(code, () => world.faults().slice(before).includes(code))
}

const at = '2030-01-01T00:00:00Z'
const BOOT_16 = { chargePointVendor: 'V', chargePointModel: 'M' }
const BOOT_201 = { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } }
const STATUS_201 = { evseId: 1, connectorId: 1, connectorStatus: 'Available', timestamp: at }
const call = (action: string, payload: unknown) => JSON.stringify([2, 'x', action, payload])

const FRAMES = [
  ['no JSON', 'hello', 'FormationViolation', 'RpcFrameworkError', 'OCPP_FRAME'],
  ['no list', '{"a":1}', 'FormationViolation', 'RpcFrameworkError', 'OCPP_FRAME'],
  ['no message id', '[2]', 'FormationViolation', 'RpcFrameworkError', 'OCPP_FRAME'],
  ['an unknown message type', '[9,"x",{}]', 'ProtocolError', 'MessageTypeNotSupported', 'OCPP_FRAME'],
  ['an unknown action', call('Dance', {}), 'NotImplemented', 'NotImplemented', 'OCPP_ACTION'],
  ['an action of a central system', call('Reset', { type: 'Hard' }), 'NotSupported', undefined, undefined],
  ['an action of a central system', call('Reset', { type: 'Immediate' }), undefined, 'NotSupported', undefined],
  [
    'a wrong type',
    call('BootNotification', { ...BOOT_16, chargePointModel: 5 }),
    'TypeConstraintViolation',
    undefined,
    'OCPP_PAYLOAD',
  ],
  [
    'a wrong type',
    call('BootNotification', { ...BOOT_201, chargingStation: 5 }),
    undefined,
    'TypeConstraintViolation',
    'OCPP_PAYLOAD',
  ],
  [
    'a missing field',
    call('Authorize', {}),
    'OccurrenceConstraintViolation',
    'OccurrenceConstraintViolation',
    'OCPP_PAYLOAD',
  ],
  [
    'a text too long',
    call('Authorize', { idTag: 'x'.repeat(21) }),
    'PropertyConstraintViolation',
    undefined,
    'OCPP_PAYLOAD',
  ],
  [
    'a value of no enumeration',
    call('StatusNotification', { ...STATUS_201, connectorStatus: 'Happy' }),
    undefined,
    'PropertyConstraintViolation',
    'OCPP_PAYLOAD',
  ],
  ['a field too many', call('Heartbeat', { a: 1 }), 'FormationViolation', 'FormatViolation', 'OCPP_PAYLOAD'],
  [
    'a date that is none',
    call('StatusNotification', { ...STATUS_201, timestamp: 'noon' }),
    undefined,
    'FormatViolation',
    'OCPP_PAYLOAD',
  ],
] as const

function brokenFrames(): void {
  describe.each(FRAMES)('%s', (_, text, in16, in201, finding) => {
    for (const [protocol, code] of [
      ['ocpp1.6', in16],
      ['ocpp2.0.1', in201],
    ] as const) {
      if (code === undefined) continue
      test(`is ${code} to a station of ${protocol}${finding === undefined ? '' : `, and ${finding} to the operator`}`, async () => {
        const station = await plug('FRAMES', protocol)
        const act = async () => {
          const [type, id, said] = await station.raw(text)
          expect([type, id, said]).toEqual([
            4,
            finding === 'OCPP_FRAME' && !text.includes('"x"') ? '-1' : expect.any(String),
            code,
          ])
        }
        if (finding === undefined) await act()
        else await finds(finding, act)
        expect(await station.say('Heartbeat', {}), 'and it may go on').toHaveProperty('currentTime')
        await station.close()
      })
    }
  })
}

function whoComes(): void {
  test('a message of more than 256 KiB ends the connection with 1009', async () => {
    const station = await plug('FRAMES', 'ocpp1.6')
    await finds('OCPP_OVERSIZED', async () => {
      void station.raw(call('DataTransfer', { vendorId: 'v', data: 'x'.repeat(300_000) }))
      expect(await station.closed).toBe(1009)
    })
  })

  test('a device that sends only garbage is hung up on after 20 frames', async () => {
    const station = await plug('FRAMES', 'ocpp2.0.1')
    for (let frame = 0; frame < 20; frame++) await station.raw('garbage')
    void station.raw('garbage')
    expect(await station.closed).toBe(1002)
  })

  test('a stolen id is no use without the secret, which is kept as a hash only', async () => {
    const { secret } = await world.admin.post<{ secret: string }>('/chargers/OWN/secret', {})
    const { port } = world
    expect(await knock({ port, id: 'OWN', user: 'OWN', password: secret })).toBe(101)
    await finds('STATION_REFUSED', async () => expect(await knock({ port, id: 'OWN' })).toBe(401))
    await finds('STATION_REFUSED', async () =>
      expect(await knock({ port, id: 'OWN', user: 'OWN', password: 'guess' })).toBe(401),
    )
    await finds('STATION_REFUSED', async () =>
      expect(await knock({ port, id: 'OWN', user: 'METER', password: secret })).toBe(401),
    )
    expect(JSON.stringify(world.cpo.stations.find('OWN'))).not.toContain(secret)
  })

  test('a station nobody knows is turned away, and so is one that speaks nothing we do', async () => {
    const { port } = world
    await finds('STATION_UNKNOWN', async () => expect(await knock({ port, id: 'STRANGER' })).toBe(404))
    expect(await knock({ port, id: 'FRAMES', protocol: 'ocpp1.5' })).toBe(400)
    expect(await knock({ port, id: 'x'.repeat(101) })).toBe(400)
  })

  test('two devices with one id are noticed', async () => {
    await finds('STATION_TWICE', async () => {
      for (let device = 0; device < 4; device++) await plug('TWICE', 'ocpp1.6')
    })
  })
}

function meters(): void {
  describe.each(PROTOCOLS)('a meter on %s', (protocol, words) => {
    /** A session of an hour in which the register says this every ten minutes; the last is the end. */
    const billed = async (station: RawStation, readings: readonly number[]) => {
      const id = await world.start('METER')
      expect(await world.resultOf(id)).toBe('ACCEPTED')
      const { id: transaction } = await words.begin(station, world.now(), 10_000)
      for (const wh of readings.slice(0, -1)) {
        world.jump(10 * MINUTE)
        await words.meter(station, transaction, { at: world.now(), wh })
      }
      world.jump(10 * MINUTE)
      await words.end(station, transaction, world.now(), readings.at(-1)!)
      await words.status(station, 'Available', world.now())
      return (await world.cdrOf(id)).total_energy
    }

    test.each([
      ['that runs backwards gives nothing twice', [12_000, 11_000, 13_000, 14_000], 4, 'METER_BACKWARDS'],
      ['that falls to nothing ends with what it had shown', [12_000, 0, 500], 2, 'METER_BACKWARDS'],
      ['that claims too much for a moment is not believed', [12_000, 99_000, 14_000, 15_000], 5, 'METER_JUMP'],
      ['that jumps and stays there is believed from there on', [12_000, 99_000, 101_000, 102_000], 5, 'METER_JUMP'],
      ['that jumps at the end is not believed', [12_000, 14_000, 99_000], 4, 'METER_JUMP'],
    ] as const)('%s', async (_, readings, kwh, finding) => {
      const station = await plug('METER', protocol)
      await finds(finding, async () => expect(await billed(station, readings)).toBe(kwh))
      await station.close()
    })

    test('has one transaction for one tag; what another one under it says is not billed', async () => {
      const station = await plug('METER', protocol)
      const id = await world.start('METER')
      await world.resultOf(id)
      const first = await words.begin(station, world.now(), 10_000)
      await finds('TRANSACTION_DOUBLE', async () => {
        const second = await words.begin(station, world.now(), 50_000)
        expect(second.answer).toBe('ConcurrentTx')
        world.jump(10 * MINUTE)
        await words.end(station, second.id, world.now(), 60_000)
      })
      await words.end(station, first.id, world.now(), 12_000)
      expect((await world.cdrOf(id)).total_energy).toBe(2)
      await station.close()
    })

    test('of a transaction nobody knows is accepted, found, and billed to nobody', async () => {
      const station = await plug('METER', protocol)
      await finds('TRANSACTION_UNKNOWN', async () => {
        const answer = await words.end(station, protocol === 'ocpp1.6' ? 999_999 : 'nobody', world.now(), 77_000)
        expect(answer).toEqual({})
      })
      expect(world.ptp.told.filter(({ what, body }) => what === 'cdr' && Number(body['total_energy']) > 10)).toEqual([])
      await station.close()
    })
  })
}

function toldTwice(): void {
  test('a start that is told twice is one transaction, one number and one bill', async () => {
    const station = await plug('METER', 'ocpp1.6')
    const id = await world.start('METER')
    await world.resultOf(id)
    const begun = world.now()
    const first = await words16.begin(station, begun, 10_000)
    const again = await words16.begin(station, begun, 10_000)
    expect(again).toEqual(first)
    world.jump(10 * MINUTE)
    await words16.end(station, first.id, world.now(), 12_500)
    await words16.end(station, first.id, world.now(), 12_500)
    expect((await world.cdrOf(id)).total_energy).toBe(2.5)
    const sent = world.ptp.told.filter(({ what, body }) => what === 'cdr' && body['authorization_reference'] === id)
    expect(sent).toHaveLength(1)
    await station.close()
  })

  test('a station that never learned its number is known by the tag when it stops', async () => {
    const station = await plug('METER', 'ocpp1.6')
    const id = await world.start('METER')
    await world.resultOf(id)
    await words16.begin(station, world.now(), 10_000)
    const { idTag } = station.got.findLast(({ action }) => action === 'RemoteStartTransaction')!.payload
    world.jump(10 * MINUTE)
    await station.say('StopTransaction', { transactionId: -1, idTag, meterStop: 13_000, timestamp: world.now() })
    expect((await world.cdrOf(id)).total_energy).toBe(3)
    await station.close()
  })
}

/** More than there is room for: what is bounded, and what the operator sees of it. */
function crowds(): void {
  test.each(PROTOCOLS)(
    'of a hundred calls that wait at once at a station of %s fifty are taken, and it may go on',
    async (protocol) => {
      const held = Promise.withResolvers<object>()
      const gate = createChargerGate({
        known: () => true,
        onLink: (link) => link.handle('Heartbeat', () => held.promise as Promise<Record<string, unknown>>),
      })
      const http = createServer().on(
        'upgrade',
        (request, socket, head) => void gate.handleUpgrade(request, socket, head),
      )
      await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
      const station = await rawStation({ port: (http.address() as AddressInfo).port, id: 'EAGER', protocol })
      const told: string[] = []
      const calls = Array.from({ length: 100 }, async () => {
        const { code } = await station.say('Heartbeat', {})
        told.push(String(code ?? 'taken'))
      })
      await world.until('fifty are turned away', () => told.length === 50 || undefined)
      held.resolve({ currentTime: world.now() })
      await Promise.all(calls)
      expect(told).toEqual([...Array(50).fill('GenericError'), ...Array(50).fill('taken')])
      expect(await station.say('Heartbeat', {})).toHaveProperty('currentTime')
      await station.close()
      await gate.close()
      http.close()
    },
  )

  test.each(PROTOCOLS)(
    'answers that nobody asked a station of %s for change nothing; one that sends only those is hung up on',
    async (protocol) => {
      const station = await plug('FRAMES', protocol)
      await finds('OCPP_FRAME', async () => {
        for (let number = 0; number < 30; number++) void station.raw(JSON.stringify([3, `nobody-${number}`, {}]))
        expect(await station.closed).toBe(1002)
      })
    },
  )
}

for (const database of databases)
  toldOn(database.name, database, () => {
    brokenFrames()
    whoComes()
    meters()
    toldTwice()
    crowds()
  })
