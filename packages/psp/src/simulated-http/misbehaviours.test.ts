import { afterEach, expect, test } from 'vitest'
import { httpSend } from '../http/client.ts'
import type { Money, Psp } from '../psp.ts'
import { openLedger } from '../simulated/ledger.ts'
import { listen } from '../simulated/standalone/listen.ts'
import { misbehaviours } from '../simulated/standalone/misbehaviours.ts'
import { createSimulatedService } from '../simulated/standalone/serve.ts'
import { createSimulatedHttpPsp } from './provider.ts'

const eur = (amountMinor: number): Money => ({ amountMinor, currency: 'EUR' })
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function world(name: string, extra: { readonly keyRetentionMs?: number; readonly latencyMs?: number } = {}) {
  const time = { now: 1_772_366_400_000 }
  const clock = {
    now: () => time.now,
    after: (delayMs: number, task: () => void) => {
      const timer = setTimeout(task, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const ledger = openLedger()
  const arrived: { body: string; headers: Record<string, string> }[] = []
  const service = createSimulatedService({
    ...{ clock, ledger, random: () => 0, apiKey: 'key', ...extra },
    messages: {
      secret: 'secret',
      deliver: async (message) => {
        arrived.push(message)
        return true
      },
    },
    misbehaviours: name === '' ? [] : [name],
  })
  const listening = await listen(service)
  ends.push(listening.close, ledger.close)
  const config = { url: listening.url, apiKey: 'key', webhookSecrets: ['secret'], timeoutMs: 5_000 }
  const psp = createSimulatedHttpPsp({ config, clock, send: httpSend })
  const hints = async () => {
    await service.messages?.idle()
    return Promise.all(
      arrived.map((message) =>
        psp.ingest(message).then(
          ([hint]) => hint?.eventId,
          (error: { kind: string }) => error.kind,
        ),
      ),
    )
  }
  return { psp, ledger, time, hints, url: listening.url, service }
}

type World = Awaited<ReturnType<typeof world>>
const hold = (psp: Psp, name = 'p1') =>
  psp.authorize({ key: `${name}-a`, reference: name, terminalId: 't', card: 'approved', amount: eur(50_00) })
const take = (psp: Psp, pspReference: string) =>
  psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { kind: string }) => error.kind,
  )
const stateOf = async ({ psp }: World) => (await psp.query({ reference: 'p1' }))?.state

/** What is seen from outside while this goes wrong. */
const seen: Readonly<Record<string, (at: World) => Promise<unknown>>> = {
  declines: async ({ psp }) => (await hold(psp)).decline,
  'pin-needed': async ({ psp }) => (await hold(psp)).decline,
  'partial-approvals': async ({ psp }) => (await hold(psp)).authorized,
  away: async ({ psp }) => kindOf(hold(psp)),
  'holds-expire': async ({ psp, time }) => (await hold(psp)).captureBefore - time.now,
  'increments-declined': async ({ psp }) => {
    const { pspReference } = await hold(psp)
    return kindOf(psp.increment({ key: 'i', pspReference, newTotal: eur(60_00) }))
  },
  'captures-refused': async ({ psp }) => kindOf(take(psp, (await hold(psp)).pspReference)),
  'captures-later': async (at) => {
    const { status } = await take(at.psp, (await hold(at.psp)).pspReference)
    at.time.now += 5_000
    return [status, await stateOf(at)]
  },
  'captures-later-refused': async (at) => {
    const { status } = await take(at.psp, (await hold(at.psp)).pspReference)
    at.time.now += 5_000
    return [status, await stateOf(at)]
  },
  'captures-fail-afterwards': async (at) => {
    const { status } = await take(at.psp, (await hold(at.psp)).pspReference)
    at.time.now += 5_000
    return [status, await stateOf(at)]
  },
  'captures-twice': async ({ psp }) => {
    await take(psp, (await hold(psp)).pspReference)
    return (await psp.query({ reference: 'p1' }))?.captureCount
  },
  'voids-refused': async ({ psp }) => {
    const { pspReference } = await hold(psp)
    return kindOf(psp.void({ key: 'v', pspReference, reason: 'test' }))
  },
  'requests-lost': async (at) => [await kindOf(hold(at.psp)), await stateOf(at)],
  'answers-lost': async (at) => [await kindOf(hold(at.psp)), await stateOf(at)],
  'always-in-flight': async (at) => [(await hold(at.psp)).status, (await at.psp.list({ since: 0 })).length],
  'keys-pruned': async ({ psp }) => {
    await hold(psp)
    await hold(psp)
    return (await psp.list({ since: 0 })).length
  },
  'messages-doubled': async ({ psp, hints }) => {
    await hold(psp)
    return hints()
  },
  'messages-reordered': async ({ psp, hints }) => {
    await take(psp, (await hold(psp)).pspReference)
    return hints()
  },
  'messages-lost': async ({ psp, hints }) => {
    await hold(psp)
    return hints()
  },
  'messages-forged': async ({ psp, hints }) => {
    await hold(psp)
    return hints()
  },
}

const expected: Readonly<Record<string, unknown>> = {
  declines: 'issuer',
  'pin-needed': 'pin-needed',
  'partial-approvals': eur(25_00),
  away: 'unavailable',
  'holds-expire': 180_000,
  'increments-declined': 'declined',
  'captures-refused': 'refused',
  'captures-later': ['pending', 'captured'],
  'captures-later-refused': ['pending', 'capture-failed'],
  'captures-fail-afterwards': ['captured', 'capture-failed'],
  'captures-twice': 2,
  'voids-refused': 'refused',
  'requests-lost': ['unknown-outcome', undefined],
  'answers-lost': ['unknown-outcome', 'authorized'],
  'always-in-flight': ['approved', 1],
  'keys-pruned': 2,
  'messages-doubled': ['ev-1', 'ev-1'],
  'messages-reordered': ['ev-2', 'ev-1'],
  'messages-lost': [],
  'messages-forged': ['refused', 'ev-1'],
}

test('every misbehaviour has its test', () => {
  expect(misbehaviours.map(({ name }) => name).sort()).toEqual(Object.keys(seen).sort())
})

test.each(Object.keys(seen))('%s is seen from outside', async (name) => {
  expect(await seen[name]?.(await world(name))).toEqual(expected[name])
})

test('nothing of it is seen while no misbehaviour is switched on', async () => {
  for (const name of Object.keys(seen).filter((one) => one !== 'always-in-flight')) {
    expect(await seen[name]?.(await world('')), name).not.toEqual(expected[name])
  }
})

test('a misbehaviour is switched on and off over HTTP, by whoever has the key', async () => {
  const { psp, url } = await world('')
  const put = (active: readonly string[], key: string) =>
    httpSend({
      method: 'PUT',
      url: `${url}/v1/misbehaviours`,
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ active }),
      timeoutMs: 5_000,
    })
  expect((await put(['declines'], 'other')).status).toBe(401)
  expect((await hold(psp, 'a')).status).toBe('approved')
  expect(await put(['declines'], 'key')).toMatchObject({ status: 200, body: '{"active":["declines"]}' })
  expect((await hold(psp, 'b')).status).toBe('declined')
  expect((await put(['nothing'], 'key')).body).toContain('\\"nothing\\" is no misbehaviour. Use: declines, pin-needed')
  await put([], 'key')
  expect((await hold(psp, 'c')).status).toBe('approved')
})

