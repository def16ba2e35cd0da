/**
 * The charging stations that may connect: those the sites name, and those that came by themselves and were taken in.
 * What is known of each is kept; who it is, is decided before its first message is read.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import { Fault } from '@plugtill/engine/fault'
import { formatDateTime } from '@plugtill/ocpi/types'
import { createSerial } from '../serial.ts'
import { chargerIds, type SiteEvse, type Sites } from '../sites/configuration.ts'
import type { Booted, Finding, Outlet, Protocol } from './events.ts'
import type { Admission } from './link.ocpp-rpc.ts'
import { liveSites } from './live-sites.ts'
import { fitsSecret, hashedSecret } from './secrets.ts'

export interface StationSettingsOfCpo {
  /** What becomes of a station that no site names: turned away, or let in without selling anything. */
  readonly unknownStations: 'refuse' | 'quarantine'
  /** Whether a station without a secret is let in. */
  readonly stationSecrets: 'optional' | 'required'
}

/** Something that is sold at a station that came by itself. */
export interface AdoptedEvse {
  readonly locationId: string
  readonly evse: SiteEvse
}

export interface StationRecord {
  readonly id: string
  /** Absent for a station of the configured sites. */
  readonly adoption?: 'quarantined' | 'adopted'
  readonly secretHash?: string
  readonly protocol?: Protocol
  readonly vendor?: string
  readonly model?: string
  readonly serial?: string
  readonly firmware?: string
  readonly bootedAt?: number
  readonly firstSeenAt: number
  /** The connectors it has told of. */
  readonly outlets: readonly Outlet[]
  readonly evses: readonly AdoptedEvse[]
}

export interface Stations {
  /** The configured sites with everything that was adopted: read anew at every look. */
  readonly sites: Sites
  readonly load: () => Promise<void>
  readonly admission: (chargerId: string, password?: string) => Admission
  readonly knows: (chargerId: string) => boolean
  readonly find: (chargerId: string) => StationRecord | undefined
  readonly list: () => readonly StationRecord[]
  readonly note: (chargerId: string, change: Partial<Omit<StationRecord, 'id'>>) => Promise<StationRecord>
  readonly booted: (event: Booted) => Promise<void>
  readonly outletSeen: (chargerId: string, outlet: Outlet) => Promise<void>
  /** Gives the secret that was set: it cannot be read again. */
  readonly setSecret: (chargerId: string, secret?: string) => Promise<string>
  readonly forget: (chargerId: string) => Promise<void>
}

export interface StationsParts {
  readonly docs: Documents
  readonly clock: Clock
  readonly configured: Sites
  readonly settings: StationSettingsOfCpo
  /** 256 random bits in the Base64url alphabet. */
  readonly randomToken: () => string
  readonly onFinding: (finding: Finding) => void
  readonly onFault: (error: unknown, chargerId: string) => void
}

const SHELF = 'stations'
/** Strangers may fill no more than this. */
const MOST_QUARANTINED = 100
const MOST_OUTLETS = 100
/** A secret of 30 characters from 180 random bits: every AuthorizationKey has room for it. */
const SECRET_LENGTH = 30

