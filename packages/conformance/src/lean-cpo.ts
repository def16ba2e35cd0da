/** A CPO that is correct and no more than that: what the judge plays against a PTP. */
import type { StartSession } from '@plugtill/ocpi/modules/commands'
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import { type FinancialAdviceConfirmation, payments, type TerminalReceived } from '@plugtill/ocpi/modules/payments'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { NEEDED_FROM_PTP } from '@plugtill/ocpi/roles'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { createDesk, type Desk, type DeskParts } from './desk.ts'
import { type Charging, createCharging, type Plan } from './lean-cpo-charging.ts'
import { cpoModules } from './lean-cpo-modules.ts'
import { DEAR, locationsOf, STREET, tariffsOf } from './lean-cpo-sites.ts'
import { createShelf, type Shelf } from './lean-shelf.ts'

/** What terminals of the PTP get. */
export interface Assignment {
  readonly location_ids: readonly string[]
  readonly evse_uids: readonly string[]
  /** Who makes the driver's invoice, and where it is found when the CPO does. */
  readonly invoice_creator?: 'CPO' | 'PTP'
  readonly invoice_base_url?: string
}

export interface LeanCpoOptions {
  /** How charges go, unless something else was planned. */
  readonly plan?: Partial<Plan>
  /** How long after its POST a terminal is assigned; absent: only by `assign`. */
  readonly assignMs?: number
  readonly assignment?: Assignment
  /** Changes what is sold, before anybody asks. */
  readonly locations?: (all: readonly Location[]) => readonly Location[]
  readonly tariffs?: (all: readonly Tariff[]) => readonly Tariff[]
}

/** What is sold where, and which EVSE is free. */
export interface Sites {
  readonly locations: Shelf<Location>
  readonly tariffs: Shelf<Tariff>
  readonly find: (
    locationId: string,
    evseUid: string,
    connectorId: string,
  ) => {
    readonly location: Location | undefined
    readonly evse: Evse | undefined
    readonly connector: Connector | undefined
  }
  readonly setStatus: (evseUid: string, status: Evse['status']) => void
}

export interface LeanCpo {
  readonly desk: Desk
  readonly sites: Sites
  readonly charging: Charging
  readonly terminals: Shelf<TerminalReceived>
  readonly advices: Shelf<FinancialAdviceConfirmation>
  /** PATCHes the assignment at the PTP. */
  readonly assign: (terminalId: string, assignment: Assignment) => Promise<void>
  /** How the charges that begin from now on go; the same object again takes it back. */
  readonly plan: (plan: Partial<Plan>) => void
  readonly planned: () => Plan
}

/** Fast, so that a run takes seconds. */
const USUAL: Plan = {
  response: 'ACCEPTED',
  responseMs: 0,
  result: 'ACCEPTED',
  resultMs: 200,
  plugInMs: 500,
  waitForCarMs: 5_000,
  updateMs: 1_000,
  stopMs: 500,
  failedStops: 0,
  free: false,
  cdrMs: 300,
}

export function createLeanCpo(
  parts: Omit<DeskParts, 'target' | 'modules' | 'needs'>,
  options: LeanCpoOptions = {},
): LeanCpo {
  const { clock, ids, party } = parts
  const owner = { countryCode: party.countryCode, partyId: party.partyId }
  const sites = createSites(owner, clock.now, options)
  const terminals = createShelf<TerminalReceived>()
  const advices = createShelf<FinancialAdviceConfirmation>()
  const charging = createCharging({ clock, owner, sites, client: () => desk.client })
  let planned: Plan = { ...USUAL, ...options.plan }
  const plans = new Map<string, Plan>()
  const planFor = ({ authorization_reference: reference }: StartSession): Plan => {
    const known = plans.get(reference ?? '') ?? planned
    if (reference != null) plans.set(reference, known)
    return known
  }
  const assign = async (terminalId: string, assignment: Assignment) => {
    const calls = await desk.call(payments, 'sender')
    const body = { ...assignment, last_updated: formatDateTime(clock.now()) }
    await calls.patchTerminal({ params: { terminal_id: terminalId }, body })
    const { data } = await calls.terminal({ params: { terminal_id: terminalId } })
    terminals.put(data, terminalId)
  }
  const onTerminal = ({ terminal_id: id, location_ids, evse_uids }: TerminalReceived) => {
    if (options.assignMs === undefined || location_ids?.length || evse_uids?.length) return
    const assignment = options.assignment ?? { location_ids: [STREET], evse_uids: [DEAR] }
    clock.after(options.assignMs, () => void assign(id, assignment).catch(() => undefined))
  }
  const modules = cpoModules({ clock, ids, owner, sites, charging, terminals, advices, plan: planFor, onTerminal })
  const desk: Desk = createDesk({ ...parts, target: 'ptp', modules, needs: NEEDED_FROM_PTP })
  return {
    desk,
    sites,
    charging,
    terminals,
    advices,
    assign,
    plan: (plan) => {
      planned = { ...USUAL, ...options.plan, ...plan }
    },
    planned: () => planned,
  }
}

function createSites(
  owner: { readonly countryCode: string; readonly partyId: string },
  now: () => number,
  { locations: changed = (all) => all, tariffs: priced = (all) => all }: LeanCpoOptions,
): Sites {
  const locations = createShelf<Location>()
  const tariffs = createShelf<Tariff>()
  for (const one of changed(locationsOf(owner, now()))) locations.put(one, one.id)
  for (const one of priced(tariffsOf(owner, now()))) tariffs.put(one, one.id)
  return {
    locations,
    tariffs,
    find: (locationId, evseUid, connectorId) => {
      const location = locations.get(locationId)
      const evse = location?.evses?.find(({ uid }) => sameCi(uid, evseUid))
      return { location, evse, connector: evse?.connectors.find(({ id }) => sameCi(id, connectorId)) }
    },
    setStatus: (evseUid, status) => {
      const last_updated = formatDateTime(now())
      for (const one of locations.all()) {
        if (!one.evses?.some(({ uid }) => uid === evseUid)) continue
        const evses = one.evses.map((evse) => (evse.uid === evseUid ? { ...evse, status, last_updated } : evse))
        locations.put({ ...one, evses, last_updated }, one.id)
      }
    },
  }
}
