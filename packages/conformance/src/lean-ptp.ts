/** A PTP that is correct and no more than that: what the judge plays against a CPO. */
import { OcpiError } from '@plugtill/ocpi/errors'
import { merge, SESSION_MERGE } from '@plugtill/ocpi/merge'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { commands } from '@plugtill/ocpi/modules/commands'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments, type Terminal } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { NEEDED_FROM_CPO } from '@plugtill/ocpi/roles'
import { type Mounted, mount } from '@plugtill/ocpi/server'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { tariffFor } from '@plugtill/pricing/choose'
import { holdFor } from '@plugtill/pricing/hold'
import { createDesk, type Desk, type DeskParts } from './desk.ts'
import { createLanes } from './lean-lanes.ts'
import { createMirror, type Mirror } from './lean-ptp-mirror.ts'
import { createSales, type Offer, type Sales } from './lean-ptp-sales.ts'
import { terminalsSender } from './lean-ptp-terminals.ts'
import { createShelf, type Shelf } from './lean-shelf.ts'

export interface LeanPtpOptions {
  /** How long after the CDR the advice is sent. */
  readonly adviceMs?: number
  /** Devices that become terminals when the CPO activates them, by `reference`. */
  readonly devices?: readonly string[]
  /** What the first terminal says besides its id, such as a `customer_reference` that was agreed on. */
  readonly firstTerminal?: Partial<Terminal>
}

export interface LeanPtp {
  readonly desk: Desk
  readonly mirror: Mirror
  readonly sales: Sales
  readonly terminals: Shelf<Terminal>
  readonly firstTerminal: Partial<Terminal>
  /** Keeps a terminal and makes it known to the CPO. */
  readonly addTerminal: (terminal?: Partial<Terminal>) => Promise<Terminal>
  /** POSTs a terminal as it is now once more. */
  readonly announce: (terminalId: string) => Promise<void>
  /** Connectors that the assignment of this terminal sells, as they are known now. (C-702) */
  readonly offers: (terminalId: string) => readonly Offer[]
  /** Every connector with a price for card payments. */
  readonly allOffers: () => readonly Offer[]
}

export function createLeanPtp(
  parts: Omit<DeskParts, 'target' | 'modules' | 'needs'>,
  options: LeanPtpOptions = {},
): LeanPtp {
  const { clock, ids, baseUrl } = parts
  const terminals = createShelf<Terminal>()
  const tell = createLanes(clock)
  const mirror = createMirror({
    locations: () => desk.call(locations, 'sender'),
    tariffs: () => desk.call(tariffs, 'sender'),
  })
  const sales = createSales({
    ...parts,
    responseUrl: (id) => `${baseUrl}/${desk.record().version}/sender/commands/${id}`,
    commands: () => desk.call(commands, 'receiver'),
    sessions: () => desk.call(sessions, 'sender'),
    cdrs: () => desk.call(cdrs, 'sender'),
    payments: () => desk.call(payments, 'receiver'),
    adviceMs: options.adviceMs ?? 200,
  })
  const post = async (body: Terminal) => void (await (await desk.call(payments, 'receiver')).postTerminal({ body }))
  const devices = new Set((options.devices ?? []).map((one) => one.toLowerCase()))
  const terminalsOf = terminalsSender({
    terminals,
    advices: sales.advices,
    now: clock.now,
    unknown: (wanted) => unknownIn(mirror, wanted),
    waiting: (reference) =>
      devices.delete(reference.toLowerCase()) ? { ...newTerminal(ids, clock.now()), reference } : undefined,
    announce: (terminal) => tell(terminal.terminal_id, () => post(terminal)),
  })
  const desk: Desk = createDesk({
    ...parts,
    target: 'cpo',
    modules: [terminalsOf, ...mirror.modules, ...receiversOf(sales, baseUrl)],
    needs: NEEDED_FROM_CPO,
  })
  return {
    desk,
    mirror,
    sales,
    terminals,
    firstTerminal: options.firstTerminal ?? {},
    addTerminal: async (wanted = {}) => {
      const terminal = { ...newTerminal(ids, clock.now()), ...wanted }
      terminals.put(terminal, terminal.terminal_id)
      await post(terminal)
      return terminal
    },
    announce: async (terminalId) => {
      const terminal = terminals.get(terminalId)
      if (terminal !== undefined) await post(terminal)
    },
    allOffers: () => offersIn(mirror, clock.now()),
    offers: (terminalId) => soldAt(terminals.get(terminalId), offersIn(mirror, clock.now())),
  }
}