export function createStations(parts: StationsParts): Stations {
  const { docs, clock, configured } = parts
  const records = new Map<string, StationRecord>()
  const serial = createSerial()
  const live = liveSites(configured, records)

  const find = (chargerId: string) => records.get(chargerId.toLowerCase())
  const keep = (record: StationRecord) => {
    const before = find(record.id)
    if (isDeepStrictEqual(before, record)) return Promise.resolve(record)
    records.set(record.id.toLowerCase(), record)
    if (before?.evses !== record.evses) live.changed()
    const put = () => docs.put(SHELF, record.id.toLowerCase(), JSON.stringify(record), formatDateTime(clock.now()))
    return serial(record.id.toLowerCase(), put).then(() => record)
  }
  const note: Stations['note'] = (chargerId, change) =>
    keep({ ...(find(chargerId) ?? fresh(chargerId, clock.now())), ...change })
  const waiting = () => [...records.values()].filter(({ adoption }) => adoption === 'quarantined').length
  const knows = (chargerId: string) => live.names(chargerId) || find(chargerId)?.adoption !== undefined

  return {
    sites: live.sites,
    load: async () => {
      for (const doc of await docs.all(SHELF)) {
        const record = JSON.parse(doc.body) as StationRecord
        records.set(record.id.toLowerCase(), record)
      }
      live.changed()
    },
    admission: (chargerId, password) => admission(parts, { find, knows, note, waiting }, { chargerId, password }),
    knows,
    find,
    list: () => {
      const named = chargerIds(configured).map((id) => find(id) ?? fresh(id, clock.now()))
      return [...named, ...[...records.values()].filter(({ adoption }) => adoption !== undefined)]
    },
    note,
    booted: async ({ chargerId, vendor, model, serial: number, firmware, at }) => {
      const about = { vendor, model, ...(number && { serial: number }), ...(firmware && { firmware }) }
      await note(chargerId, { ...about, bootedAt: at })
    },
    outletSeen: async (chargerId, outlet) => {
      const outlets = find(chargerId)?.outlets ?? []
      if (outlet.connectorId === 0 || outlets.length >= MOST_OUTLETS) return
      if (outlets.some((one) => one.connectorId === outlet.connectorId && one.evseId === outlet.evseId)) return
      await note(chargerId, { outlets: [...outlets, bare(outlet)] })
    },
    setSecret: async (chargerId, secret = parts.randomToken().slice(0, SECRET_LENGTH)) => {
      if (!knows(chargerId)) throw unknownStation(chargerId)
      await note(chargerId, { secretHash: hashedSecret(secret, parts.randomToken().slice(0, 16)) })
      return secret
    },
    forget: async (chargerId) => {
      if (find(chargerId) === undefined) throw unknownStation(chargerId)
      records.delete(chargerId.toLowerCase())
      live.changed()
      await serial(chargerId.toLowerCase(), () => docs.delete(SHELF, chargerId.toLowerCase()))
    },
  }
}

const bare = ({ connectorId, evseId }: Outlet): Outlet => ({
  connectorId,
  ...(evseId === undefined ? {} : { evseId }),
})

const fresh = (id: string, now: number): StationRecord => ({ id, firstSeenAt: now, outlets: [], evses: [] })

export function unknownStation(chargerId: string): Fault {
  return new Fault('STATION_UNKNOWN', `No charging station "${chargerId}" has connected or is configured here.`)
}

/** Who connects: a station with a secret has to show it; one without is let in where secrets are optional. */
function admission(
  { settings, onFinding, onFault }: StationsParts,
  { find, knows, note, waiting }: Pick<Stations, 'find' | 'knows' | 'note'> & { readonly waiting: () => number },
  { chargerId, password }: { readonly chargerId: string; readonly password: string | undefined },
): Admission {
  const record = find(chargerId)
  const refuse = (text: string): Admission => {
    onFinding({ chargerId, code: 'STATION_REFUSED', text })
    return 'wrong-secret'
  }
  if (record?.secretHash !== undefined) {
    if (password !== undefined && fitsSecret(record.secretHash, password)) return true
    return refuse(
      password === undefined
        ? `A device came as "${chargerId}" without its secret, or with another user than that id.`
        : `A device came as "${chargerId}" with a wrong secret.`,
    )
  }
  if (settings.stationSecrets === 'required')
    return refuse(`Charger "${chargerId}" has no secret here, and secrets are required. Give it one.`)
  if (knows(chargerId)) return true
  const text = `A charging station nobody knows came as "${chargerId}"`
  if (settings.unknownStations === 'refuse') {
    onFinding({ chargerId, code: 'STATION_UNKNOWN', text: `${text} and was turned away.` })
    return false
  }
  if (!/^[\x21-\x7e]{1,48}$/.test(chargerId)) return false
  if (waiting() >= MOST_QUARANTINED) {
    onFinding({ chargerId, code: 'STATION_UNKNOWN', text: `${text}; ${MOST_QUARANTINED} others wait already.` })
    return false
  }
  onFinding({ chargerId, code: 'STATION_UNKNOWN', text: `${text}; it waits to be adopted and sells nothing.` })
  void note(chargerId, { adoption: 'quarantined' }).catch((error: unknown) => onFault(error, chargerId))
  return true
}
