import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ROWS, runWorlds, worldsOf } from '../src/storm/run.ts'
import { runWorld } from '../src/storm/world.ts'

const RUN = fileURLToPath(new URL('../src/storm/world.ts', import.meta.url))

test('in storms no money is lost, doubled or left held: the books of provider, CPOs and terminals agree', async () => {
  const report = await runWorlds({ seed: 11, sessions: 300 })
  expect(report.broken).toEqual([])
  expect(report.sessions).toBe(300)
  expect(report.faults / report.sessions).toBeGreaterThan(3)
  expect(Object.keys(report.rows).filter((row) => ROWS.includes(row)).length).toBeGreaterThan(50)
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
