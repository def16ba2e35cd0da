import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Payload } from '../src/link.ts'
import { started } from './rig.ts'

const second = 1_000
const minute = 60 * second

interface Record_ {
  readonly PG: string
  readonly MS: string
  readonly ID: string
  readonly RD: readonly { readonly TM: string; readonly TX: string; readonly RV: number }[]
}

/** As the transparency software reads it: header, payload, signature, and the key that came another way. */
function verified(ocmf: string, publicKeyHex: string): Record_ {
  const [header, payload = '', signature = ''] = ocmf.split('|')
  expect(header).toBe('OCMF')
  const { SA, SD } = JSON.parse(signature) as { readonly SA: string; readonly SD: string }
  expect(SA).toBe('ECDSA-secp256r1-SHA256')
  const key = createPublicKey({ key: Buffer.from(publicKeyHex, 'hex'), format: 'der', type: 'spki' })
  const holds = (text: string) => verify('sha256', Buffer.from(text), key, Buffer.from(SD, 'hex'))
  expect(holds(payload)).toBe(true)
  expect(holds(payload.replace('"RV":', '"RV":1'))).toBe(false)
  return JSON.parse(payload) as Record_
}

/** A charge in 1.6 with a signing meter: what StopTransaction says, and the key that was asked for. */
async function chargedIn16(configuration = {}) {
  const { ask, clock, of, station } = await started({ signedMeters: true, configuration })
  void ask('RemoteStartTransaction', { connectorId: 1, idTag: 'AD0C0001' })
  await clock.advance(10 * minute)
  station.stopCharging(1)
  const asked = ask('GetConfiguration', { key: ['MeterPublicKey1'] })
  await clock.advance(second)
  const { configurationKey } = (await asked) as { readonly configurationKey: readonly Payload[] }
  const { meterStop, transactionData } = of('StopTransaction')[0]!.payload as {
    readonly meterStop: number
    readonly transactionData: readonly { readonly sampledValue: readonly Readonly<Record<string, string>>[] }[]
  }
  const values = transactionData.flatMap(({ sampledValue }) => sampledValue)
  return { meterStop, values, publicKey: String(configurationKey[0]?.['value']) }
}

test('in 1.6 StopTransaction carries what the meter signed, and the key is one of the configuration', async () => {
  const { meterStop, values, publicKey } = await chargedIn16({ PublicKeyWithSignedMeterValue: 'Never' })
  expect(values).toMatchObject([
    { context: 'Transaction.Begin', format: 'SignedData' },
    { context: 'Transaction.End', format: 'SignedData' },
  ])
  const begin = verified(values[0]?.['value'] ?? '', publicKey)
  const end = verified(values[1]?.['value'] ?? '', publicKey)
  expect([begin.PG, end.PG]).toEqual(['T1', 'T2'])
  expect(begin).toMatchObject({ MS: 'CP1-1', ID: 'AD0C0001', RD: [{ TX: 'B', RV: 1_000 }] })
  expect(end.RD.map(({ TX, RV }) => [TX, RV])).toEqual([
    ['B', 1_000],
    ['L', meterStop],
  ])
  expect(begin.RD[0]?.TM).toBe('2026-03-01T12:00:04,000+0000 S')
})

test('in 1.6 the key comes along, unless the central system wants none', async () => {
  const { values, publicKey } = await chargedIn16()
  const fields = values.map(({ value = '' }) => JSON.parse(value) as Readonly<Record<string, string>>)
  const text = (base64 = '') => Buffer.from(base64, 'base64').toString('utf8')
  expect(fields.map((one) => text(one['publicKey']))).toEqual([`oca:base16:asn1:${publicKey}`, ''])
  expect(fields[1]).toMatchObject({ encodingMethod: 'OCMF', signingMethod: 'ECDSA-secp256r1-SHA256' })
  expect(verified(text(fields[1]?.['signedMeterData']), publicKey).RD.map(({ TX }) => TX)).toEqual(['B', 'L'])
})

test('in 2.0.1 the first and the last event carry it, and the key once', async () => {
  const { ask, clock, of, station } = await started({ protocol: 'ocpp2.0.1', signedMeters: true })
  void ask('RequestStartTransaction', { evseId: 1, remoteStartId: 1, idToken: { idToken: 'T', type: 'Central' } })
  await clock.advance(5 * minute)
  station.stopCharging(1)
  await clock.advance(second)
  const signed = of('TransactionEvent').flatMap(({ payload }) => {
    const values = (payload['meterValue'] ?? []) as readonly { readonly sampledValue: readonly Payload[] }[]
    return values.flatMap(({ sampledValue }) =>
      sampledValue.flatMap(({ signedMeterValue }) =>
        signedMeterValue === undefined ? [] : [signedMeterValue as Readonly<Record<string, string>>],
      ),
    )
  })
  const text = (base64 = '') => Buffer.from(base64, 'base64').toString('utf8')
  expect(signed.map(({ encodingMethod, publicKey }) => [encodingMethod, publicKey === ''])).toEqual([
    ['OCMF', false],
    ['OCMF', true],
  ])
  const [, , , publicKeyHex = ''] = /^(oca):(base16):(asn1:([0-9a-f]+))$/.exec(text(signed[0]?.['publicKey'])) ?? []
  const key = publicKeyHex.replace('asn1:', '')
  expect(verified(text(signed[0]?.['signedMeterData']), key).RD).toHaveLength(1)
  expect(verified(text(signed[1]?.['signedMeterData']), key).RD.map(({ TX }) => TX)).toEqual(['B', 'L'])
})

test('a meter has the same key after a restart, and no two meters have the same', async () => {
  const keys = async (id: string) => {
    const { ask, clock } = await started({ signedMeters: true, id })
    const asked = ask('GetConfiguration', { key: ['MeterPublicKey1', 'MeterPublicKey2'] })
    await clock.advance(second)
    const { configurationKey } = (await asked) as { readonly configurationKey: readonly Payload[] }
    return configurationKey.map(({ value }) => String(value))
  }
  const once = await keys('A')
  expect(await keys('A')).toEqual(once)
  expect(new Set([...once, ...(await keys('B'))]).size).toBe(4)
})
