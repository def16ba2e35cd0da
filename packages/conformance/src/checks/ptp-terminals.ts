/** A PTP's terminals, as its CPO reads and changes them. (payments › Sender; C-701 to C-705, E-05 to E-12) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, fields, whole } from '../check.ts'
import type { Seen } from '../seen.ts'
import type { View } from '../view.ts'
import { dataOf, refused, shows, taken, textOf } from './ask-back.ts'
import { said } from './said.ts'

const LIST = 'payments.sender.terminals.list/1'
const GET = 'payments.sender.terminals.get/1'
const ANNOUNCED = 'payments.sender.terminals.post/1'

const posts = (view: View) => view.of('partner', 'payments.postTerminal')

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

const outOfUse: readonly Check[] = [
  taken('payments.sender.activate/1', {
    what: 'The activation of a terminal by its reference',
    probes: ['terminals.activate'],
    after: [ANNOUNCED, 'locations.receiver.source/1'],
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
      const started = view.of('partner', 'commands.startSession').find(({ at }) => at > since.at)
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

export const ptpTerminalChecks: readonly Check[] = [...announcing, ...reading, ...outOfUse]
