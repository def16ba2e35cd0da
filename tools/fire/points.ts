/**
 * The named moments at which the server is killed: every boundary between it and somebody who survives. They lie on the
 * wire, outside of the product, which therefore carries no switch for them.
 */

export type Moment = 'before' | 'after'

export interface Point {
  /** `capture.after`: the provider has captured, the server never learns it. */
  readonly name: string
  readonly moment: Moment
}

interface Boundary {
  readonly name: string
  readonly method: string
  readonly path: RegExp
}

/** What the server asks of others. */
const ASKED: readonly Boundary[] = [
  { name: 'authorize', method: 'POST', path: /\/v1\/payments$/ },
  { name: 'capture', method: 'POST', path: /\/captures$/ },
  { name: 'void', method: 'POST', path: /\/voids$/ },
  { name: 'start', method: 'POST', path: /\/START_SESSION$/ },
  { name: 'stop', method: 'POST', path: /\/STOP_SESSION$/ },
  { name: 'advice', method: 'POST', path: /\/financial-advice-confirmations$/ },
  { name: 'pull-sessions', method: 'GET', path: /\/sessions\b/ },
]

/** What others tell the server. */
const TOLD: readonly Boundary[] = [
  { name: 'tap', method: 'POST', path: /\/ptp\/api\/payments\/tap$/ },
  { name: 'result', method: 'POST', path: /\/sender\/commands\// },
  { name: 'session', method: 'PUT', path: /\/sessions\// },
  { name: 'session-update', method: 'PATCH', path: /\/sessions\// },
  { name: 'cdr', method: 'POST', path: /\/cdrs$/ },
]

export const COMMIT = 'commit'

const boundaries = [...ASKED, ...TOLD]

/** The boundary that a request crosses. */
export function boundaryOf(method: string, path: string): string | undefined {
  const bare = path.replace(/\?.*$/, '')
  return boundaries.find((one) => one.method === method && one.path.test(bare))?.name
}

const moments: readonly Moment[] = ['before', 'after']

/** All of them, in the order in which they are tried. */
export const POINTS: readonly Point[] = moments.flatMap((moment) =>
  [...boundaries.map(({ name }) => name), COMMIT].map((name) => ({ name: `${name}.${moment}`, moment })),
)
