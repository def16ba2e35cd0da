/** Faults of a CPO in taking, returning and assigning terminals. */
import type { WireRequest } from '@plugtill/ocpi/wire'
import {
  answers,
  asks,
  believes,
  body,
  both,
  type Defect,
  headers,
  insteadOf,
  items,
  type Json,
  reply,
  type Spoil,
  set,
} from './defect.ts'
import { ASSIGN, assigns, at, evses, no } from './sites-words.ts'

const POST = /^POST \S+\/receiver\/payments\/terminals$/
const READ = /^GET \S+\/receiver\/payments\/terminals\//

const asked = (request: WireRequest): Json => (request.body === '' ? {} : (JSON.parse(request.body) as Json))

/** Refuses terminals of some kind. */
const refusing = (fits: (terminal: Json) => boolean, said = no()): Spoil =>
  insteadOf(POST, (request) => (fits(asked(request)) ? said : undefined))
const taking = (fits: (terminal: Json) => boolean): Spoil => refusing(fits, reply(200))
const returning = (change: (terminal: Json) => unknown): Spoil => answers(READ, (response) => items(response, change))

const isNew = (terminal: Json) => terminal['customer_reference'] === 'C-77' && terminal['city'] === undefined
const isLong = ({ terminal_id: id }: Json) => typeof id === 'string' && id.length > 20
const isMalformed = (terminal: Json) => Array.isArray(terminal['terminal_id'])

/** Remembers what was POSTed first, and stays with it. */
const stubborn = (): Spoil => {
  const first = new Map<string, Json>()
  return both(
    insteadOf(POST, (request) => {
      const terminal = asked(request)
      const id = String(terminal['terminal_id'])
      if (terminal['city'] !== undefined && !first.has(id)) first.set(id, terminal)
      return undefined
    }),
    returning((terminal) => ({ ...terminal, ...first.get(String(terminal['terminal_id'])) })),
  )
}

/** Inserts, and so can take each id once. */
const inserting = (): Spoil => {
  const known = new Set<string>()
  return refusing(
    (terminal) => {
      const id = String(terminal['terminal_id'])
      if (known.has(id)) return true
      known.add(id)
      return false
    },
    reply(409, { status_code: 2001, status_message: 'Duplicate key.' }),
  )
}

const defect = (id: string, about: string, rule: string, spoil: Defect['spoil']): Defect => ({
  id: `terminals/${id}`,
  target: 'cpo',
  about,
  rule: `payments.terminals.${rule}`,
  spoil,
})

const posting: readonly Defect[] = [
  defect(
    'post-500',
    'POST of a terminal is an error of the server',
    'post/1',
    refusing(() => true, reply(500, { status_code: 3000 })),
  ),
  defect(
    'post-404',
    'The POST of terminals is not served',
    'post/1',
    refusing(() => true, reply(404, { status_code: 2000 })),
  ),
  defect('address-required', 'A terminal without address is refused', 'post/1', refusing(isNew)),
  defect(
    'put-only',
    'Terminals are taken by PUT only',
    'post/1',
    refusing(() => true, reply(405, { status_code: 2000 })),
  ),
  defect('short-ids', 'Ids of more than 20 characters are refused', 'post/2', refusing(isLong)),
  defect(
    'no-coordinates',
    'A terminal with coordinates is refused',
    'post/3',
    refusing((one) => one['coordinates'] !== undefined),
  ),
  defect(
    'no-empty-lists',
    'Empty lists of locations are refused',
    'post/3',
    refusing((one) => Array.isArray(one['location_ids']) && (one['location_ids'] as unknown[]).length === 0),
  ),
  defect('insert-only', 'The same terminal a second time breaks a key of the database', 'post/4', inserting),
  defect('stale', 'A terminal keeps the address it had first', 'post/5', stubborn),
  defect(
    'nameless',
    'A terminal without id is taken',
    'post/6',
    taking((one) => one['terminal_id'] === undefined),
  ),
  defect(
    'nameless-500',
    'A terminal without id is an error of the server',
    'post/6',
    refusing((one) => one['terminal_id'] === undefined, reply(500, { status_code: 3000 })),
  ),
  defect('anything', 'A terminal with fields of the wrong type is taken', 'post/7', taking(isMalformed)),
  defect(
    'malformed-500',
    'A terminal with fields of the wrong type is an error of the server',
    'post/7',
    refusing(isMalformed, reply(500, { status_code: 3000 })),
  ),
  defect(
    'dated-only',
    'A terminal without last_updated is refused',
    'post/8',
    refusing((one) => one['last_updated'] === undefined && one['terminal_id'] !== undefined),
  ),
  defect(
    'ascii-only',
    'An umlaut in the address is refused',
    'post/9',
    refusing((one) => /[^ -~]/.test(String(one['address'] ?? ''))),
  ),
]

