/** A PTP's terminals, as its CPO reads and changes them. (payments › Sender; C-701 to C-705, E-05 to E-12) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, fields, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { coped, dataOf, refused, shows, taken, textOf } from './ask-back.ts'
import { said } from './said.ts'

const LIST = 'payments.sender.terminals.list/1'
const GET = 'payments.sender.terminals.get/1'
const PATCH = 'payments.sender.terminals.patch/1'
const ANNOUNCED = 'payments.sender.terminals.post/1'

const posts = (view: View) => view.of('partner', 'payments.postTerminal')

/** Both lists of a terminal, in capitals and in order, as text. */
const placesOf = (terminal: { location_ids?: readonly string[] | null; evse_uids?: readonly string[] | null }) => {
  const sorted = (list: readonly string[] | null | undefined) => (list ?? []).map((one) => one.toUpperCase()).sort()
  return `locations ${sorted(terminal.location_ids).join(', ') || 'none'}; EVSEs ${sorted(terminal.evse_uids).join(', ') || 'none'}`
}

interface Places {
  readonly probe: string
  readonly expected: string
  readonly what: string
}

const showsPlaces = (rule: string, { probe, expected, what }: Places) =>
  shows(rule, {
    what,
    kind: 'Terminal',
    probes: [`${probe}.after`],
    after: [GET, PATCH],
    expected,
    differs: (value) => (placesOf(value) === expected ? undefined : placesOf(value)),
  })

const readingBack: readonly Check[] = [
  taken(PATCH, {
    what: 'A PATCH of the assignment',
    probes: ['terminals.assign', 'terminals.replace', 'terminals.again'],
    places: ['payments.patchTerminal'],
    after: [ANNOUNCED],
  }),
  showsPlaces('payments.sender.terminals.patch/2', {
    what: 'The terminal after an assignment',
    probe: 'terminals.assign',
    expected: 'locations JDG-STREET; EVSEs none',
  }),
  each('payments.sender.terminals.patch/2', {
    needs: 'an assignment has to be read again',
    after: [GET, PATCH],
    of: (view) => assignedThenRead(view),
    judge: ({ seen, wanted }) => {
      const value = dataOf(seen, 'Terminal')
      if (value === undefined) return undefined
      const actual = placesOf(value)
      return actual === placesOf(wanted)
        ? 'ok'
        : { message: 'The terminal does not show its assignment.', expected: placesOf(wanted), actual, field: '/data' }
    },
  }),
  showsPlaces('payments.sender.terminals.patch/3', {
    what: 'The terminal after its places were replaced',
    probe: 'terminals.replace',
    expected: 'locations JDG-YARD; EVSEs JDG-AC-1',
  }),
  showsPlaces('payments.sender.terminals.patch/4', {
    what: 'The terminal after a PATCH of location_ids alone',
    probe: 'terminals.only-one',
    expected: 'locations JDG-STREET; EVSEs JDG-AC-1',
  }),
  taken('payments.sender.terminals.patch/5', {
    what: 'A PATCH with empty lists',
    probes: ['terminals.empty'],
    after: [PATCH],
  }),
  showsPlaces('payments.sender.terminals.patch/5', {
    what: 'The terminal after a PATCH with empty lists',
    probe: 'terminals.empty',
    expected: 'locations none; EVSEs none',
  }),
  coped('payments.sender.terminals.patch/6', {
    what: 'A PATCH with null for a list',
    probes: ['terminals.null'],
    after: [PATCH],
  }),
  each('payments.sender.terminals.patch/7', {
    needs: 'a terminal has to be read before and after an assignment',
    after: [GET, PATCH],
    of: (view) => exchanges(view.probes('terminals.assign.after')),
    judge: ({ seen }, view) => {
      const before = view
        .probes('terminals.get')
        .map((one) => dataOf(one, 'Terminal'))
        .at(-1)
      const now = dataOf(seen, 'Terminal')
      if (before === undefined || now === undefined) return undefined
      const kept = ['reference', 'customer_reference', 'address', 'city', 'postal_code', 'country'] as const
      const lost = kept.find((name) => before[name] != null && !sameCi(before[name] ?? '', now[name] ?? ''))
      return lost === undefined
        ? 'ok'
        : {
            message: `The assignment changed ${lost}, which it did not name.`,
            expected: textOf(before[lost]),
            actual: textOf(now[lost]),
            field: `/data/${lost}`,
          }
    },
  }),
  shows('payments.sender.terminals.patch/8', {
    what: 'last_updated of a terminal that was changed',
    kind: 'Terminal',
    probes: ['terminals.assign.after'],
    after: [GET, PATCH, 'payments.sender.terminals.patch/2'],
    expected: 'a later moment than before the change',
    differs: ({ last_updated: now }, _seen, view) => {
      const before = view
        .probes('terminals.get')
        .map((one) => dataOf(one, 'Terminal'))
        .at(-1)?.last_updated
      if (before == null) return undefined
      return now != null && Date.parse(now) > Date.parse(before) ? undefined : (now ?? 'none')
    },
  }),
  coped('payments.sender.terminals.patch/9', {
    what: 'A PATCH without last_updated',
    probes: ['terminals.no-date'],
    after: [PATCH],
  }),
  refused('payments.sender.terminals.patch/10', {
    what: 'A PATCH of a terminal that there is not',
    probes: ['terminals.patch-unknown'],
    after: [PATCH],
  }),
  coped('payments.sender.terminals.patch/11', {
    what: 'An assignment of a location that there is not',
    probes: ['terminals.strange-place'],
    after: [PATCH],
  }),
]

