/** How a CPO assigns a terminal to locations and EVSEs. (payments › Sender; C-702, C-703, E-05 to E-08, E-28) */
import type { Terminal } from '@plugtill/ocpi/modules/payments'
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, fields, type Ruling, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'
import { REGISTERED } from './credentials.ts'
import { assigningIn, assignmentsIn, CHANGES, isParty, lastPart, soldByTerminal } from './sold.ts'

const POSTED = [...REGISTERED, 'payments.terminals.post/1']
const ASSIGNED = [...POSTED, 'payments.terminals.assign/1', 'payments.terminals.assign/3']
const LISTED = [...ASSIGNED, 'locations.list/1']
const NEEDS = 'a terminal has to be assigned'

const bodyOf = ({ question }: Seen): Readonly<Record<string, unknown>> =>
  typeof question === 'object' && question !== null ? (question as Readonly<Record<string, unknown>>) : {}

const foundIn = (seen: Seen): Found => ({ seen, value: seen.question, pointer: '', side: 'question' })

/** PATCH and PUT of terminals. */
const changesIn = (view: View) => exchanges(view.of('partner', 'payments.patchTerminal', 'payments.putTerminal'))

/** Terminals as the judge told them last before. */
function toldBefore(view: View, id: string, { index }: Seen): Partial<Terminal> | undefined {
  return view.told('Terminal').findLast(({ value, seen }) => seen.index < index && sameCi(value.terminal_id, id))?.value
}

const known = (rule: string, about: 'locations' | 'evses'): Check =>
  each(rule, {
    needs: NEEDS,
    after: LISTED,
    unless: (view) => {
      const all = assigningIn(view)
      if (all.length === 0 || all.some((one) => one[about].length > 0)) return undefined
      return about === 'locations' ? 'No whole location is assigned.' : 'No single EVSE is assigned.'
    },
    of: (view) =>
      assigningIn(view).flatMap(({ seen, ...lists }) => lists[about].map((id, index) => ({ seen, id, index }))),
    judge: ({ id, index }, view) => {
      const ids = idsOf(view, about)
      if (ids.length === 0) return undefined
      if (ids.some((one) => sameCi(one, id))) return 'ok'
      return {
        message: `${about === 'locations' ? 'Location' : 'EVSE'} "${id}" is assigned and does not stand in the list of locations.`,
        expected: `one of ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}`,
        actual: id,
        field: `/${about === 'locations' ? 'location_ids' : 'evse_uids'}/${index}`,
      }
    },
  })

/** Also of malformed locations: what is wrong with those has its own requirement. */
function idsOf(view: View, about: 'locations' | 'evses'): readonly string[] {
  const found = about === 'locations' ? view.found('Location') : view.found('EVSE')
  return [
    ...new Set(
      found.flatMap(({ value }) => {
        const one = (value ?? {}) as { id?: unknown; uid?: unknown }
        const id = about === 'locations' ? one.id : one.uid
        return typeof id === 'string' ? [id] : []
      }),
    ),
  ]
}

const which: readonly Check[] = [
  whole('payments.terminals.assign/1', {
    needs: NEEDS,
    after: POSTED,
    judge: (view) => {
      const all = assigningIn(view)
      const first = all.find(({ locations, evses }) => locations.length + evses.length > 0)
      if (first !== undefined) return { ruling: 'ok', seen: first.seen }
      if (view.watching) return undefined
      const expected = 'location_ids or evse_uids by PATCH, PUT or activation'
      const missing = view.fact('not-assigned')
      if (missing !== undefined) {
        const message = `Terminal ${missing.about} was not assigned while the judge waited.`
        return { message, expected, actual: 'nothing' }
      }
      const [empty] = all
      // A list that cannot be read has a requirement of its own.
      if (empty === undefined || view.findings('TerminalChange', foundIn(empty.seen)).length > 0) return undefined
      const ruling = { message: 'The assignment names neither locations nor EVSEs.', expected, actual: 'empty lists' }
      return { ruling, seen: empty.seen }
    },
  }),
  each('payments.terminals.assign/2', {
    needs: NEEDS,
    after: POSTED,
    of: changesIn,
    judge: ({ seen }): Ruling => {
      if (seen.response?.status !== 404) return 'ok'
      const message = `Terminal "${lastPart(seen.url)}" is none of the terminals that were POSTed.`
      return { message, expected: 'a terminal_id that was POSTed', actual: lastPart(seen.url) }
    },
  }),
  known('payments.terminals.assign/5', 'locations'),
  known('payments.terminals.assign/6', 'evses'),
  each('payments.terminals.assign/14', {
    needs: NEEDS,
    after: [...LISTED, 'payments.terminals.assign/5', 'payments.terminals.assign/6'],
    of: (view) =>
      soldByTerminal(view).flatMap((places) => {
        const seen = assigningIn(view).at(-1)?.seen
        return seen === undefined ? [] : [{ seen, places }]
      }),
    judge: ({ places }, view) => {
      if (places.length > 0) return 'ok'
      const named = [...assignmentsIn(view).values()].some(
        ({ locations, evses }) => locations.length + evses.length > 0,
      )
      if (!named || view.valid('Location').length === 0) return undefined
      return { message: 'Everything that the terminal is assigned to is REMOVED or has no EVSE.' }
    },
  }),
]

