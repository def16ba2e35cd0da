/** Tokens that nobody remembers to renew are renewed all the same. */
import { expect, test } from 'vitest'
import { createRenewal } from '../src/renewal.ts'
import { pair, raw, type World } from './two-platforms.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Timers on the time of the two platforms. */
function timers(world: World) {
  const waiting = new Set<{ readonly at: number; readonly task: () => void }>()
  const after = (delayMs: number, task: () => void) => {
    const timer = { at: world.now + delayMs, task }
    waiting.add(timer)
    return () => void waiting.delete(timer)
  }
  const pass = async (ms: number) => {
    const until = world.now + ms
    for (;;) {
      const [next] = [...waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      waiting.delete(next)
      world.now = Math.max(world.now, next.at)
      next.task()
      await new Promise((done) => setImmediate(done))
    }
    world.now = until
  }
  return { clock: { now: () => world.now, after }, pass }
}

async function renewing(options: { readonly afterMs?: number; readonly random?: () => number } = {}) {
  const both = await pair()
  const { clock, pass } = timers(both.world)
  const faults: string[] = []
  const { peers, handshake } = both.ptp
  const renewal = createRenewal({
    peers,
    handshake,
    clock,
    random: options.random ?? (() => 0),
    afterMs: options.afterMs ?? 30 * DAY,
    onFault: (fault, peerId) => faults.push(`${peerId}: ${(fault as Error).message}`),
  })
  const cpo = async () => (await both.ptp.peers.get(both.cpoSeenByPtp.id))!
  const statusWith = async (token: string | undefined) =>
    (await both.cpo.serve(raw('GET', `${both.cpo.baseUrl}/versions`, token))).status
  const puts = () =>
    both.ptp.exchanges.filter(({ direction, method }) => direction === 'out' && method === 'PUT').length
  return { ...both, clock, pass, renewal, faults, peer: cpo, statusWith, puts }
}

test('B-30: a month after the last handshake both tokens are new, and again a month later', async () => {
  const { renewal, pass, peer, puts, faults, statusWith, cpoSeenByPtp } = await renewing()
  renewal.start()

  await pass(30 * DAY - 1)
  expect([puts(), (await peer()).tokenOut]).toEqual([0, cpoSeenByPtp.tokenOut])
  await pass(HOUR)
  expect([puts(), await statusWith((await peer()).tokenOut), await statusWith(cpoSeenByPtp.tokenOut)]).toEqual([
    1, 200, 401,
  ])
  await pass(31 * DAY)
  expect(puts()).toBe(2)
  expect(faults).toEqual([])
})

test('B-30: chance makes it up to three days earlier, never later', async () => {
  const { renewal, pass, puts } = await renewing({ random: () => 0.99 })
  renewal.start()

  await pass(27 * DAY - HOUR)
  expect(puts()).toBe(0)
  await pass(3 * HOUR)
  expect(puts()).toBe(1)
})

test('B-30: a partner that refuses keeps its tokens working; it is a fault, and tried again an hour later', async () => {
  const { world, renewal, pass, peer, puts, faults, statusWith, cpoSeenByPtp } = await renewing()
  world.tamper = (request) =>
    request.method === 'PUT'
      ? Promise.resolve({ status: 200, headers: {}, body: '{"status_code":3000,"status_message":"not today"}' })
      : undefined
  renewal.start()

  await pass(30 * DAY + 30 * 60_000)
  expect(faults).toEqual([
    expect.stringMatching(/^pay-\d+: PUT https:\/\/cpo\.example\S+ was answered with OCPI 3000: not today$/),
  ])
  expect([await statusWith(cpoSeenByPtp.tokenOut), (await peer()).tokenOut]).toEqual([200, cpoSeenByPtp.tokenOut])

  world.tamper = undefined
  await pass(HOUR)
  expect([puts(), faults.length, await statusWith((await peer()).tokenOut)]).toEqual([2, 1, 200])
})

test('E-37: a lost answer is cleared up within the grace of the old token', async () => {
  const { world, renewal, pass, peer, faults, statusWith } = await renewing()
  let lost = 0
  world.tamper = async (request, pass) => {
    const answer = await pass()
    if (request.method === 'PUT' && ++lost <= 2) throw new Error('line cut')
    return answer
  }
  renewal.start()

  await pass(30 * DAY + 30 * 60_000)

  expect(faults).toEqual([])
  expect(lost).toBe(3)
  expect(await statusWith((await peer()).tokenOut)).toBe(200)
})

test('B-30: nothing happens when it is switched off, or after the stop', async () => {
  const off = await renewing({ afterMs: 0 })
  off.renewal.start()
  await off.pass(90 * DAY)
  expect(off.puts()).toBe(0)

  const cut = await renewing()
  cut.world.tamper = () => Promise.reject(new Error('line cut'))
  cut.renewal.start()
  await cut.pass(30 * DAY)
  cut.renewal.stop()
  await cut.renewal.idle()
  expect(cut.faults).toHaveLength(1)

  const stopped = await renewing()
  stopped.renewal.start()
  await stopped.pass(DAY)
  stopped.renewal.stop()
  await stopped.pass(90 * DAY)
  expect(stopped.puts()).toBe(0)
})
