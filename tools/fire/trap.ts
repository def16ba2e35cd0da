/** One armed point at a time: the proxies ask at every boundary whether the server dies here. */
import type { Moment } from './points.ts'

export interface Trap {
  /** Resolves when the point was reached and the server killed; `cancel` gives up waiting. */
  readonly arm: (point: string) => { readonly sprung: Promise<boolean>; readonly cancel: () => void }
  /** True when the server was killed here: what crosses the boundary is lost. */
  readonly at: (boundary: string | undefined, moment: Moment) => boolean
}

export function createTrap(kill: () => void): Trap {
  let armed: { readonly point: string; readonly done: (sprung: boolean) => void } | undefined
  return {
    arm: (point) => {
      let done: (sprung: boolean) => void = () => {}
      const sprung = new Promise<boolean>((resolve) => {
        done = resolve
      })
      armed = { point, done }
      return {
        sprung,
        cancel: () => {
          armed = undefined
          done(false)
        },
      }
    },
    at: (boundary, moment) => {
      if (armed === undefined || armed.point !== `${boundary}.${moment}`) return false
      const { done } = armed
      armed = undefined
      kill()
      done(true)
      return true
    },
  }
}