const shape: readonly Check[] = [
  ...fields({
    kind: 'TerminalChange',
    needs: NEEDS,
    after: POSTED,
    owners: [
      [/^\/(location_ids|evse_uids)/, 'payments.terminals.assign/3'],
      [/^\/invoice_base_url/, 'payments.terminals.assign/12'],
    ],
    rest: 'payments.terminals.assign/4',
  }),
  each('payments.terminals.assign/7', {
    needs: NEEDS,
    after: ASSIGNED,
    of: changesIn,
    judge: ({ seen }) =>
      bodyOf(seen)['last_updated'] === undefined
        ? { message: 'The assignment has no last_updated.', expected: 'a UTC time', actual: 'nothing', field: '' }
        : 'ok',
  }),
  each('payments.terminals.assign/8', {
    needs: NEEDS,
    after: ASSIGNED,
    of: changesIn,
    judge: ({ seen }) => {
      const id = bodyOf(seen)['terminal_id']
      if (typeof id !== 'string' || sameCi(id, lastPart(seen.url))) return 'ok'
      const message = 'terminal_id in the body is not the one in the URL.'
      return { message, expected: lastPart(seen.url), actual: id, field: '/terminal_id' }
    },
  }),
]

const kept: readonly Check[] = [
  each('payments.terminals.assign/9', {
    needs: NEEDS,
    after: ASSIGNED,
    of: changesIn,
    judge: ({ seen }, view) => {
      const sent = bodyOf(seen)['customer_reference']
      const before = toldBefore(view, lastPart(seen.url), seen)?.customer_reference
      if (sent === undefined || before == null || sent === before) return 'ok'
      const message = 'The assignment changes customer_reference.'
      return { message, expected: before, actual: JSON.stringify(sent), field: '/customer_reference' }
    },
  }),
  each('payments.terminals.assign/10', {
    needs: NEEDS,
    after: ASSIGNED,
    unless: (view) =>
      view.of('partner', 'payments.putTerminal').length === 0 ? 'No terminal is changed by PUT.' : undefined,
    of: (view) => exchanges(view.of('partner', 'payments.putTerminal')),
    judge: ({ seen }, view) => {
      const body = bodyOf(seen)
      const before = toldBefore(view, lastPart(seen.url), seen)
      if (body['terminal_id'] === undefined || before === undefined) return undefined
      const lost = (['customer_reference', 'reference'] as const).find(
        (name) => before[name] != null && body[name] === undefined,
      )
      if (lost === undefined) return 'ok'
      return { message: `The PUT leaves out ${lost}.`, expected: before[lost] ?? '', actual: 'nothing', field: '' }
    },
  }),
  each('payments.terminals.assign/13', {
    needs: NEEDS,
    after: ASSIGNED,
    of: (view) => exchanges(view.of('partner', ...CHANGES)),
    judge: ({ seen }, view) => {
      const { country_code, party_id } = bodyOf(seen)
      if (typeof country_code !== 'string' || typeof party_id !== 'string') return 'ok'
      if (isParty(view, country_code, party_id) !== false) return 'ok'
      const message = `The terminal is assigned to ${country_code}-${party_id}, which stands in no credentials.`
      return { message, expected: 'one of the roles in your credentials', actual: party_id, field: '/party_id' }
    },
  }),
]

