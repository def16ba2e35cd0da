/** The operator's way to put a CDR right, and the history of one session's CDRs. */
import type { Documents } from '@plugtill/engine/documents'
import type { Desk } from '@plugtill/engine/engine'
import { Fault } from '@plugtill/engine/fault'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { meterOf } from '../charging/cells.ts'
import type { ChargingEvent, ChargingSession } from '../charging/session.ts'
import { ownersOf, partnerKey } from '../partners.ts'
import type { SiteRegister } from '../sites/register.ts'
import { type Basis, correctedCdr, creditIdOf, creditOf } from './corrected-cdr.ts'
import { type Correction, type CorrectionEvent, creditedKey, replacementKey } from './correction.ts'

export interface CreditRequest {
  readonly reason: string
  readonly by?: string
  /** Absent: nothing takes its place. */
  readonly replacement?: { readonly energyKwh?: number; readonly endedAt?: number; readonly tariffId?: string }
}

export interface FoundCdr {
  readonly cdr: Cdr
  /** Takes it back. */
  readonly correction?: Correction
  /** It is the credit or the replacement of this one. */
  readonly madeBy?: Correction
}

export interface Corrections {
  readonly find: (cdrId: string) => Promise<FoundCdr | undefined>
  /** Faults CDR_UNKNOWN, CDR_NOT_DELIVERED, CDR_CREDITED, TARIFF_UNKNOWN, CORRECTION_WRONG. */
  readonly credit: (cdrId: string, request: CreditRequest) => Promise<Correction>
  /** Every CDR of a session in the order in which they were written: original, credit, replacement … */
  readonly cdrsOf: (session: ChargingSession) => Promise<readonly Cdr[]>
  readonly of: (session: ChargingSession) => Promise<readonly Correction[]>
}

export interface CorrectionsParts {
  readonly corrections: Desk<Correction, CorrectionEvent>
  readonly charging: Pick<Desk<ChargingSession, ChargingEvent>, 'find'>
  readonly register: Pick<SiteRegister, 'tariff'>
  readonly docs: Pick<Documents, 'get'>
  readonly peers: Pick<PeerStore, 'list'>
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
}

/** A CDR that is corrected more often than this needs a person. */
const MOST = 50

export function createCorrections(parts: CorrectionsParts): Corrections {
  const of: Corrections['of'] = async (session) => {
    const found: Correction[] = []
    for (let cdrId: string | undefined = session.cdrId; cdrId !== undefined && found.length < MOST; ) {
      const correction = await parts.corrections.find(creditedKey(cdrId))
      if (correction === undefined) break
      found.push(correction)
      cdrId = correction.replacement?.id
    }
    return found
  }
  return {
    of,
    find: (cdrId) => findCdr(parts, cdrId),
    cdrsOf: async (session) => {
      if (session.cdr === undefined) return []
      const corrections = await of(session)
      const texts = corrections.flatMap(({ credit, replacement }) => [
        credit,
        ...(replacement ? [replacement.text] : []),
      ])
      return [session.cdr, ...texts].map((text) => JSON.parse(text) as Cdr)
    },
    credit: async (cdrId, request) => {
      const basis = await basisOf(parts, cdrId)
      const { session, cdr } = basis
      const { reason } = request
      const now = parts.clock.now()
      const remedy = request.replacement && { ...request.replacement, ...(await tariffNamed(parts, request)) }
      const correction: Correction = {
        id: creditIdOf(cdr.id),
        state: 'crediting',
        sessionId: session.id,
        peerId: session.peerId,
        owner: session.owner,
        ...(session.reference === undefined ? {} : { reference: session.reference }),
        cdrId: cdr.id,
        reason,
        ...(request.by === undefined ? {} : { by: request.by }),
        at: now,
        credit: JSON.stringify(creditOf(cdr, { reason, now })),
        // A millisecond later, so that whoever sorts by time reads the credit first.
        ...(remedy === undefined
          ? {}
          : { replacement: correctedCdr(basis, remedy, { id: parts.ids(), reason, now: now + 1 }) }),
      }
      try {
        return await parts.corrections.create(correction, { type: 'ordered' })
      } catch (error) {
        if (error instanceof Fault && (error.code === 'KEY_TAKEN' || error.code === 'ENTITY_EXISTS'))
          throw credited(cdr.id)
        throw error
      }
    },
  }
}

async function tariffNamed(
  { register }: CorrectionsParts,
  { replacement }: CreditRequest,
): Promise<{ readonly tariff?: Tariff }> {
  const id = replacement?.tariffId
  if (id === undefined) return {}
  const tariff = await register.tariff(id)
  if (tariff === undefined) throw new Fault('TARIFF_UNKNOWN', `No tariff has the id "${id}". See the list of tariffs.`)
  return { tariff }
}

/** The CDR of a session, or one that has taken its place. */
async function basisOf(parts: CorrectionsParts, cdrId: string): Promise<Basis> {
  const cdr = await filedCdr(parts, cdrId)
  const session = cdr?.session_id == null ? undefined : await parts.charging.find(cdr.session_id)
  if (cdr === undefined || cdr.credit || session === undefined)
    throw new Fault(
      'CDR_UNKNOWN',
      `No session has a CDR "${cdrId}". See the list of CDRs; a credit itself is not taken back.`,
    )
  if ((await parts.corrections.find(creditedKey(cdrId))) !== undefined) throw credited(cdrId)
  const before = await parts.corrections.find(replacementKey(cdrId))
  const delivered = before === undefined ? session.cdrUrl !== undefined : before.state === 'done'
  if (!delivered)
    throw new Fault('CDR_NOT_DELIVERED', `CDR "${cdrId}" has not reached the partner yet. Credit it when it has.`)
  return {
    session,
    meter: before?.replacement?.meter ?? meterOf(session),
    tariff: before?.replacement?.tariff ?? session.tariff,
    cdr,
  }
}

async function findCdr(parts: CorrectionsParts, cdrId: string): Promise<FoundCdr | undefined> {
  const cdr = await filedCdr(parts, cdrId)
  if (cdr === undefined) return undefined
  const correction = await parts.corrections.find(creditedKey(cdr.id))
  const madeBy = (await parts.corrections.find(replacementKey(cdr.id))) ?? (await parts.corrections.find(cdr.id))
  return { cdr, ...(correction && { correction }), ...(madeBy && { madeBy }) }
}

async function filedCdr({ docs, peers }: CorrectionsParts, cdrId: string): Promise<Cdr | undefined> {
  for (const owner of await ownersOf(peers)) {
    const doc = await docs.get('cdrs', partnerKey(owner, cdrId))
    if (doc !== undefined) return JSON.parse(doc.body) as Cdr
  }
  return undefined
}

const credited = (cdrId: string) =>
  new Fault('CDR_CREDITED', `CDR "${cdrId}" was taken back before. Correct the one that took its place.`)
