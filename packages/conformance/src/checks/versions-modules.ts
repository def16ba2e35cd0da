/** Whether version details are whole and name the modules that direct payment needs. (B-03 to B-06, C-002) */
import { type Check, type Ruling, whole } from '../check.ts'
import type { Found, View } from '../view.ts'

interface Entry {
  readonly identifier: string
  readonly role: string
  readonly url: string
}

/** The last details of the version that is spoken. */
export function detailsIn(view: View): (Found & { readonly endpoints: readonly Entry[] }) | undefined {
  const found = view.found('VersionDetails').at(-1)
  const { endpoints } = (found?.value ?? {}) as { endpoints?: unknown }
  if (found === undefined || !Array.isArray(endpoints)) return undefined
  const entries = endpoints.flatMap((entry: unknown): readonly Entry[] => {
    const { identifier, role, url } = (entry ?? {}) as Readonly<Record<string, unknown>>
    return [{ identifier: text(identifier).toLowerCase(), role: text(role).toUpperCase(), url: text(url) }]
  })
  return { ...found, endpoints: entries }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function aboutDetails(
  rule: string,
  judge: (endpoints: readonly Entry[], view: View, found: Found) => Ruling,
  after: readonly string[] = [],
): Check {
  return whole(rule, {
    needs: 'version details',
    after: ['versions.get/1', 'versions.get/2', 'versions.get/3', 'versions.details/1', ...after],
    judge: (view) => {
      const found = detailsIn(view)
      return found === undefined ? undefined : { ruling: judge(found.endpoints, view, found), seen: found.seen }
    },
  })
}

const offer = (rule: string, identifier: string, role: string): Check =>
  aboutDetails(
    rule,
    (endpoints) => {
      const named = endpoints.filter((one) => one.identifier === identifier)
      if (named.some((one) => one.role === role)) return 'ok'
      const listed = endpoints.map((one) => `${one.identifier} ${one.role}`).join(', ')
      return {
        message: named.length > 0 ? `${identifier} is offered with the wrong role.` : `${identifier} is not offered.`,
        expected: `an endpoint ${identifier} with role ${role}`,
        actual: named.map((one) => `${one.identifier} with role ${one.role}`).join(', ') || listed || 'nothing',
        field: '/data/endpoints',
      }
    },
    ['versions.details/3'],
  )

export const versionsModulesChecks: readonly Check[] = [
  whole('versions.get/5', {
    needs: 'a list of versions',
    after: ['versions.get/1', 'versions.get/3'],
    judge: (view) => {
      const found = view.found('Versions').at(-1)
      if (found === undefined || !Array.isArray(found.value)) return undefined
      const offered = found.value.map((entry) => String((entry as { version?: unknown } | null)?.version))
      const twice = offered.filter((one, index) => offered.indexOf(one) !== index)
      if (twice.length === 0) return { ruling: 'ok', seen: found.seen }
      const message = 'A version is offered twice.'
      return { ruling: { message, actual: twice.join(', '), field: '/data' }, seen: found.seen }
    },
  }),
  aboutDetails('versions.details/2', (_endpoints, view, { seen, value }) => {
    const told = (value as { version?: unknown }).version
    const asked = view
      .found('Versions')
      .flatMap((found) => (Array.isArray(found.value) ? found.value : []))
      .find((entry) => (entry as { url?: unknown } | null)?.url === seen.url) as { version?: unknown } | undefined
    if (asked === undefined || typeof asked.version !== 'string') return undefined
    if (told === asked.version) return 'ok'
    return {
      message: 'The details are those of another version.',
      expected: asked.version,
      actual: String(told),
      field: '/data/version',
    }
  }),
  aboutDetails('versions.details/3', (endpoints) =>
    endpoints.some(({ identifier }) => identifier === 'credentials')
      ? 'ok'
      : {
          message: 'credentials is not offered.',
          expected: 'an endpoint credentials',
          actual: endpoints.map(({ identifier }) => identifier).join(', ') || 'nothing',
          field: '/data/endpoints',
        },
  ),
  aboutDetails('versions.details/4', (endpoints) => {
    const sides = endpoints.map(({ identifier, role }) =>
      identifier === 'credentials' ? identifier : `${identifier} ${role}`,
    )
    const most = (side: string) => (/^(payments|credentials)\b/.test(side) ? 2 : 1)
    const often = sides.find((side) => sides.filter((one) => one === side).length > most(side))
    if (often === undefined) return 'ok'
    return { message: 'One interface has several URLs.', expected: 'one', actual: often, field: '/data/endpoints' }
  }),
  offer('versions.modules/1', 'payments', 'RECEIVER'),
  offer('versions.modules/2', 'locations', 'SENDER'),
  offer('versions.modules/3', 'tariffs', 'SENDER'),
  offer('versions.modules/4', 'commands', 'RECEIVER'),
  offer('versions.modules/5', 'sessions', 'SENDER'),
  offer('versions.modules/6', 'cdrs', 'SENDER'),
  offer('versions.modules/7', 'payments', 'SENDER'),
  offer('versions.modules/8', 'cdrs', 'RECEIVER'),
]
