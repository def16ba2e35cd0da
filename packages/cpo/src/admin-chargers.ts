/** The operator's view of charging stations, and what can be done with one from afar. */
import type { AdminAnswer, AdminCall, AdminTable } from '@plugtill/engine/admin'
import { Fault } from '@plugtill/engine/fault'
import { formatDateTime } from '@plugtill/ocpi/types'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { get, post, told } from './admin-words.ts'
import { Adoption, adopt } from './chargers/adoption.ts'
import type { CommandOutcome, Outlet } from './chargers/events.ts'
import { type StationRecord, unknownStation } from './chargers/stations.ts'
import { spotsOfCharger } from './sites/configuration.ts'

const Place = {
  connector: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  evse: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
}
const Name = Type.String({ minLength: 1, maxLength: 250 })
const Availability = Type.Object({ ...Place, operative: Type.Boolean() })
const Unlock = Type.Object({ ...Place, connector: Type.Integer({ minimum: 1, maximum: 1000 }) })
const Reset = Type.Object({ type: Type.Optional(Type.Union([Type.Literal('Soft'), Type.Literal('Hard')])) })
const Trigger = Type.Object({ ...Place, message: Type.String({ minLength: 1, maxLength: 50 }) })
const Setting = Type.Object({ name: Name, value: Type.String({ maxLength: 1000 }) })
const Secret = Type.Object({ secret: Type.Optional(Type.String({ maxLength: 100 })) })
const Names = Type.Object({ names: Type.Optional(Type.String({ maxLength: 4000 })) })

/** A summary, what the body has to be, and the act itself. */
export function chargerRoutes(cpo: AdminParts): AdminTable {
  const { chargers, stations } = cpo
  const at = ({ params }: AdminCall) => recordOf(cpo, params['id'] ?? '')
  const order = (ask: (id: string, call: AdminCall) => Promise<CommandOutcome>) => (call: AdminCall) =>
    told(async () => ({ body: { outcome: await ask(at(call).id, call) } }))
  return [
    get('/chargers', 'Charging stations and whether they are connected', async () => ({
      body: stations.list().map((record) => chargerRecord(cpo, record)),
    })),
    get('/chargers/:id', 'One charging station', (call) => told(async () => ({ body: chargerRecord(cpo, at(call)) }))),
    post(
      '/chargers/:id/adopt',
      'Say what a station that came by itself sells, and where',
      (call) => told(() => adopted(cpo, at(call).id, call.body as Adoption)),
      { body: Adoption },
    ),
    post(
      '/chargers/:id/secret',
      'Give a station a secret for basic authentication; it is shown once',
      (call) =>
        told(async () => ({
          body: {
            id: at(call).id,
            secret: await stations.setSecret(at(call).id, (call.body as Type.Static<typeof Secret>).secret),
          },
        })),
      { body: Secret },
    ),
    ...orderRoutes(cpo, order),
    get(
      '/chargers/:id/configuration',
      'Settings of a station; ?names=A,B for some of them',
      (call) => told(() => settingsOf(cpo, at(call).id, call.query['names'])),
      { query: Names },
    ),
    post(
      '/chargers/:id/configuration',
      'Change one setting of a station',
      (call) =>
        told(async () => {
          const { name, value } = call.body as Type.Static<typeof Setting>
          const { outcome, said = null } = await chargers.writeSetting(at(call).id, name, { value })
          return { body: { outcome, said } }
        }),
      { body: Setting },
    ),
    {
      ...get('/chargers/:id', 'Forget a station that came by itself', (call) => told(() => forget(cpo, call))),
      method: 'DELETE',
    },
  ]
}

type Order = (
  ask: (id: string, call: AdminCall) => Promise<CommandOutcome>,
) => (call: AdminCall) => Promise<AdminAnswer>

function orderRoutes({ chargers }: AdminParts, order: Order): AdminTable {
  return [
    post(
      '/chargers/:id/availability',
      'Put a station or one of its connectors into or out of use',
      order((id, { body }) => {
        const { operative, ...place } = body as Type.Static<typeof Availability>
        return chargers.changeAvailability(id, { operative, outlet: outletOf(place) })
      }),
      { body: Availability },
    ),
    post(
      '/chargers/:id/unlock',
      'Unlock the cable of a connector',
      order((id, { body }) => {
        const { connector, evse } = body as Type.Static<typeof Unlock>
        return chargers.unlock(id, { connectorId: connector, ...(evse === undefined ? {} : { evseId: evse }) })
      }),
      { body: Unlock },
    ),
    post(
      '/chargers/:id/reset',
      'Restart a station',
      order((id, { body }) => chargers.reset(id, (body as Type.Static<typeof Reset>).type ?? 'Soft')),
      { body: Reset },
    ),
    post(
      '/chargers/:id/trigger',
      'Ask a station for a message, for example StatusNotification',
      order((id, { body }) => {
        const { message, ...place } = body as Type.Static<typeof Trigger>
        return chargers.trigger(id, message, { outlet: outletOf(place) })
      }),
      { body: Trigger },
    ),
  ]
}

function outletOf({ connector, evse }: { readonly connector?: number; readonly evse?: number }): Outlet | undefined {
  if (connector === undefined && evse === undefined) return undefined
  return { connectorId: connector ?? 0, ...(evse === undefined ? {} : { evseId: evse }) }
}

function recordOf({ stations }: AdminParts, id: string): StationRecord {
  const record = stations.list().find((one) => one.id.toLowerCase() === id.toLowerCase())
  if (record === undefined) throw unknownStation(id)
  return record
}

async function adopted(cpo: AdminParts, id: string, plan: Adoption): Promise<AdminAnswer> {
  await adopt({ stations: cpo.stations, party: cpo.party }, id, plan)
  await cpo.register.sync()
  await cpo.again(id)
  return { body: chargerRecord(cpo, recordOf(cpo, id)) }
}

async function forget(cpo: AdminParts, { params }: AdminCall): Promise<AdminAnswer> {
  const { id, adoption } = recordOf(cpo, params['id'] ?? '')
  if (adoption === undefined)
    throw new Fault('STATION_CONFIGURED', `Station "${id}" stands in the configured sites; take it out there.`)
  await cpo.stations.forget(id)
  await cpo.register.sync()
  await cpo.chargers.disconnect(id)
  return { body: { id, status: 'forgotten' } }
}

async function settingsOf(cpo: AdminParts, id: string, names: string | undefined): Promise<AdminAnswer> {
  const wanted = (names ?? '').split(',').filter((name) => name !== '')
  return { body: await cpo.chargers.readSettings(id, wanted) }
}

function chargerRecord(cpo: AdminParts, record: StationRecord) {
  const { id } = record
  return {
    id,
    connected: cpo.chargers.online(id),
    protocol: cpo.chargers.protocolOf(id) ?? record.protocol ?? null,
    adoption: record.adoption ?? 'configured',
    secret: record.secretHash !== undefined,
    vendor: record.vendor ?? null,
    model: record.model ?? null,
    serial: record.serial ?? null,
    firmware: record.firmware ?? null,
    booted_at: record.bootedAt === undefined ? null : formatDateTime(record.bootedAt),
    reported: record.outlets.map(({ connectorId, evseId }) => ({ evse: evseId ?? null, connector: connectorId })),
    connectors: spotsOfCharger(cpo.sites, id).map(({ site, evse, connector }) => ({
      evse: connector.charger.evse ?? null,
      connector: connector.charger.connector,
      location_id: site.id,
      evse_uid: evse.uid,
      connector_id: connector.id,
    })),
  }
}
