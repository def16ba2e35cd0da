import { expect, test } from 'vitest'
import { createEngine, type Kind } from '../src/engine.ts'
import { Fault } from '../src/fault.ts'
import { journal } from '../src/journal.ts'
import type { Store } from '../src/store.ts'
import { type VirtualClock, virtualClock } from '../src/virtual-clock.ts'
import { type Parcel, type ParcelEvent, type ParcelOrder, parcel, parcelKind, type Send } from './parcel.ts'
import { storePlaces, withStore } from './stores.ts'

const START = Date.UTC(2026, 10, 23, 10)

type More = Partial<Kind<Parcel, ParcelEvent, ParcelOrder>> & { readonly laneWidth?: number; readonly node?: string }

function setUp(
  store: Store,
  send: Send,
  { laneWidth, node, ...more }: More = {},
  clock: VirtualClock = virtualClock(START),
) {
  const kind = parcelKind(send, more)
  const faults: Fault[] = []
  const engine = createEngine({
    store,
    clock,
    random: () => 0.5,
    kinds: [kind],
    onFault: (fault) => faults.push(fault),
    ...(laneWidth === undefined ? {} : { laneWidth }),
    ...(node === undefined ? {} : { node }),
  })
  return { engine, parcels: engine.of(kind), clock, faults }
}

const arrives: Send = async () => ({ type: 'delivered' })

