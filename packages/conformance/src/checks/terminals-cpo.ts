/** Whether a CPO takes terminals and returns them as they were. (payments › Receiver; C-701, E-10 to E-13, E-17) */
import type { Terminal } from '@plugtill/ocpi/modules/payments'
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, fields, type Ruling } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { covers } from './covers.ts'
import { probed, REGISTERED } from './credentials.ts'
import { said } from './said.ts'
import { CHANGES, lastPart } from './sold.ts'

const POSTED = [...REGISTERED, 'payments.terminals.post/1']
const LONG = [...POSTED, 'payments.terminals.post/2']
const AGAIN = [...LONG, 'payments.terminals.post/4']
const FULL = [...AGAIN, 'payments.terminals.post/3']
const READ = [...POSTED, 'payments.terminals.get/1']

const taken = (seen: Seen, message: string): Ruling =>
  isYes(seen) ? 'ok' : { message, expected: 'HTTP 200 or 201 with OCPI 1000', actual: said(seen) }

const refused = (seen: Seen, message: string): Ruling => {
  const status = seen.response?.status ?? 0
  if (status === 400 || status === 422) return 'ok'
  const inOcpi = status === 200 && (seen.answer?.statusCode ?? 0) >= 2000
  return inOcpi ? 'ok' : { message, expected: 'HTTP 400, or HTTP 200 with OCPI 2001', actual: said(seen) }
}

const posting: readonly Check[] = [
  each('payments.terminals.post/1', {
    needs: 'a terminal has to be POSTed',
    after: REGISTERED,
    of: (view) => exchanges(view.of('us', 'payments.postTerminal')),
    judge: ({ seen }) => taken(seen, 'The terminal was not taken.'),
  }),
  probed('payments.terminals.post/2', {
    name: 'terminals.long-id',
    needs: 'a terminal with a long id has to be POSTed',
    after: POSTED,
    judge: (seen) => taken(seen, 'A terminal with an id of 36 characters was not taken.'),
  }),
  probed('payments.terminals.post/3', {
    name: 'terminals.full',
    needs: 'a terminal with all fields has to be POSTed',
    after: AGAIN,
    judge: (seen) => taken(seen, 'A terminal with all optional fields was not taken.'),
  }),
  probed('payments.terminals.post/4', {
    name: 'terminals.again',
    needs: 'a terminal has to be POSTed twice',
    after: LONG,
    judge: (seen) => taken(seen, 'The same terminal was not taken a second time.'),
  }),
  probed('payments.terminals.post/6', {
    name: 'terminals.no-id',
    needs: 'a terminal without id has to be POSTed',
    judge: (seen) => refused(seen, 'A terminal without terminal_id was not refused.'),
  }),
  probed('payments.terminals.post/7', {
    name: 'terminals.malformed',
    needs: 'a malformed terminal has to be POSTed',
    judge: (seen) => refused(seen, 'A terminal with a list as terminal_id and a text as location_ids was not refused.'),
  }),
  probed('payments.terminals.post/8', {
    name: 'terminals.undated',
    needs: 'a terminal without last_updated has to be POSTed',
    after: FULL,
    judge: (seen) => taken(seen, 'A terminal without last_updated was not taken.'),
  }),
  probed('payments.terminals.post/9', {
    name: 'terminals.letters',
    needs: 'a terminal at an address with an umlaut has to be POSTed',
    after: FULL,
    judge: (seen) => taken(seen, 'A terminal in the Königstraße of Málaga was not taken.'),
  }),
  probed('payments.terminals.post/5', {
    name: 'terminals.read-changed',
    needs: 'a changed terminal has to be POSTed and read',
    after: [...FULL, 'payments.terminals.get/1'],
    judge: (seen) => {
      const city = isYes(seen) ? valueIn(seen, 'city') : undefined
      if (city === undefined) return undefined
      return city === 'Amersfoort'
        ? 'ok'
        : {
            message: 'A terminal that was POSTed again with another city has the old one.',
            expected: '"Amersfoort"',
            actual: JSON.stringify(city),
            field: '/data/city',
          }
    },
  }),
]

const valueIn = (seen: Seen, name: string): unknown =>
  (seen.answer?.data as Readonly<Record<string, unknown>> | null | undefined)?.[name]