/** Our ordinary PATCH of places and the GET that came next. */
function assignedThenRead(view: View) {
  const ours = view.of('us', 'payments.patchTerminal', 'payments.terminal')
  return ours.flatMap((seen, index) => {
    const before = ours[index - 1]
    if (seen.place !== 'payments.terminal' || before?.place !== 'payments.patchTerminal' || !isYes(before)) return []
    const wanted = before.question as Parameters<typeof placesOf>[0]
    return wanted.location_ids == null || wanted.evse_uids == null ? [] : [{ seen, wanted }]
  })
}

const reading: readonly Check[] = [
  taken(LIST, { what: 'The list of terminals', places: ['payments.terminals'] }),
  ...fields({
    kind: 'Terminal',
    needs: 'a terminal has to be seen',
    after: [LIST, ANNOUNCED],
    owners: [[/^\/terminal_id/, 'payments.terminal/1']],
    rest: 'payments.terminal/2',
    // The CPO's copies are of the CPO's making.
    of: ({ seen, side }) => side === 'question' || seen.by === 'us',
  }),
  taken(GET, {
    what: 'GET of a terminal',
    probes: ['terminals.get'],
    places: ['payments.terminal'],
    after: [LIST, ANNOUNCED],
  }),
  shows('payments.sender.terminals.get/2', {
    what: 'The terminal that was asked for',
    kind: 'Terminal',
    probes: ['terminals.get'],
    places: ['payments.terminal'],
    after: [GET],
    expected: 'the terminal_id of the URL',
    differs: ({ terminal_id }, { url }) =>
      sameCi(decodeURIComponent(new URL(url).pathname.replace(/\/+$/, '').split('/').at(-1) ?? ''), terminal_id)
        ? undefined
        : terminal_id,
  }),
  refused('payments.sender.terminals.get/3', {
    what: 'GET of a terminal that there is not',
    probes: ['terminals.unknown'],
    http: 404,
    after: [GET],
  }),
  taken('payments.sender.terminals.get/4', {
    what: 'GET of a terminal with its id in other letters',
    probes: ['terminals.other-case'],
    after: [GET],
  }),
]

const announcing: readonly Check[] = [
  whole(ANNOUNCED, {
    needs: 'a terminal has to be put up',
    after: [LIST],
    judge: (view) => {
      const told = posts(view).at(-1) ?? view.probes('payments.terminal-failed').at(-1)
      const listed = view.valid('Terminal').find(({ seen }) => seen.place === 'payments.terminals')
      const seen = told ?? listed?.seen
      if (seen !== undefined) return { ruling: 'ok', seen }
      const asked = view.of('us', 'payments.terminals').at(-1)
      if (asked === undefined) return undefined
      const wrong = {
        message: 'No terminal was told to the CPO, and none stands in the list.',
        expected: 'POST {payments}/terminals at the CPO, or an entry in GET {payments}/terminals',
        actual: 'neither',
      }
      return { ruling: wrong, seen: asked }
    },
  }),
  each('payments.sender.terminals.post/2', {
    needs: 'a terminal has to be posted',
    after: [ANNOUNCED],
    of: (view) => view.valid('Terminal').filter(({ side }) => side === 'question'),
    judge: ({ value }, view) => {
      const known = new Set(view.told('Location').map(({ value: { id } }) => id.toUpperCase()))
      const strange = (value.location_ids ?? []).find((id) => !known.has(id.toUpperCase()))
      return strange === undefined || known.size === 0
        ? 'ok'
        : {
            message: 'A new terminal names a location that the CPO does not have.',
            expected: 'no location_ids, or some that the CPO has given',
            actual: strange,
            field: '/location_ids',
          }
    },
  }),
  each('payments.sender.terminals.post/3', {
    needs: 'a posted terminal has to be read again',
    after: [GET],
    of: (view) => exchanges(view.probes('terminals.get')),
    judge: ({ seen }, view) => {
      const now = dataOf(seen, 'Terminal')
      const told = view
        .valid('Terminal')
        .filter(({ side }) => side === 'question')
        .at(-1)?.value
      if (now === undefined || told === undefined) return undefined
      const other = (['reference', 'customer_reference'] as const).find(
        (name) => told[name] != null && !sameCi(told[name] ?? '', now[name] ?? ''),
      )
      return other === undefined
        ? 'ok'
        : {
            message: `The terminal that was posted and the one that is read differ in ${other}.`,
            expected: textOf(told[other]),
            actual: textOf(now[other]),
            field: `/data/${other}`,
          }
    },
  }),
  each('payments.sender.terminals.post/4', {
    needs: 'a POST of a terminal has to be answered with a failure',
    after: [ANNOUNCED],
    of: (view) => exchanges(view.probes('payments.terminal-failed')),
    judge: ({ seen }, view) => {
      if (posts(view).some((one) => one.at > seen.at)) return 'ok'
      return view.overdue(seen.at, 300_000)
        ? {
            message: 'A terminal that was not taken was not told again.',
            expected: 'the same POST again',
            actual: 'nothing',
          }
        : undefined
    },
  }),
]

