/** Whether and when CDRs come: one per session, by POST or in the list, and never changed. (cdrs; C-601, C-602) */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { type Check, each, exchanges, whole } from '../check.ts'
import { jsonOf, type Seen } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'
import { type Purchase, purchasesOf, timeOf } from './purchase.ts'
import { said } from './said.ts'
import { grossNumber } from './session-costs.ts'
import { ENDED } from './sessions-cpo.ts'
import { same } from './wrongs.ts'

const CDR_MS = 5 * 60_000

/** Sessions in which energy flowed and which are over. */
const endedOf = (view: View): readonly (Purchase & { readonly endedAt: number })[] =>
  purchasesOf(view).flatMap((purchase) => {
    const states = purchase.sessions.flatMap(({ pushed, listed }) => [...pushed, ...listed])
    const active = states.some(({ session }) => session.status === 'ACTIVE')
    const end = states.find(({ session }) => session.status === 'COMPLETED')
    return active && end !== undefined ? [{ ...purchase, endedAt: end.seen.at }] : []
  })

const isCredit = ({ value }: Found<Cdr>) => value.credit === true
const idOf = ({ value }: Found<Cdr>) => value.id.toLowerCase()

/** The order of fields means nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, part]) => part !== null && part !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, sorted(part)]))
}

const textOf = (cdr: Cdr): string => JSON.stringify(sorted(cdr))

/** Objects of the CDRs that were not taken on purpose. */
const refusedIds = (view: View): readonly { readonly seen: Seen; readonly id: string }[] =>
  view.probes('cdrs.refused').flatMap((seen) => {
    const id = (jsonOf(seen.request.body) as { readonly id?: unknown } | undefined)?.id
    return typeof id === 'string' ? [{ seen, id }] : []
  })

const SHAPE = Array.from({ length: 10 }, (_, index) => `cdrs.object/${index + 1}`)

