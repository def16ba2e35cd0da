import { expect, test } from 'vitest'
import { type ListOf, sharedReading } from '../src/effects/one-reading.ts'

interface Item {
  readonly of: string
}

/** A list whose pages are handed out one by one; `asked` has each reading's partner and beginning. */
function setUp(items: () => readonly Item[] = () => []) {
  const asked: {
    readonly peerId: string
    readonly of?: string
    readonly since: number
    readonly reference: string
    read: number
  }[] = []
  const gates: (() => void)[] = []
  const look = sharedReading<Item>(async function* ({ peerId, party }, since, reference) {
    const reading = { peerId, of: party?.partyId, since, reference, read: 0 }
    asked.push(reading)
    await new Promise<void>((go) => gates.push(go))
    for (const item of items()) {
      reading.read += 1
      yield item
    }
  })
  const found: string[] = []
  const lookFor = (of: string, since = 0, list: string | ListOf = 'cpo', take = async (_: Item) => true) =>
    look({
      list: typeof list === 'string' ? { peerId: list } : list,
      since,
      reference: of,
      isMine: (item) => item.of === of,
      take,
    }).then(() => void found.push(of))
  /** The oldest reading that waits goes on. */
  const goOn = async () => {
    gates.shift()?.()
    await new Promise((done) => setImmediate(done))
  }
  return { asked, found, lookFor, goOn }
}

test('looks that come while a list is read share the next reading, which begins with the earliest of them', async () => {
  const { asked, found, lookFor, goOn } = setUp(() => [{ of: 'a' }, { of: 'b' }, { of: 'c' }])
  const looks = [lookFor('a', 500), lookFor('b', 400), lookFor('c', 300)]
  expect(asked).toMatchObject([{ since: 500, reference: 'a' }])
  await goOn()
  expect(found).toEqual(['a'])
  expect(asked).toMatchObject([{ since: 500 }, { since: 300, reference: 'b' }])
  await goOn()
  await Promise.all(looks)
  expect(asked).toHaveLength(2)
})

test('a reading ends when everybody has found, or with the list', async () => {
  const { asked, lookFor, goOn } = setUp(() => [{ of: 'a' }, { of: 'b' }, { of: 'c' }])
  const first = lookFor('a')
  await goOn()
  await first
  expect(asked.at(-1)?.read).toBe(1)
  const nowhere = lookFor('nowhere')
  await goOn()
  await nowhere
  expect(asked.at(-1)?.read).toBe(3)
})

test('what is not it is passed by: the look goes on', async () => {
  const { lookFor, goOn } = setUp(() => [{ of: 'a' }, { of: 'a' }, { of: 'a' }])
  let met = 0
  const look = lookFor('a', 0, 'cpo', async () => ++met === 2)
  await goOn()
  await look
  expect(met).toBe(2)
})

test('an item that one look cannot take fails that look and no other', async () => {
  const { lookFor, goOn } = setUp(() => [{ of: 'bad' }, { of: 'good' }])
  const before = lookFor('before')
  const bad = lookFor('bad', 0, 'cpo', async () => Promise.reject(new Error('taken badly')))
  const good = lookFor('good')
  const failed = expect(bad).rejects.toThrow('taken badly')
  await goOn()
  await before
  await goOn()
  await Promise.all([failed, good])
})

test('a reading that fails fails those who wait for it, and nobody who comes later', async () => {
  let broken = true
  const { lookFor, goOn } = setUp(() => {
    if (broken) throw new Error('no answer')
    return [{ of: 'b' }]
  })
  const failed = expect(lookFor('a')).rejects.toThrow('no answer')
  const later = lookFor('b')
  await goOn()
  await failed
  broken = false
  await goOn()
  await later
})

test('one partner that hangs holds up nobody who looks elsewhere', async () => {
  const { asked, lookFor } = setUp()
  void lookFor('a', 0, 'one')
  void lookFor('b', 0, 'two')
  expect(asked.map(({ peerId }) => peerId)).toEqual(['one', 'two'])
})

test('the parties of one platform have a list each: one reading never serves looks for another party (A-68)', async () => {
  const { asked, lookFor } = setUp()
  const listOf = (partyId: string) => ({ peerId: 'cpo', party: { countryCode: 'NL', partyId } })
  for (const party of ['AAA', 'BBB', 'bbb']) void lookFor('a', 0, listOf(party))
  expect(asked.map(({ of }) => of)).toEqual(['AAA', 'BBB'])
})
