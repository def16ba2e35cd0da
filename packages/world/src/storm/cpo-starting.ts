/** What a charger says and does about an order to start, as its script wants it. */
import type { Charge } from './cpo-books.ts'
import type { ChargingParts } from './cpo-charging.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** The car on the cable: energy begins, energy ends. */
export interface Car {
  readonly run: () => Promise<void>
  readonly end: () => Promise<void>
}

const after = ({ clock }: ChargingParts, ms: number, task: () => unknown) => void clock.after(ms, () => void task())

async function resultOf({ tell, clock }: ChargingParts, charge: Charge, word: string): Promise<void> {
  const body = JSON.stringify({ result: word })
  if (word !== 'ACCEPTED') charge.saidNo = true
  const status = await tell(`result s${charge.script.n}`, { method: 'POST', path: '', url: charge.responseUrl, body })
  if (status !== 200) return
  if (word === 'ACCEPTED') charge.acceptedAt ??= clock.now()
  else charge.refusedAt ??= clock.now()
}

/** The charger's word about the order, and when the car is plugged in. */
export async function startOf(parts: ChargingParts, charge: Charge, { run, end }: Car): Promise<void> {
  const { weather } = parts
  const { script } = charge
  const { n, start } = script
  const result = (word: string) => resultOf(parts, charge, word)
  const plug = () => {
    if (script.driver !== 'never-plugs-in') return after(parts, script.plugAfterMs, () => run())
    weather.happened(`never-plugs-in s${n}`)
    weather.met('F08')
  }
  const odd = (row: string) => {
    weather.happened(`${start} s${n}`)
    weather.met(row)
  }
  switch (start) {
    case 'result-before-answer':
      odd('F17')
      await result('ACCEPTED')
      return plug()
    case 'session-before-answer':
      odd('F18')
      await run()
      // The charger's word may be long overtaken by what it does.
      return after(parts, n % 2 === 0 ? 2 * SECOND : 4 * MINUTE, () => result('ACCEPTED'))
    case 'over-before-answer':
      odd('F18')
      return overBeforeAnswer(parts, { run, end, result })
    case 'answer-never-comes':
      odd('F14')
      after(parts, 5 * SECOND, () => run())
      return after(parts, 6 * SECOND, () => result('ACCEPTED'))
    case 'no-result':
      odd('F16')
      return plug()
    case 'no-result-no-session':
      return odd('F16')
    case 'failed-then-runs':
      odd('F19')
      after(parts, 4 * SECOND, () => run())
      return after(parts, 2 * SECOND, () => result('FAILED'))
    case 'failed':
      odd('F15')
      return after(parts, 2 * SECOND, () => result('FAILED'))
    case 'occupied':
      odd('F23')
      return after(parts, 2 * SECOND, () => result('EVSE_OCCUPIED'))
    case 'result-timeout':
      odd('F15')
      return after(parts, 30 * SECOND, () => result('TIMEOUT'))
    case 'runs-after-void':
      weather.happened(`${start} s${n}`)
      after(parts, 10 * MINUTE, () => run())
      return after(parts, 2 * SECOND, () => result('ACCEPTED'))
    default:
      return after(parts, 2 * SECOND, async () => {
        await result('ACCEPTED')
        plug()
      })
  }
}

/** Two seconds of energy, ended and billed while the order still waits for its answer. */
async function overBeforeAnswer(
  parts: ChargingParts,
  { run, end, result }: Car & { readonly result: (word: string) => Promise<void> },
): Promise<void> {
  await run()
  after(parts, 2 * SECOND, end)
  after(parts, 7 * SECOND, () => result('ACCEPTED'))
  return new Promise<void>((resolve) => void after(parts, 6 * SECOND, resolve))
}
