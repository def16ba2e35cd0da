/**
 * The first broken rule of some worlds, shrunk; prints one line of JSON. With a cut as second argument it is only replayed.
 * Started by shrink.test.ts, with a planted bug or without.
 */
import { type Cut, replay, shrink } from '../../src/storm/shrink.ts'
import { runWorld } from '../../src/storm/world.ts'

const SESSIONS = 60
const WORLDS = 20
const [from = 0, cut] = process.argv.slice(2).map((arg) => JSON.parse(arg) as number & Cut)

async function found() {
  for (let seed = from; seed < from + WORLDS; seed++) {
    const { broken, struck, lines } = await runWorld({ seed, sessions: SESSIONS, record: true })
    const [rule] = broken
    if (rule === undefined) continue
    return {
      whole: { rule, faults: struck.length, steps: lines.length },
      shrunk: await shrink({ seed, sessions: SESSIONS, rule }),
    }
  }
  return undefined
}

const told = cut === undefined ? await found() : await replay({ seed: from, sessions: SESSIONS }, cut)
process.stdout.write(JSON.stringify(told ?? null))