const invoices: readonly Check[] = [
  each('payments.terminals.assign/11', {
    needs: NEEDS,
    after: ASSIGNED,
    of: (view) => exchanges(view.of('partner', ...CHANGES)),
    judge: ({ seen }, view) => {
      const { invoice_creator, invoice_base_url } = bodyOf(seen)
      if (invoice_creator !== 'CPO') return 'ok'
      if (invoice_base_url != null || toldBefore(view, lastPart(seen.url), seen)?.invoice_base_url != null) return 'ok'
      const message = 'The CPO makes the invoices of this terminal and does not say where they are.'
      return { message, expected: 'invoice_base_url', actual: 'nothing', field: '/invoice_creator' }
    },
  }),
  each('payments.terminals.assign/12', {
    needs: NEEDS,
    after: POSTED,
    of: (view) => exchanges(view.of('partner', ...CHANGES)),
    judge: ({ seen }) => {
      const url = bodyOf(seen)['invoice_base_url']
      if (url == null) return 'ok'
      const parsed = typeof url === 'string' ? URL.parse(url) : null
      const own = parsed !== null && /^(localhost|127\.|\[::1\])/.test(parsed.hostname)
      const secure = parsed?.protocol === 'https:' || (own && parsed?.protocol === 'http:')
      if (secure && parsed?.search === '' && parsed.hash === '') return 'ok'
      const message = 'A reference put behind invoice_base_url gives no link that a driver can open.'
      return { message, expected: 'an absolute https URL', actual: JSON.stringify(url), field: '/invoice_base_url' }
    },
  }),
]

const unlessActivated = (view: View): string | undefined =>
  view.of('partner', 'payments.activate').length === 0 ? 'No terminal is activated.' : undefined

const activation: readonly Check[] = [
  each('payments.terminals.activate/1', {
    needs: 'an activation',
    unless: unlessActivated,
    of: (view) => exchanges(view.of('partner', 'payments.activate')),
    judge: ({ seen }) => {
      const { reference, terminal_id } = bodyOf(seen)
      if (reference != null || terminal_id != null) return 'ok'
      return { message: 'The activation names no device.', expected: 'reference', actual: 'nothing', field: '' }
    },
  }),
  ...fields({
    kind: 'TerminalActivation',
    needs: 'an activation',
    unless: unlessActivated,
    owners: [],
    rest: 'payments.terminals.activate/2',
  }),
]

/** The copy of the CPO, read after the assignment. */
const ownCopy: Check = each('payments.terminals.get/10', {
  needs: 'an assigned terminal has to be read',
  after: [...ASSIGNED, 'payments.terminals.get/1'],
  of: (view) =>
    [...assignmentsIn(view)].flatMap(([terminal, assignment]) => {
      const last = assigningIn(view).findLast((one) => one.terminal === terminal)?.seen
      const seen = view
        .of('us', 'payments.terminal')
        .findLast((one) => one.index > (last?.index ?? 0) && sameCi(lastPart(one.url), terminal))
      return seen === undefined || !isYes(seen) ? [] : [{ seen, assignment }]
    }),
  judge: ({ seen, assignment }) => {
    const { location_ids, evse_uids } = (seen.answer?.data ?? {}) as Readonly<Record<string, unknown>>
    for (const [name, there, expected] of [
      ['location_ids', location_ids, assignment.locations],
      ['evse_uids', evse_uids, assignment.evses],
    ] as const) {
      const ids = Array.isArray(there) ? there.map(String) : []
      const lacking = expected.find((id) => !ids.some((one) => sameCi(one, id)))
      if (lacking === undefined) continue
      const message = `${name} of the terminal does not show the assignment.`
      return { message, expected: expected.join(', '), actual: ids.join(', ') || 'nothing', field: `/data/${name}` }
    }
    return 'ok'
  },
})

export const terminalsAssignChecks: readonly Check[] = [
  ...which,
  ...shape,
  ...kept,
  ...invoices,
  ...activation,
  ownCopy,
]