const replacing: readonly Check[] = [
  taken('payments.sender.terminals.put/1', {
    what: 'A PUT of the terminal',
    probes: ['terminals.put'],
    after: [ANNOUNCED, GET],
  }),
  shows('payments.sender.terminals.put/2', {
    what: 'The terminal after the CPO said that it makes the invoices',
    kind: 'Terminal',
    probes: ['terminals.put.after'],
    after: [GET, 'payments.sender.terminals.put/1'],
    expected: 'invoice_creator CPO and invoice_base_url https://invoices.example/of',
    differs: ({ invoice_creator, invoice_base_url }) =>
      invoice_creator === 'CPO' && invoice_base_url?.replace(/\/$/, '') === 'https://invoices.example/of'
        ? undefined
        : `invoice_creator ${invoice_creator ?? 'none'}, invoice_base_url ${invoice_base_url ?? 'none'}`,
  }),
  shows('payments.sender.terminals.put/3', {
    what: 'The customer_reference that the CPO gave',
    kind: 'Terminal',
    probes: ['terminals.put.after'],
    after: [GET, 'payments.sender.terminals.put/1'],
    expected: 'JUDGE-1',
    differs: ({ customer_reference: now }) => (sameCi(now ?? '', 'JUDGE-1') ? undefined : (now ?? 'none')),
  }),
  refused('payments.sender.terminals.put/4', {
    what: 'A PUT whose terminal_id is not that of its URL',
    probes: ['terminals.other-id'],
    after: ['payments.sender.terminals.put/1'],
  }),
]

const outOfUse: readonly Check[] = [
  taken('payments.sender.activate/1', {
    what: 'The activation of a terminal by its reference',
    probes: ['terminals.activate'],
    after: [ANNOUNCED],
    unless: (view) =>
      view.valid('Terminal').length === 0 || view.valid('Terminal').some(({ value }) => value.reference != null)
        ? undefined
        : 'Its terminals have no reference to be activated by.',
  }),
  each('payments.sender.activate/2', {
    needs: 'a terminal has to be activated twice',
    after: ['payments.sender.activate/1'],
    unless: (view) =>
      view.valid('Terminal').length === 0 || view.valid('Terminal').some(({ value }) => value.reference != null)
        ? undefined
        : 'Its terminals have no reference to be activated by.',
    of: (view) => exchanges(view.probes('terminals.after-activate')),
    judge: ({ seen }, view) => {
      const count = (one: Seen | undefined) => Number(one?.response?.headers['x-total-count'] ?? Number.NaN)
      const [before, now] = [count(view.probes('terminals.before-activate').at(-1)), count(seen)]
      if (Number.isNaN(before) || Number.isNaN(now)) return undefined
      return now === before
        ? 'ok'
        : {
            message: 'Activating a known terminal made another one.',
            expected: `${before} terminals`,
            actual: `${now} terminals`,
          }
    },
  }),
  refused('payments.sender.activate/3', {
    what: 'The activation of a reference that there is not',
    probes: ['terminals.activate-unknown'],
    after: [ANNOUNCED],
  }),
  taken('payments.sender.deactivate/1', {
    what: 'The deactivation of a terminal',
    probes: ['terminals.deactivate'],
    places: ['payments.deactivate'],
    after: [ANNOUNCED],
  }),
  taken('payments.sender.deactivate/2', {
    what: 'GET of a terminal that is out of use',
    probes: ['terminals.deactivate.after'],
    after: ['payments.sender.deactivate/1', GET],
  }),
  refused('payments.sender.deactivate/3', {
    what: 'The deactivation of a terminal that there is not',
    probes: ['terminals.deactivate-unknown'],
    after: [ANNOUNCED],
  }),
  whole('payments.sender.deactivate/4', {
    needs: 'a card has to be tapped at a terminal that is out of use',
    after: ['payments.sender.deactivate/1'],
    judge: (view) => {
      const since = view.fact('deactivated')
      if (since === undefined || view.fact('tapped-after-deactivation') === undefined) return undefined
      const started = view.of('partner', 'commands.startSession').find(({ at }) => at >= since.at)
      if (started === undefined) return 'ok'
      const wrong = {
        message: 'A charge was started at a terminal that is out of use.',
        expected: 'no START_SESSION after the deactivation',
        actual: said(started),
      }
      return { ruling: wrong, seen: started }
    },
  }),
]

export const ptpTerminalChecks: readonly Check[] = [
  ...announcing,
  ...reading,
  ...readingBack,
  ...replacing,
  ...outOfUse,
]