/** Both lists count: the union of their EVSEs. (C-702) */
const soldAt = ({ location_ids, evse_uids }: Partial<Terminal> = {}, offers: readonly Offer[]): readonly Offer[] =>
  offers.filter(
    ({ location, evse }) =>
      location_ids?.some((id) => sameCi(id, location.id)) || evse_uids?.some((uid) => sameCi(uid, evse.uid)),
  )

const newTerminal = (ids: () => string, now: number): Terminal => ({
  terminal_id: `JDG-${ids().slice(0, 8).toUpperCase()}`,
  last_updated: formatDateTime(now),
})

/** Ids that are not there, also after the CPO was asked once more; when it cannot be asked none is called unknown. (E-29) */
async function unknownIn(mirror: Mirror, wanted: readonly string[]): Promise<readonly string[]> {
  if (wanted.every(mirror.knows)) return []
  try {
    await mirror.pull()
  } catch {
    return []
  }
  return wanted.filter((id) => !mirror.knows(id))
}

function offersIn({ locations: sites, tariffs: prices }: Mirror, now: number): readonly Offer[] {
  return sites.all().flatMap((location) => {
    const own = prices
      .all()
      .filter((one) => sameCi(one.country_code, location.country_code) && sameCi(one.party_id, location.party_id))
    return (location.evses ?? [])
      .filter(({ status }) => status !== 'REMOVED')
      .flatMap((evse) =>
        evse.connectors.flatMap((connector): readonly Offer[] => {
          const choice = tariffFor(connector.tariff_ids, own, now)
          if (!('tariff' in choice)) return []
          const { tariff } = choice
          return [{ location, evse, connector, tariff, hold: holdFor(tariff, { defaultMinor: DEFAULT_HOLD_MINOR }) }]
        }),
      )
  })
}

/** What is held when a tariff says nothing. (E-24) */
const DEFAULT_HOLD_MINOR = 5000

function receiversOf(sales: Sales, baseUrl: string): readonly Mounted[] {
  const idOf = ({ params }: { readonly params: Readonly<Record<string, string>> }) =>
    [params['country_code'] ?? '', params['party_id'] ?? '', params['session_id'] ?? ''] as const
  return [
    mount(commands, 'sender', {
      result: async ({ params, body }) => {
        if (sales.takeResult(params['id'] ?? '', body)) return
        throw new OcpiError(2001, `No command has the response_url …/${params['id']}.`, { http: 404 })
      },
    }),
    mount(sessions, 'receiver', {
      session: async (call) => sales.sessions.get(...idOf(call)),
      putSession: async (call) => {
        const created = sales.sessions.get(...idOf(call)) === undefined
        sales.takeSession(call.body)
        return { created }
      },
      patchSession: async (call) => {
        const before = sales.sessions.get(...idOf(call))
        if (before === undefined)
          throw new OcpiError(2001, `Session ${call.params['session_id']} is not known here. PUT it first.`, {
            http: 404,
          })
        sales.takeSession(merge(before, call.body, SESSION_MERGE))
      },
    }),
    mount(cdrs, 'receiver', {
      postCdr: async ({ body, version }) => ({
        created: sales.takeCdr(body) === 'created',
        location: `${baseUrl}/${version}/receiver/cdrs/${encodeURIComponent(body.id)}`,
      }),
      cdr: async ({ params }) => sales.cdrs.get(params['id'] ?? ''),
    }),
  ]
}
