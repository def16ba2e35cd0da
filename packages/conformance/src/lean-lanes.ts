/** What a platform of the judge tells its partner, in order and again when it was not taken. */
import type { Clock } from './recorder.ts'

/** Pauses before what was not taken is sent again. */
const RETRY_MS = [1_000, 4_000, 16_000, 60_000]

export type Lanes = (lane: string, send: () => Promise<unknown>) => void

/** One after the other per lane; what is not taken is sent again a few times. */
export function createLanes(clock: Clock): Lanes {
  const lanes = new Map<string, Promise<void>>()
  const attempt = async (send: () => Promise<unknown>, [pause, ...later]: readonly number[]): Promise<void> => {
    try {
      await send()
    } catch {
      if (pause === undefined) return
      await new Promise<void>((done) => void clock.after(pause, done))
      await attempt(send, later)
    }
  }
  return (lane, send) =>
    void lanes.set(
      lane,
      (lanes.get(lane) ?? Promise.resolve()).then(() => attempt(send, RETRY_MS)),
    )
}