export const cdrCourseChecks: readonly Check[] = [
  whole('cdrs.sent/1', {
    needs: 'a session that has ended',
    after: [...ENDED, ...SHAPE, 'cdrs.sent/4'],
    judge: (view) => {
      const ended = endedOf(view)
      const missing = ended.find(({ cdrs, endedAt }) => cdrs.length === 0 && view.overdue(endedAt, CDR_MS))
      if (missing !== undefined) {
        const reference = missing.body.authorization_reference ?? ''
        const message = 'A session has ended, but no CDR came, neither by POST nor in the list.'
        const expected = `a CDR with authorization_reference ${reference}`
        return { ruling: { message, expected, actual: 'none' }, seen: missing.sessions[0]?.told.at(-1)?.seen }
      }
      const [billed] = ended.flatMap(({ cdrs }) => cdrs)
      return billed && { ruling: 'ok', seen: billed.seen }
    },
  }),
  each('cdrs.sent/2', {
    needs: 'a CDR',
    after: ['cdrs.sent/1', ...SHAPE],
    of: (view) =>
      purchasesOf(view)
        .filter(({ cdrs }) => cdrs.length > 0)
        .map(({ cdrs }) => ({ seen: cdrs.at(-1)?.seen, cdrs })),
    judge: ({ cdrs }) => {
      const credited = new Set(cdrs.filter(isCredit).map(({ value }) => value.credit_reference_id?.toLowerCase()))
      const open = new Set(cdrs.filter((one) => !isCredit(one) && !credited.has(idOf(one))).map(idOf))
      if (open.size < 2) return 'ok'
      return {
        message: 'One session has more than one CDR.',
        expected: 'one CDR',
        actual: [...open].join(', '),
        field: '/id',
      }
    },
  }),
  each('cdrs.sent/3', {
    needs: 'a CDR',
    after: ['cdrs.sent/1', ...SHAPE],
    of: (view) =>
      [...Map.groupBy(view.valid('CDR'), idOf).values()].map((versions) => ({ seen: versions.at(-1)?.seen, versions })),
    judge: ({ versions }) => {
      const [first, ...others] = versions
      const other = others.find(({ value }) => first !== undefined && textOf(value) !== textOf(first.value))
      if (first === undefined || other === undefined) return 'ok'
      const names = Object.keys({ ...first.value, ...other.value }) as (keyof Cdr)[]
      const changed = names.find(
        (name) => JSON.stringify(sorted(first.value[name])) !== JSON.stringify(sorted(other.value[name])),
      )
      return {
        message: `CDR ${first.value.id} came again with another ${changed}.`,
        expected: JSON.stringify(first.value[changed ?? 'id']),
        actual: JSON.stringify(other.value[changed ?? 'id']) ?? 'nothing',
        field: `${other.pointer}/${changed}`,
      }
    },
  }),
  each('cdrs.sent/4', {
    needs: 'a CDR whose POST was answered with HTTP 500',
    unless: listedOnly,
    after: ['cdrs.list/1', ...SHAPE],
    of: refusedIds,
    judge: ({ id, seen }, view) => {
      if (view.valid('CDR').some(({ value }) => same(value.id, id))) return 'ok'
      if (!view.overdue(seen.at, CDR_MS)) return undefined
      return {
        message: 'The POST of a CDR was answered with HTTP 500; it was neither sent again nor is it in the list.',
        expected: `CDR ${id} once more`,
        actual: 'nothing',
      }
    },
  }),
  each('cdrs.sent/5', {
    needs: 'a START_SESSION that is accepted',
    after: ['cdrs.sent/1'],
    of: (view) => purchasesOf(view).filter(({ sessions }) => sessions.some(({ pushed }) => pushed.length > 0)),
    judge: ({ sessions, cdrs }) => {
      const states = sessions.flatMap(({ pushed, listed }) => [...pushed, ...listed])
      const active = states.some(({ session }) => session.status === 'ACTIVE' || session.status === 'COMPLETED')
      const billed = cdrs.find(({ value }) => value.credit !== true && grossNumber(value.total_cost) > 0)
      if (active || billed === undefined) return 'ok'
      return {
        message: 'A session that never was ACTIVE is billed.',
        expected: 'no CDR, or one over 0',
        actual: String(grossNumber(billed.value.total_cost)),
        field: `${billed.pointer}/total_cost`,
      }
    },
  }),
  each('cdrs.list/1', {
    needs: 'the list of CDRs has to be asked for',
    of: (view) => exchanges(view.of('us', 'cdrs.list')),
    judge: ({ seen }) =>
      isYes(seen) && Array.isArray(seen.answer?.data)
        ? 'ok'
        : {
            message: 'The list of CDRs was not answered.',
            expected: 'HTTP 200 with OCPI 1000 and a list',
            actual: said(seen),
          },
  }),
  each('cdrs.list/2', {
    needs: 'the list of CDRs after a CDR was sent',
    after: ['cdrs.list/1', 'cdrs.sent/1', ...SHAPE],
    of: (view) => purchasesOf(view).flatMap((purchase) => lookedFor(purchase, view)),
    judge: ({ id, listed }) =>
      listed
        ? 'ok'
        : {
            message: 'The CDR that was sent is not in the list of CDRs.',
            expected: `CDR ${id}`,
            actual: 'only others',
            field: '/data',
          },
  }),
]

/** Whether the platform lets its CDRs be fetched and sends none. */
function listedOnly(view: View): string | undefined {
  const posted = view.of('partner', 'cdrs.postCdr').length > 0 || view.probes('cdrs.refused').length > 0
  const listed = view.valid('CDR').length > 0
  return listed && !posted ? 'The platform sends no CDRs; they are fetched from its list.' : undefined
}

/** A list that must have shown the CDR: whole, and from before its last change. */
function lookedFor({ cdrs }: Purchase, view: View) {
  const listed = cdrs.find(({ side }) => side === 'answer')
  if (listed !== undefined) return [{ seen: listed.seen, id: listed.value.id, listed: true }]
  const posted = cdrs.find(({ side }) => side === 'question')
  if (posted === undefined) return []
  const changed = timeOf(posted.value.last_updated) ?? 0
  const complete = view.of('us', 'cdrs.list').findLast((seen) => {
    const query = URL.parse(seen.url)?.searchParams
    const from = timeOf(query?.get('date_from')) ?? 0
    const single = seen.response?.headers['link'] === undefined && !query?.has('offset') && !query?.has('date_to')
    return isYes(seen) && single && from <= changed && seen.at > posted.seen.at + posted.seen.durationMs
  })
  return complete === undefined ? [] : [{ seen: complete, id: posted.value.id, listed: false }]
}
