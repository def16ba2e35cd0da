/** How a PTP takes assignments and other changes of its terminals. (payments › PATCH and PUT terminal; C-702, E-05 to E-07) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges } from '../check.ts'
import { isYes, type View } from '../view.ts'
import { coped, dataOf, refused, shows, taken, textOf } from './ask-back.ts'

const GET = 'payments.sender.terminals.get/1'
const PATCH = 'payments.sender.terminals.patch/1'
const ANNOUNCED = 'payments.sender.terminals.post/1'

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
    after: [ANNOUNCED, 'locations.receiver.source/1'],
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

export const ptpAssignmentChecks: readonly Check[] = [...readingBack, ...replacing]
