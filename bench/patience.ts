/** Waiting for what a bench has set going. */
import { wallClock } from '@plugtill/engine/clock'

const PATIENCE_MS = 120_000

export const wait = (ms: number) => new Promise<void>((done) => void wallClock.after(ms, done))

/** How many milliseconds it took until `check` held; looked at `everyMs`. */
export async function until(what: string, check: () => Promise<boolean> | boolean, everyMs = 50): Promise<number> {
  const began = performance.now()
  while (!(await check())) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`${what}: not within ${PATIENCE_MS / 1_000} s`)
    await wait(everyMs)
  }
  return performance.now() - began
}

/** Of which payment a message of OCPI speaks, without reading the rest of it. */
export const referenceIn = (body: string) => /"authorization_reference":"([^"]+)"/.exec(body)?.[1] ?? ''