const reading: readonly Defect[] = [
  defect(
    'write-only',
    'A terminal cannot be read back',
    'get/1',
    insteadOf(READ, (request) => (request.url.endsWith('NOT-THERE') ? undefined : reply(404, { status_code: 2004 }))),
  ),
  defect(
    'listed',
    'One terminal is returned as a list',
    'get/1',
    answers(READ, (response) =>
      body(response, (envelope) => ({
        ...envelope,
        data: envelope['data'] === undefined ? undefined : [envelope['data']],
      })),
    ),
  ),
  defect(
    'empty',
    'A terminal is returned as null',
    'get/1',
    answers(READ, (response) =>
      response.status === 200 ? body(response, (envelope) => ({ ...envelope, data: null })) : response,
    ),
  ),
  defect(
    'own-id',
    'The id of the own database is returned',
    'get/2',
    returning((one) => ({ ...one, terminal_id: '17' })),
  ),
  defect(
    'undated',
    'Terminals are returned without last_updated',
    'get/3',
    returning((one) => set(one, '/last_updated', undefined)),
  ),
  defect(
    'epoch',
    'last_updated is returned as a number',
    'get/3',
    returning((one) => set(one, '/last_updated', 1_909_216_800)),
  ),
  defect(
    'joined-ids',
    'location_ids are returned as one text',
    'get/4',
    returning((one) => set(one, '/location_ids', 'JDG-STREET,JDG-YARD')),
  ),
  defect(
    'wrapped-ids',
    'evse_uids are returned as objects',
    'get/4',
    returning((one) => set(one, '/evse_uids', [{ uid: 'JDG-AC-3' }])),
  ),
  defect(
    'both-invoice',
    'invoice_creator is returned with a word of its own',
    'get/5',
    returning((one) => set(one, '/invoice_creator', 'BOTH')),
  ),
  defect(
    'no-customer',
    'customer_reference is lost',
    'get/6',
    returning((one) => set(one, '/customer_reference', undefined)),
  ),
  defect(
    'other-customer',
    'customer_reference is replaced by an id of its own',
    'get/6',
    returning((one) => set(one, '/customer_reference', 'CUSTOMER-1')),
  ),
  defect(
    'no-reference',
    'reference is lost',
    'get/7',
    returning((one) => set(one, '/reference', undefined)),
  ),
  defect(
    'shouted-city',
    'The city is returned in capitals',
    'get/8',
    returning((one) =>
      set(one, '/city', (city: unknown) => (typeof city === 'string' && city === 'Utrecht' ? 'UTRECHT' : city)),
    ),
  ),
  defect(
    'rounded',
    'Coordinates are returned with fewer decimals',
    'get/8',
    returning((one) =>
      set(one, '/coordinates', (place: unknown) =>
        place === undefined ? undefined : { latitude: '52.08944', longitude: '5.11006' },
      ),
    ),
  ),
  defect(
    'case',
    'Terminals are found by the exact spelling only',
    'get/9',
    insteadOf(/^GET \S+\/terminals\/[0-9A-F-]*[A-F][0-9A-F-]*$/, () => reply(404, { status_code: 2004 })),
  ),
  defect(
    'unassigned-copy',
    'The own copy of the terminal does not show the assignment',
    'get/10',
    returning((one) => ({ ...one, location_ids: [], evse_uids: [] })),
  ),
]

const as = (method: 'PUT' | 'POST', request: WireRequest, url = request.url): WireRequest => ({
  ...request,
  method,
  url,
})

