/** Who may do what: four roles, each includes the ones before, and a table of everything that changes something. (T35) */

export const ROLES = ['view', 'operate', 'money', 'admin'] as const
export type Role = (typeof ROLES)[number]

interface Needs {
  readonly method: RegExp
  readonly path: RegExp
  readonly role: Role
}

/** A HEAD runs what its GET runs, and has the same headers. */
const read = /^(?:GET|HEAD)$/
const change = /^(?:POST|PUT|PATCH|DELETE)$/
const needs = (role: Role, method: RegExp, path: RegExp): Needs => ({ role, method, path })

/** The first line that fits counts. */
const TABLE: readonly Needs[] = [
  // The key of a terminal lets its holder speak as that terminal.
  needs('operate', read, /^\/ptp\/api\/terminals\/[^/]+\/kiosk$/),
  needs('admin', read, /^\/account\/api\/(?:accounts|trail)/),
  needs('view', read, /./),
  // One's own account.
  needs('view', change, /^\/account\/api\/me(?:\/|$)/),
  needs('admin', change, /^\/account\/api\//),
  // Who moves money or decides about it.
  needs('money', change, /^\/ptp\/api\/payments\/[^/]+\/resolve$/),
  needs('money', change, /^\/cpo\/api\/cdrs(?:\/|$)/),
  needs('money', change, /^\/(?:ptp|cpo)\/api\/reconciliations?(?:\/|$)/),
  // Sends again what waits, to whom it was meant for.
  needs('operate', change, /^\/(?:ptp|cpo)\/api\/peers\/[^/]+\/retry$/),
  // Whom we trust, and on which terms.
  needs('admin', /^DELETE$/, /^\/cpo\/api\/chargers\//),
  needs('admin', change, /^\/(?:ptp|cpo)\/api\/(?:peers|contracts)(?:\/|$)/),
  needs('admin', change, /^\/ptp\/api\/terminals\/[^/]+\/(?:reader|move)$/),
  needs('admin', change, /^\/cpo\/api\/(?:sites|chargers\/[^/]+\/(?:adopt|secret|password)|stations)(?:\/|$)/),
  // The day's work.
  needs('operate', change, /^\/ptp\/api\/(?:payments|terminals|deliveries|locations|exchanges|faults)(?:\/|$)/),
  needs(
    'operate',
    change,
    /^\/cpo\/api\/(?:terminals|sessions|reservations|chargers|deliveries|locations|exchanges|faults)(?:\/|$)/,
  ),
  needs('operate', change, /^\/(?:sim|sandbox|judge)\/api\//),
  // Computes and keeps nothing.
  needs('view', change, /^\/tools\/api\//),
]

/** By the route that runs, not by what somebody wrote: what nobody thought of is for admins. */
export function roleFor(method: string, route: string): Role {
  return TABLE.find((one) => one.method.test(method) && one.path.test(route))?.role ?? 'admin'
}

/** Whether a line of the table says so, or only its end does. */
export const isNamed = (method: string, route: string): boolean =>
  TABLE.some((one) => one.method.test(method) && one.path.test(route))

export const includes = (has: Role, needed: Role): boolean => ROLES.indexOf(has) >= ROLES.indexOf(needed)
