import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { lacksOf, missedIn, ROWS, runWorlds, worldsOf } from '../src/storm/run.ts'
import { runWorld } from '../src/storm/world.ts'

const RUN = fileURLToPath(new URL('../src/storm/world.ts', import.meta.url))

test('in storms no money is lost, doubled or left held: the books of provider, CPOs and terminals agree', async () => {
  const report = await runWorlds({ seed: 11, sessions: 300 })
  expect(report.broken).toEqual([])
  expect(report.sessions).toBe(300)
  expect(report.faults / report.sessions).toBeGreaterThan(5)
  expect(Object.keys(report.rows).filter((row) => ROWS.includes(row)).length).toBeGreaterThan(50)
})

test('every payment of a storm is touched by at least five faults, and few drivers are turned away before they have one', async () => {
  // A provider that is away for an hour in one of two worlds would already be many of their drivers.
  const { begun, ownFaults, fewFaults, sessions } = await runWorlds({ seed: 12, sessions: 600, worldSize: 100 })
  expect(fewFaults).toBe(0)
  expect(ownFaults / begun).toBeGreaterThan(5)
  expect(begun / sessions).toBeGreaterThan(0.85)
})

test('a run that met every case and order, with faults enough, lacks nothing; one case taken out is told, and so are faults', async () => {
  const report = await runWorlds({ seed: 11, sessions: 60 })
  const { F47: _, ...others } = report.rows
  const whole = { ...report, missed: missedIn(Object.fromEntries(ROWS.map((row) => [row, 1]))), ordersMissed: [] }
  expect(lacksOf(whole)).toEqual([])
  expect(report.rows['F47']).toBeGreaterThan(0)
  expect(missedIn(others)).toEqual([...report.missed, 'F47'].sort())
  expect(lacksOf({ ...whole, missed: ['F47'] })).toEqual(['cases of the failure model were not met: F47'])
  expect(lacksOf({ ...whole, ordersMissed: ['CDR < stop'] })).toEqual(['orders of messages were not met: CDR < stop'])
  expect(lacksOf({ ...whole, faults: 299 })).toEqual(['4.98 faults for each session are fewer than 5'])
  expect(lacksOf({ ...whole, fewFaults: 2 })).toEqual(['2 sessions were touched by fewer than 5 faults'])
})

test('the same seed is the same world, bit for bit, in two processes', async () => {
  const here = await runWorld({ seed: 4, sessions: 40 })
  const script = `import { runWorld } from ${JSON.stringify(RUN)}; process.stdout.write((await runWorld({ seed: 4, sessions: 40 })).hash)`
  const there = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(there.stdout).toBe(here.hash)
  expect(here.hash).toMatch(/^[0-9a-f]{64}$/)
  expect((await runWorld({ seed: 5, sessions: 40 })).hash).not.toBe(here.hash)
})

test('the database in memory is as good as the real one: the same storm leaves the same trace on both', async () => {
  const parts = { seed: 21, sessions: 60 }
  const [quick, real] = [await runWorld(parts), await runWorld({ ...parts, database: 'sqlite' })]
  expect(quick).toEqual(real)
  expect(quick.faults).toBeGreaterThan(150)
})

test('a run is the same on one thread and on two', async () => {
  const parts = { seed: 2, sessions: 70, worldSize: 30 }
  expect(worldsOf(parts).map(({ sessions }) => sessions)).toEqual([30, 30, 10])
  expect(worldsOf({ seed: 2, sessions: 100_000 }).filter(({ twin }) => twin)).toHaveLength(2)
  const [one, two] = [await runWorlds(parts), await runWorlds({ ...parts, threads: 2 })]
  expect(two).toEqual(one)
})

test('a thread takes world after world and leaves no listener behind', async () => {
  const warned: string[] = []
  const hear = (warning: Error) => void warned.push(warning.name)
  process.on('warning', hear)
  const report = await runWorlds({ seed: 3, sessions: 26, worldSize: 1, threads: 2 })
  await new Promise((done) => setImmediate(done))
  process.off('warning', hear)
  expect([report.worlds, warned]).toEqual([26, []])
})