test('a key is answered from memory until it expires, then its request runs again', async () => {
  const { psp, time } = await world('', { keyRetentionMs: 24 * 3600_000 })
  const first = await hold(psp)
  time.now += 24 * 3600_000 - 1
  expect(await hold(psp)).toEqual(first)
  time.now += 2
  expect((await hold(psp)).pspReference).not.toBe(first.pspReference)
})

test('while a request is at work its copy is answered 409 with code 704', async () => {
  const { url } = await world('', { latencyMs: 300 })
  const body = JSON.stringify({ reference: 'p1', terminalId: 't', card: 'approved', amount: eur(1) })
  const headers = { authorization: 'Bearer key', 'idempotency-key': 'k' }
  const ask = () => httpSend({ method: 'POST', url: `${url}/v1/payments`, headers, body, timeoutMs: 5_000 })
  const answers = await Promise.all([ask(), ask()])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(answers.find(({ status }) => status === 409)?.body).toContain('"code":"704"')
})

test('a hold that runs out and a capture that is decided later are told without anybody asking', async () => {
  const { psp, time, hints, service, ledger } = await world('captures-later-refused')
  await take(psp, (await hold(psp)).pspReference)
  time.now += 5_000
  await expect.poll(() => ledger.entries().length, { timeout: 5_000 }).toBe(3)
  await service.messages?.idle()
  expect(await hints()).toEqual(['ev-1', 'ev-3'])
})

test('a message that is older than five minutes is refused as a replay', async () => {
  const { psp, time, hints } = await world('')
  await hold(psp)
  expect(await hints()).toEqual(['ev-1'])
  time.now += 300_001
  expect(await hints()).toEqual(['refused'])
})

test('a service that is not there is unavailable, one that says nothing is an unknown outcome', async () => {
  const clock = { now: () => 0, after: () => () => {} }
  const config = { url: 'http://127.0.0.1:1', apiKey: 'key', webhookSecrets: [], timeoutMs: 200 }
  expect(await kindOf(hold(createSimulatedHttpPsp({ config, clock, send: httpSend })))).toBe('unavailable')
  const silent = await listen({ serve: () => new Promise(() => undefined), stop: () => undefined })
  ends.push(silent.close)
  const psp = createSimulatedHttpPsp({ config: { ...config, url: silent.url }, clock, send: httpSend })
  expect(await kindOf(hold(psp))).toBe('unknown-outcome')
})