function gate() {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

for (const place of storePlaces()) {
  const on = (title: string, work: (store: Store, again: () => Promise<Store>) => Promise<void>) =>
    test(`${place.name}: ${title}`, () => withStore(place, work))

  on('an event is decided, stored, its effect run, and what it learned applied', async (store) => {
    const { engine, parcels } = setUp(store, arrives)
    engine.start()

    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()

    expect((await parcels.find('p1'))?.state).toBe('arrived')
    expect(
      (await parcels.history('p1')).map(({ seq, type, from, to, verdict }) => [seq, type, from, to, verdict]),
    ).toEqual([
      [0, 'created', 'new', 'new', 'created'],
      [1, 'ordered', 'new', 'sending', 'moved'],
      [2, 'delivered', 'sending', 'arrived', 'moved'],
    ])
    expect(await engine.pending('parcel', 'p1')).toEqual([])
    await engine.stop()
  })

  on('nothing runs before start', async (store) => {
    let sent = 0
    const { engine, parcels } = setUp(store, async () => {
      sent++
    })
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()
    expect(sent).toBe(0)

    engine.start()
    await engine.idle()
    expect(sent).toBe(1)
    await engine.stop()
  })

  on('a refusal changes nothing, is logged, kept in the journal and told', async (store) => {
    const { engine, parcels, clock, faults } = setUp(store, arrives)
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()

    const { verdict, entity } = await parcels.apply('p1', { type: 'noted', by: 1 })

    expect(verdict).toEqual({ refuse: 'this parcel is closed' })
    expect(entity.notes).toBe(0)
    expect((await parcels.history('p1')).at(-1)).toMatchObject({
      verdict: 'refused',
      reason: 'this parcel is closed',
      to: 'arrived',
    })
    expect(faults.map((fault) => fault.code)).toEqual(['EVENT_REFUSED'])
    expect((await journal(store, clock).of('p1')).map((entry) => entry.kind)).toEqual(['fault'])
    await engine.stop()
  })

  on('an entity is found under its other names, and a name has one owner', async (store) => {
    const { parcels } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await parcels.create(parcel('p2'), { type: 'ordered' })

    await parcels.apply('p1', { type: 'labelled', label: 'red' })
    expect((await parcels.find('red'))?.id).toBe('p1')
    await expect(parcels.apply('p2', { type: 'labelled', label: 'red' })).rejects.toMatchObject({ code: 'KEY_TAKEN' })
    expect((await parcels.find('p2'))?.label).toBeUndefined()

    await parcels.apply('red', { type: 'labelled', label: 'blue' })
    expect(await parcels.find('red')).toBeUndefined()
    await parcels.apply('p2', { type: 'labelled', label: 'red' })
    expect((await parcels.find('red'))?.id).toBe('p2')
  })

  on('an unknown entity and a second one of the same id are faults', async (store) => {
    const { parcels } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await expect(parcels.create(parcel('p1'), { type: 'ordered' })).rejects.toMatchObject({ code: 'ENTITY_EXISTS' })
    await expect(parcels.apply('p9', { type: 'delivered' })).rejects.toMatchObject({ code: 'ENTITY_UNKNOWN' })
  })

  on('the inbox recognises repeats and refuses other content under the same name', async (store) => {
    const { parcels } = setUp(store, arrives)
    const delivery = { source: 'nl/abc', key: 'cdr-1', hash: 'h1' }
    await parcels.create(parcel('p1'), { type: 'ordered' })

    const first = await parcels.apply('p1', { type: 'noted', by: 5 }, { dedupe: delivery })
    const second = await parcels.apply('p1', { type: 'noted', by: 5 }, { dedupe: delivery })
    const conflict = parcels.apply('p1', { type: 'noted', by: 7 }, { dedupe: { ...delivery, hash: 'h2' } })

    expect([first.seen, second.seen]).toEqual([false, true])
    await expect(conflict).rejects.toMatchObject({ code: 'INBOX_CONFLICT' })
    expect((await parcels.find('p1'))?.notes).toBe(5)
    expect(await parcels.history('p1')).toHaveLength(3)
  })

  on('creating twice from one delivery gives one entity', async (store) => {
    const { parcels } = setUp(store, arrives)
    const dedupe = { source: 'terminal', key: 'tap-1', hash: 'x' }
    const first = await parcels.create(parcel('p1'), { type: 'ordered' }, { dedupe })
    const second = await parcels.create(parcel('p2'), { type: 'ordered' }, { dedupe })
    expect([first.id, second.id]).toEqual(['p1', 'p1'])
    expect(await parcels.find('p2')).toBeUndefined()
  })

  on('what happens within the commit is undone with it', async (store) => {
    const { parcels } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    const failing = parcels.apply(
      'p1',
      { type: 'noted', by: 1 },
      {
        dedupe: { source: 's', key: 'k', hash: 'h' },
        within: async (tx) => {
          await tx.query(`INSERT INTO setting (key, value) VALUES ('a', 'b')`)
          throw new Error('no')
        },
      },
    )
    await expect(failing).rejects.toThrow('no')
    expect(await store.query('SELECT * FROM setting')).toEqual([])
    expect((await parcels.find('p1'))?.notes).toBe(0)
    expect(
      (await parcels.apply('p1', { type: 'noted', by: 1 }, { dedupe: { source: 's', key: 'k', hash: 'h' } })).seen,
    ).toBe(false)
  })

  on('many at once on one entity: every event counts once', async (store) => {
    const { parcels } = setUp(store, arrives)
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await Promise.all(Array.from({ length: 12 }, () => parcels.apply('p1', { type: 'noted', by: 1 })))
    expect((await parcels.find('p1'))?.notes).toBe(12)
    expect((await parcels.history('p1')).map((event) => event.seq)).toEqual(Array.from({ length: 14 }, (_, seq) => seq))
  })

  on('a crash between effect and result runs the effect again with the same key', async (store) => {
    const keys: string[] = []
    const never = new Promise<never>(() => undefined)
    const clock = virtualClock(START)
    const before = setUp(store, async (_, { key }) => (keys.push(key), never), { node: 'a' }, clock)
    before.engine.start()
    await before.parcels.create(parcel('p1'), { type: 'ordered' })
    await until(() => keys.length === 1)

    const attempts: number[] = []
    const after = setUp(
      store,
      async (_, { key, attempt }) => (keys.push(key), attempts.push(attempt), { type: 'delivered' }),
      { node: 'a' },
      clock,
    )
    after.engine.start()
    await after.engine.idle()

    expect(keys).toEqual([keys[0], keys[0]])
    expect(attempts).toEqual([2])
    expect((await after.parcels.find('p1'))?.state).toBe('arrived')
    await after.engine.stop()
  })

  on('a run that lost its lease must not report', async (store) => {
    const late = gate()
    const clock = virtualClock(START)
    const zombie = setUp(store, async () => (await late.opened, { type: 'failed' }), { node: 'a' }, clock)
    zombie.engine.start()
    await zombie.parcels.create(parcel('p1'), { type: 'ordered' })
    await until(async () => (await zombie.engine.pending('parcel', 'p1'))[0]?.attempts === 1)
    const { engine, parcels } = setUp(store, arrives, { node: 'a' }, clock)
    engine.start()
    await engine.idle()

    late.open()
    await zombie.engine.stop()

    expect((await parcels.history('p1')).map((event) => event.type)).toEqual(['created', 'ordered', 'delivered'])
    await engine.stop()
  })

  on('a failing effect is tried again with growing delays, then succeeds', async (store) => {
    const at: number[] = []
    const { engine, parcels, clock } = setUp(store, async () => {
      at.push(clock.now() - START)
      if (at.length < 4) throw new Fault('AWAY', 'nobody there', { retry: true })
      return { type: 'delivered' }
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    for (let n = 0; n < 10; n++) {
      await engine.idle()
      await clock.advanceBy(500)
    }
    await engine.idle()
    expect(at).toEqual([0, 500, 1500, 3500])
    expect((await parcels.find('p1'))?.state).toBe('arrived')
    await engine.stop()
  })

  on('an effect that must not be tried again is parked, told and written down', async (store) => {
    const { engine, parcels, clock, faults } = setUp(store, async () => {
      throw new Fault('REFUSED', 'they said no', { retry: false })
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()
    expect((await parcels.find('p1'))?.state).toBe('lost')
    expect(faults.map((fault) => fault.code)).toEqual(['EFFECT_PARKED'])
    expect(
      (await engine.effects({ status: 'parked', limit: 10 })).map((effect) => [effect.name, effect.lastError]),
    ).toEqual([['send', 'they said no']])
    expect((await journal(store, clock).recent(5, { kinds: ['fault'] })).map((entry) => entry.body['code'])).toEqual([
      'EFFECT_PARKED',
    ])
    await engine.stop()
  })

  on('an error nobody foresaw is parked after ten tries', async (store) => {
    let tries = 0
    const { engine, parcels, clock } = setUp(store, async () => {
      tries++
      throw new TypeError('undefined is not a function')
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    for (let n = 0; n < 20; n++) {
      await engine.idle()
      await clock.advanceBy(600_000)
    }
    await engine.idle()
    expect(tries).toBe(10)
    expect((await parcels.find('p1'))?.state).toBe('lost')
    await engine.stop()
  })

  on('a poisoned effect blocks only its entity, and keeps its order', async (store) => {
    let healed = false
    const sent: string[] = []
    const { engine, parcels, clock } = setUp(store, async (order, { entity }) => {
      if (entity.id === 'bad' && !healed) throw new Fault('POISON', 'cannot', { retry: true })
      sent.push(`${entity.id} ${order.do}${order.do === 'ping' ? order.n : ''}`)
    })
    engine.start()
    for (const id of ['bad', 'good']) {
      await parcels.create(parcel(id), { type: 'ordered' })
      await parcels.apply(id, { type: 'pinged', times: 3 })
    }
    await engine.idle()
    expect(sent).toEqual(['good send', 'good ping0', 'good ping1', 'good ping2'])

    healed = true
    await clock.advanceBy(3_600_000)
    await engine.idle()
    expect(sent.slice(4)).toEqual(['bad send', 'bad ping0', 'bad ping1', 'bad ping2'])
    await engine.stop()
  })

  on('the lane of a dead destination does not delay another lane', async (store) => {
    const dead = gate()
    const sent: string[] = []
    const { engine, parcels } = setUp(
      store,
      async (_, { entity }) => {
        if (entity.to === 'nowhere') await dead.opened
        sent.push(entity.id)
      },
      { laneWidth: 2 },
    )
    engine.start()
    for (let n = 0; n < 5; n++) await parcels.create(parcel(`d${n}`, 'nowhere'), { type: 'ordered' })
    for (let n = 0; n < 5; n++) await parcels.create(parcel(`l${n}`, 'berlin'), { type: 'ordered' })
    await until(() => sent.length === 5)
    expect([...sent].sort()).toEqual(['l0', 'l1', 'l2', 'l3', 'l4'])
    dead.open()
    await engine.idle()
    expect(sent).toHaveLength(10)
    await engine.stop()
  })

  on('a lane serves at most its width side by side', async (store) => {
    const full = gate()
    let running = 0
    let most = 0
    const { engine, parcels } = setUp(
      store,
      async () => {
        most = Math.max(most, ++running)
        await full.opened
        running--
      },
      { laneWidth: 3 },
    )
    for (let n = 0; n < 12; n++) await parcels.create(parcel(`p${n}`), { type: 'ordered' })
    engine.start()
    await until(() => running === 3)
    full.open()
    await engine.idle()
    expect(most).toBe(3)
    await engine.stop()
  })

  on('a deadline fires at its time, not before, and survives a restart', async (store) => {
    const first = setUp(store, async () => undefined)
    first.engine.start()
    await first.parcels.create(parcel('p1'), { type: 'ordered', deadlineMs: 60_000 })
    await first.engine.idle()
    expect(await first.engine.pending('parcel', 'p1')).toMatchObject([{ name: 'watch', dueAt: START + 60_000 }])
    await first.clock.advanceBy(59_999)
    await first.engine.idle()
    expect((await first.parcels.find('p1'))?.state).toBe('sending')
    await first.engine.stop()

    const second = setUp(store, async () => undefined, {}, virtualClock(START + 59_999))
    second.engine.start()
    await second.engine.idle()
    await second.clock.advanceBy(1)
    await second.engine.idle()
    expect((await second.parcels.find('p1'))?.state).toBe('lost')
    await second.engine.stop()
  })

  on('an effect under a key that is still open is ordered once; a closed key may be ordered again', async (store) => {
    let pings = 0
    const { engine, parcels } = setUp(
      store,
      async (order) => {
        if (order.do === 'ping') pings++
      },
      { key: (order, { id }) => `${id}/${order.do}` },
    )
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await parcels.apply('p1', { type: 'pinged', times: 3 })
    engine.start()
    await engine.idle()
    expect(pings).toBe(1)
    await parcels.apply('p1', { type: 'pinged', times: 1 })
    await engine.idle()
    expect(pings).toBe(2)
    await engine.stop()
  })

  on('an operator brings retries forward', async (store) => {
    let away = true
    const { engine, parcels } = setUp(store, async () => {
      if (away) throw new Fault('AWAY', 'away', { retry: true })
      return { type: 'delivered' }
    })
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await engine.idle()
    away = false
    await engine.retryNow('to:elsewhere')
    await engine.idle()
    expect((await parcels.find('p1'))?.state).toBe('sending')
    await engine.retryNow('to:berlin')
    await engine.idle()
    expect((await parcels.find('p1'))?.state).toBe('arrived')
    await engine.stop()
  })

  on('stop finishes what runs and takes no more', async (store) => {
    const slow = gate()
    const sent: string[] = []
    const { engine, parcels } = setUp(
      store,
      async (_, { entity }) => (sent.push(entity.id), await slow.opened, { type: 'delivered' }),
      { laneWidth: 1 },
    )
    engine.start()
    await parcels.create(parcel('p1'), { type: 'ordered' })
    await parcels.create(parcel('p2'), { type: 'ordered' })
    await until(() => sent.length === 1)
    const stopped = engine.stop()
    slow.open()
    await stopped
    expect(sent).toEqual(['p1'])
    expect((await parcels.find('p1'))?.state).toBe('arrived')
    expect((await parcels.find('p2'))?.state).toBe('sending')
  })

  on('the list is newest first and pages do not repeat', async (store) => {
    const { parcels, clock } = setUp(store, arrives)
    for (let n = 0; n < 5; n++) {
      await parcels.create(parcel(`p${n}`), { type: 'ordered' })
      if (n % 2 === 0) await clock.advanceBy(1)
    }
    const first = await parcels.list({ limit: 3 })
    const rest = await parcels.list({ limit: 3, before: first[2]?.id ?? '' })
    expect([...first, ...rest].map(({ id }) => id)).toEqual(['p4', 'p3', 'p2', 'p1', 'p0'].sort().reverse())
    expect(await parcels.list({ limit: 3, states: ['arrived'] })).toEqual([])
    expect(await parcels.list({ limit: 9, states: ['sending', 'arrived'] })).toHaveLength(5)
  })

  if (!place.shared) continue

  on('several nodes on one database never run one effect twice at the same time', async (_, again) => {
    const sent = new Map<string, number>()
    const clock = virtualClock(START)
    const nodes = await Promise.all(
      [0, 1, 2, 3].map(async (n) =>
        setUp(
          await again(),
          async (_order, { entity }) => void sent.set(entity.id, (sent.get(entity.id) ?? 0) + 1),
          { node: `n${n}` },
          clock,
        ),
      ),
    )
    for (let n = 0; n < 40; n++) await nodes[0]?.parcels.create(parcel(`p${n}`), { type: 'ordered' })
    for (const { engine } of nodes) engine.start()
    await Promise.all(nodes.map(({ engine }) => engine.idle()))
    await Promise.all(nodes.map(({ engine }) => engine.stop()))
    expect(sent.size).toBe(40)
    expect([...sent.values()].every((times) => times === 1)).toBe(true)
  })

  on('the lease of a dead node runs out, that of a slow one is renewed', async (store, again) => {
    const clock = virtualClock(START)
    const runs: string[] = []
    const slow = gate()
    const dead = setUp(store, async () => (runs.push('dead'), slow.opened), { node: 'dead' }, clock)
    dead.engine.start()
    await dead.parcels.create(parcel('p1'), { type: 'ordered' })
    await until(() => runs.length === 1)
    const other = setUp(
      await again(),
      async () => void runs.push('other'),
      { node: 'other' },
      virtualClock(START + 60_000),
    )

    for (let n = 0; n < 12; n++) {
      await clock.advanceBy(5_000)
      await until(async () => leaseOf(await store.query('SELECT lease_until FROM effect')) > clock.now() + 9_000)
    }
    other.engine.start()
    await other.engine.idle()
    expect(runs).toEqual(['dead'])

    await other.clock.advanceBy(20_000)
    await until(() => runs.length === 2)
    expect(runs).toEqual(['dead', 'other'])
    slow.open()
    await dead.engine.stop()
    await other.engine.idle()
    await other.engine.stop()
  })
}

const leaseOf = (rows: readonly unknown[]): number => (rows[0] as { lease_until: number }).lease_until

/** Waits for work that another engine does on its own; bounded. */
async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (await done()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('It did not happen.')
}