/** Reads of terminals that the judge had POSTed, in ordinary traffic and on purpose. */
function readsIn(view: View): readonly { readonly seen: Seen; readonly sent: Partial<Terminal> }[] {
  const posts = view.seen.filter(({ by, place }) => by === 'us' && place === 'payments.postTerminal')
  const reads = view.seen.filter(
    ({ by, place, probe }) =>
      by === 'us' && place === 'payments.terminal' && (probe === undefined || probe === 'terminals.read-full'),
  )
  return reads.flatMap((seen) => {
    const id = lastPart(seen.url)
    const sent = posts
      .filter((post) => post.index < seen.index && isYes(post))
      .findLast((post) => sameCi(String((post.question as Partial<Terminal> | undefined)?.terminal_id), id))
    return sent === undefined ? [] : [{ seen, sent: sent.question as Partial<Terminal> }]
  })
}

/** Names of fields that the CPO itself has changed at the terminal platform. */
const changedBy = (view: View): ReadonlySet<string> =>
  new Set(view.of('partner', ...CHANGES).flatMap(({ question }) => Object.keys(question ?? {})))

function returned(rule: string, names: readonly (keyof Terminal)[]): Check {
  return each(rule, {
    needs: `a terminal with ${names.join(', ')} has to be POSTed and read`,
    after: [...READ, ...(rule === 'payments.terminals.get/6' ? [] : FULL)],
    unless: (view) => {
      const reads = readsIn(view)
      if (reads.length === 0 || reads.some(({ sent }) => names.some((name) => sent[name] != null))) return undefined
      return `No terminal was told with ${names.join(', ')}.`
    },
    of: readsIn,
    judge: ({ seen, sent }, view) => {
      if (!isYes(seen)) return undefined
      const changed = changedBy(view)
      const given = names.filter((name) => sent[name] != null && !changed.has(name))
      const wrong = given.find((name) => !covers(valueIn(seen, name), sent[name]))
      if (wrong === undefined) return given.length === 0 ? undefined : 'ok'
      return {
        message: `${wrong} of the terminal is not what was sent.`,
        expected: JSON.stringify(sent[wrong]),
        actual: JSON.stringify(valueIn(seen, wrong)) ?? 'nothing',
        field: `/data/${wrong}`,
      }
    },
  })
}

const reading: readonly Check[] = [
  each('payments.terminals.get/1', {
    needs: 'a terminal has to be POSTed and read',
    after: POSTED,
    of: readsIn,
    judge: ({ seen }) => {
      const data = seen.answer?.data
      if (isYes(seen) && typeof data === 'object' && data !== null && !Array.isArray(data)) return 'ok'
      const actual = isYes(seen) ? `${said(seen)} and data ${JSON.stringify(data) ?? 'missing'}` : said(seen)
      return { message: 'A terminal that was POSTed is not returned.', expected: 'the terminal', actual }
    },
  }),
  each('payments.terminals.get/2', {
    needs: 'a terminal has to be read',
    after: READ,
    of: readsIn,
    judge: ({ seen }) => {
      const id = valueIn(seen, 'terminal_id')
      if (!isYes(seen) || typeof id !== 'string') return undefined
      if (sameCi(id, lastPart(seen.url))) return 'ok'
      const message = 'Another terminal_id was returned than was asked for.'
      return { message, expected: lastPart(seen.url), actual: id, field: '/data/terminal_id' }
    },
  }),
  ...fields({
    kind: 'Terminal',
    needs: 'a terminal has to be read',
    after: READ,
    of: ({ side }) => side === 'answer',
    owners: [
      [/^$|^\/(terminal_id|last_updated)$/, 'payments.terminals.get/3'],
      [/^\/(location_ids|evse_uids)/, 'payments.terminals.get/4'],
    ],
    rest: 'payments.terminals.get/5',
  }),
  returned('payments.terminals.get/6', ['customer_reference']),
  returned('payments.terminals.get/7', ['reference']),
  returned('payments.terminals.get/8', ['address', 'city', 'postal_code', 'state', 'country', 'coordinates']),
  probed('payments.terminals.get/9', {
    name: 'terminals.lower-case',
    needs: 'a terminal has to be read in other capitals',
    after: [...LONG, 'payments.terminals.get/1'],
    judge: (seen) => {
      const message = 'A terminal is not found by its id in other capitals.'
      return isYes(seen) ? 'ok' : { message, expected: 'HTTP 200 with OCPI 1000', actual: said(seen) }
    },
  }),
]

export const terminalsCpoChecks: readonly Check[] = [...posting, ...reading]
