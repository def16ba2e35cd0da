import { expect, test } from 'vitest'
import { decide, diagram, inspect, type Machine } from '../src/machine.ts'
import { type ParcelEvent, parcel, parcelMachine } from './parcel.ts'

const events: readonly ParcelEvent[] = [
  { type: 'ordered' },
  { type: 'noted', by: 0 },
  { type: 'labelled', label: 'red' },
  { type: 'delivered' },
  { type: 'failed' },
  { type: 'overdue' },
  { type: 'pinged', times: 1 },
]

test('a machine is walked by really deciding: every state has a witness', () => {
  const found = inspect(parcelMachine, { entities: [parcel('p')], events })
  expect(found).toMatchObject({
    reached: ['new', 'sending', 'arrived', 'lost'],
    unreached: [],
    stuck: [],
    leaky: [],
    untried: [],
    thrown: [],
    complete: true,
  })
})

test('what was not shown is not claimed', () => {
  const found = inspect(parcelMachine, { entities: [parcel('p')], events: events.slice(0, 4) })
  expect(found.unreached).toEqual(['lost'])
  expect(found.untried.toSorted()).toEqual(['failed', 'overdue', 'pinged'])
})

test('dead ends, final states that are left, and cells that throw are told', () => {
  type Lamp = { readonly id: string; readonly state: 'off' | 'on' | 'broken' }
  const lamp: Machine<Lamp, { readonly type: 'press' } | { readonly type: 'hit' }, never> = {
    name: 'lamp',
    initial: 'off',
    final: ['on'],
    states: {
      off: { press: () => ({ to: 'on' }), hit: () => ({ to: 'broken' }) },
      on: { press: () => ({ to: 'off' }), hit: () => ({ ignore: 'hot' }) },
      broken: {
        press: () => ({ refuse: 'broken' }),
        hit: () => {
          throw new Error('glass')
        },
      },
    },
  }
  const found = inspect(lamp, { entities: [{ id: 'l', state: 'off' }], events: [{ type: 'press' }, { type: 'hit' }] })
  expect(found).toMatchObject({
    stuck: ['broken'],
    leaky: ['on'],
    thrown: [{ state: 'broken', on: 'hit', message: 'Error: glass' }],
  })
})

test('a counter that grows without end is cut, and said so', () => {
  const samples = { entities: [parcel('p')], events: [{ type: 'noted' as const, by: 1 }] }
  expect(inspect(parcelMachine, samples, { maxEntities: 50 }).complete).toBe(false)
  expect(inspect(parcelMachine, samples, { sameness: ({ state }) => state }).complete).toBe(true)
})

test('an event or a state of another version is refused, not a crash', () => {
  const strange = { type: 'teleported' } as unknown as ParcelEvent
  expect(decide(parcelMachine, parcel('p'), strange).verdict).toHaveProperty('refuse')
  expect(
    decide(parcelMachine, { ...parcel('p'), state: 'beamed' as 'new' }, { type: 'ordered' }).verdict,
  ).toHaveProperty('refuse')
})

test('the diagram shows what was walked', () => {
  const drawn = diagram(parcelMachine, inspect(parcelMachine, { entities: [parcel('p')], events }))
  expect(drawn.split('\n')).toEqual([
    'stateDiagram-v2',
    '  [*] --> new',
    '  new --> sending: ordered',
    '  new --> arrived: delivered',
    '  new --> lost: failed, overdue',
    '  sending --> arrived: delivered',
    '  sending --> lost: failed, overdue',
    '  arrived --> [*]',
    '  lost --> [*]',
  ])
})
