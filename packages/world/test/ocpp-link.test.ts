import { OcppError, type OcppLink } from '@plugtill/charger/link'
import { type ChargerLink, ChargerLinkError } from '@plugtill/cpo/chargers/link'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LinkRig, type LinkRigMaker, memoryRig, webSocketRig } from './ocpp-rigs.ts'

const kinds: readonly (readonly [string, LinkRigMaker])[] = [
  ['in memory', memoryRig],
  ['over WebSocket', webSocketRig],
]

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !holds(); tries += 1) await new Promise((done) => setTimeout(done, 5))
  expect(holds()).toBe(true)
}

describe.each(kinds)('an OCPP link %s', (_, make) => {
  let rig: LinkRig
  let charger: OcppLink
  let accept: (link: ChargerLink) => void
  const central: ChargerLink[] = []

  beforeEach(async () => {
    central.length = 0
    accept = (link) => {
      central.push(link)
      link.handle('Heartbeat', () => ({ currentTime: '2026-03-01T12:00:00Z' }))
    }
    rig = await make((link) => accept(link))
    charger = rig.link('CP 1/ä')
  })
  afterEach(() => rig.close())

  test('carries the identity, and calls both ways', async () => {
    charger.handle('UnlockConnector', ({ connectorId }) => ({
      status: connectorId === 1 ? 'Unlocked' : 'NotSupported',
    }))
    await charger.connect()
    expect(charger.connected).toBe(true)
    expect(central[0]?.id).toBe('CP 1/ä')
    expect(await charger.call('Heartbeat', {})).toEqual({ currentTime: '2026-03-01T12:00:00Z' })
    expect(await central[0]?.call('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' })
  })

  test('a call without a connection is closed', async () => {
    await expect(charger.call('Heartbeat', {})).rejects.toMatchObject({ kind: 'closed' })
  })

  test('an action nobody handles is NotImplemented', async () => {
    await charger.connect()
    await expect(central[0]?.call('ClearCache', {})).rejects.toMatchObject({ kind: 'refused', code: 'NotImplemented' })
    await expect(charger.call('Authorize', { idTag: 'A' })).rejects.toMatchObject({ code: 'NotImplemented' })
  })

  test('a payload that breaks the schema is not sent', async () => {
    let heard = 0
    charger.handle('UnlockConnector', () => {
      heard += 1
      return { status: 'Unlocked' }
    })
    await charger.connect()
    await expect(central[0]?.call('UnlockConnector', { connectorId: 'one' })).rejects.toMatchObject({
      kind: 'refused',
      code: 'TypeConstraintViolation',
    })
    await expect(charger.call('Authorize', { idTag: 'longer than twenty letters' })).rejects.toMatchObject({
      kind: 'refused',
      code: 'FormationViolation',
    })
    expect(heard).toBe(0)
  })

  test('an answer that breaks the schema is an InternalError to the caller', async () => {
    charger.handle('UnlockConnector', () => ({ status: 'Perhaps' }))
    await charger.connect()
    await expect(central[0]?.call('UnlockConnector', { connectorId: 1 })).rejects.toMatchObject({
      code: 'InternalError',
    })
  })

  test('a refusal is told with its code, a mishap only as InternalError', async () => {
    charger.handle('Reset', () => {
      throw new OcppError('refused', 'Not today', 'NotSupported')
    })
    charger.handle('ClearCache', () => {
      throw new Error('secret path /etc')
    })
    accept = (link) => {
      central.push(link)
      link.handle('Authorize', () => {
        throw new ChargerLinkError('refused', 'Who are you?', 'SecurityError')
      })
    }
    await charger.connect()
    const reset = central[0]?.call('Reset', { type: 'Soft' })
    await expect(reset).rejects.toMatchObject({ kind: 'refused', code: 'NotSupported' })
    await expect(reset).rejects.toThrow('Not today')
    const mishap = central[0]?.call('ClearCache', {})
    await expect(mishap).rejects.toMatchObject({ kind: 'refused', code: 'InternalError' })
    await expect(mishap).rejects.not.toThrow('secret')
    await expect(charger.call('Authorize', { idTag: 'A' })).rejects.toMatchObject({ code: 'SecurityError' })
  })

  test('silence is a timeout, and the next call goes through', async () => {
    charger.handle('Reset', () => new Promise(() => undefined))
    charger.handle('ClearCache', () => ({ status: 'Rejected' }))
    await charger.connect()
    const silent = central[0]?.call('Reset', { type: 'Soft' }, { timeoutMs: 50 })
    const next = central[0]?.call('ClearCache', {})
    await expect(silent).rejects.toMatchObject({ kind: 'timeout' })
    expect(await next).toEqual({ status: 'Rejected' })
  })

  test('calls keep their order, one under way at a time', async () => {
    const heard: unknown[] = []
    let running = 0
    accept = (link) => {
      central.push(link)
      link.handle('Authorize', async ({ idTag }) => {
        running += 1
        expect(running).toBe(1)
        await new Promise((done) => setTimeout(done, 2))
        heard.push(idTag)
        running -= 1
        return { idTagInfo: { status: 'Accepted' } }
      })
    }
    await charger.connect()
    const tags = Array.from({ length: 10 }, (_, index) => `TAG${index}`)
    await Promise.all(tags.map((idTag) => charger.call('Authorize', { idTag })))
    expect(heard).toEqual(tags)
  })

  test('closing ends calls under way on both sides, even those that would never be answered', async () => {
    const closes: string[] = []
    charger.handle('Reset', () => new Promise(() => undefined))
    charger.onClose(() => closes.push('charger'))
    await charger.connect()
    central[0]?.onClose(() => closes.push('central'))
    const waiting = expect(central[0]?.call('Reset', { type: 'Hard' })).rejects.toMatchObject({ kind: 'closed' })
    await new Promise((done) => setTimeout(done, 30))
    await charger.close()
    await waiting
    await until(() => closes.length === 2)
    expect(charger.connected).toBe(false)
    await expect(central[0]?.call('Reset', { type: 'Hard' })).rejects.toMatchObject({ kind: 'closed' })
  })

  test('the central system may hang up, and the charger comes back on a new link', async () => {
    let closes = 0
    let opens = 0
    charger.onClose(() => {
      closes += 1
    })
    charger.onOpen(() => {
      opens += 1
    })
    await charger.connect()
    await central[0]?.close()
    await until(() => closes === 1)
    await charger.connect()
    expect(await charger.call('Heartbeat', {})).toEqual({ currentTime: '2026-03-01T12:00:00Z' })
    expect([central.length, opens]).toEqual([2, 2])
  })
})

test('the gate turns strangers away and leaves other paths alone', async () => {
  const rig = await webSocketRig(() => undefined)
  await expect(rig.link('stranger').connect()).rejects.toMatchObject({ kind: 'closed' })
  const { createWebSocketLink } = await import('@plugtill/charger/link.ocpp-rpc')
  const lost = createWebSocketLink({ id: 'CP1', endpoint: 'ws://127.0.0.1:1/ocpp' })
  await expect(lost.connect()).rejects.toMatchObject({ kind: 'closed' })
  await rig.close()
})