const assigning: readonly Defect[] = [
  defect('never-assigned', 'Nobody assigns the terminal', 'assign/1', { options: { assignMs: undefined } }),
  defect(
    'assigned-inside',
    'The assignment is kept inside and told to nobody',
    'assign/1',
    believes(ASSIGN, () => reply(200)),
  ),
  defect(
    'assigned-nothing',
    'The assignment names nothing',
    'assign/1',
    assigns((one) => ({ ...one, location_ids: [], evse_uids: [] })),
  ),
  defect(
    'own-terminal-id',
    'The assignment goes to an id of the own database',
    'assign/2',
    asks(ASSIGN, (request) => at(request, (url) => url.replace(/[^/]+$/, '17'))),
  ),
  defect(
    'one-location',
    'location_ids is one text',
    'assign/3',
    assigns((one) => ({ ...one, location_ids: 'JDG-STREET' })),
  ),
  defect(
    'locations-as-objects',
    'location_ids are objects',
    'assign/3',
    assigns((one) => ({ ...one, location_ids: [{ id: 'JDG-STREET' }] })),
  ),
  defect(
    'country-in-words',
    'The assignment names the country in words',
    'assign/4',
    assigns((one) => ({ ...one, country: 'Netherlands' })),
  ),
  defect(
    'unknown-location',
    'A location is assigned by its name',
    'assign/5',
    assigns((one) => ({ ...one, location_ids: ['Judge Street'] })),
  ),
  defect(
    'evse-id',
    'EVSEs are assigned by evse_id',
    'assign/6',
    assigns((one) => ({ ...one, evse_uids: ['NL*ABC*EJDGAC3'] })),
  ),
  defect(
    'undated-assignment',
    'The assignment has no last_updated',
    'assign/7',
    assigns((one) => set(one, '/last_updated', undefined)),
  ),
  defect(
    'two-ids',
    'The body names another terminal than the URL',
    'assign/8',
    assigns((one) => ({ ...one, terminal_id: 'T-17' })),
  ),
  defect(
    'moved',
    'The assignment moves the terminal to another contract',
    'assign/9',
    assigns((one) => ({ ...one, customer_reference: 'OTHER' })),
  ),
  defect(
    'erasing-put',
    'A PUT carries the assignment only and erases the references',
    'assign/10',
    asks(ASSIGN, (request) =>
      body(as('PUT', request), (one) => ({
        ...one,
        terminal_id: decodeURIComponent(request.url.split('/').at(-1) ?? ''),
      })),
    ),
  ),
  defect(
    'no-invoice-url',
    'The CPO makes invoices and does not say where',
    'assign/11',
    assigns((one) => ({ ...one, invoice_creator: 'CPO', invoice_base_url: undefined })),
  ),
  defect(
    'http-invoices',
    'The URL of invoices is http',
    'assign/12',
    assigns((one) => ({ ...one, invoice_creator: 'CPO', invoice_base_url: 'http://cpo.example/invoices' })),
  ),
  defect(
    'relative-invoices',
    'The URL of invoices is a path',
    'assign/12',
    assigns((one) => ({ ...one, invoice_creator: 'CPO', invoice_base_url: '/invoices' })),
  ),
  defect(
    'query-invoices',
    'The URL of invoices ends in a query',
    'assign/12',
    assigns((one) => ({ ...one, invoice_creator: 'CPO', invoice_base_url: 'https://cpo.example/invoice?ref=' })),
  ),
  defect(
    'other-party',
    'The assignment names a party that is not there',
    'assign/13',
    assigns((one) => ({ ...one, country_code: 'BE', party_id: 'XYZ' })),
  ),
  defect(
    'removed-only',
    'Only an EVSE that was removed is assigned',
    'assign/14',
    both(
      evses((one) => {
        if (one['uid'] === 'JDG-AC-3') one['status'] = 'REMOVED'
      }),
      { options: { assignment: { location_ids: [], evse_uids: ['JDG-AC-3'] } } },
    ),
  ),
  defect(
    'nameless-activation',
    'A terminal is activated without naming the device',
    'activate/1',
    asks(ASSIGN, (request) => headers(as('POST', request, request.url.replace(/[^/]+$/, 'activate')), {})),
  ),
  defect(
    'malformed-activation',
    'An activation names locations as one text',
    'activate/2',
    asks(ASSIGN, (request) =>
      body(as('POST', request, request.url.replace(/[^/]+$/, 'activate')), (one) => ({
        ...one,
        reference: 'SN-1',
        location_ids: 'JDG-STREET',
      })),
    ),
  ),
]

export const terminalsDefects: readonly Defect[] = [...posting, ...reading, ...assigning]
