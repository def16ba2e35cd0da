/**
 * Makes two bare platforms a working sandbox, by their operators' own means: registration by handshake, one terminal
 * per location made by the PTP, assignment by the CPO. What is there already stays, so it may run at every start.
 */
import type { Admin } from './call-admin.ts'

export interface FurnishParts {
  readonly ptp: Admin
  readonly cpo: Admin
  /** Waits, on whichever clock there is, until the check holds; throws when it never does. */
  readonly until: (what: string, check: () => Promise<boolean>) => Promise<void>
  /** Model of the terminal at each location, in the order of the locations; the last one serves for the rest. */
  readonly models?: readonly string[]
}

interface PeerRecord {
  readonly id: string
  readonly status: string
}

interface TerminalRecord {
  readonly terminal_id: string
  readonly state: string
  readonly reference?: string
  readonly location_ids: readonly string[]
}

export interface Furnished {
  /** The CPO as the PTP knows it. */
  readonly cpoAtPtp: string
  /** The PTP as the CPO knows it. */
  readonly ptpAtCpo: string
  readonly terminals: readonly TerminalRecord[]
}

const MODELS = ['apollo', 'apollo-max']

export async function furnish(parts: FurnishParts): Promise<Furnished> {
  const { ptp, cpo, until } = parts
  const peers = await registered(parts)
  const ours = await cpo.get<readonly { id: string }[]>('/locations')
  await until('the PTP knows the locations of the CPO', async () => {
    const mirrored = await ptp.get<readonly { id: string }[]>('/locations')
    return ours.every(({ id }) => mirrored.some((location) => location.id === id))
  })
  const models = parts.models ?? MODELS
  for (const [index, { id }] of ours.entries()) {
    await terminalAt(parts, { peer: peers.cpoAtPtp, location: id, model: models[Math.min(index, models.length - 1)]! })
  }
  return { ...peers, terminals: await ptp.get<readonly TerminalRecord[]>('/terminals') }
}

async function registered({ ptp, cpo }: FurnishParts): Promise<Omit<Furnished, 'terminals'>> {
  const live = async (admin: Admin) => (await admin.get<readonly PeerRecord[]>('/peers')).find((peer) => peer.status === 'registered')
  const [there, here] = [await live(ptp), await live(cpo)]
  if (there && here) return { cpoAtPtp: there.id, ptpAtCpo: here.id }
  const { country_code, party_id } = await cpo.get<{ country_code: string; party_id: string }>('/platform')
  const invitation = await ptp.post<{ id: string; versions_url: string; token: string }>('/peers/invite', { country_code, party_id, role: 'CPO' })
  const peer = await cpo.post<PeerRecord>('/peers/register', { versions_url: invitation.versions_url, token: invitation.token })
  return { cpoAtPtp: invitation.id, ptpAtCpo: peer.id }
}

/** `reference` marks the terminal as the one of this location, so that a second run finds it. */
async function terminalAt({ ptp, cpo, until }: FurnishParts, wanted: { peer: string; location: string; model: string }): Promise<void> {
  const reference = `SANDBOX-${wanted.location}`.slice(0, 36)
  const find = async () => (await ptp.get<readonly TerminalRecord[]>('/terminals')).find((terminal) => terminal.reference === reference)
  const terminal = (await find()) ?? (await ptp.post<TerminalRecord>('/terminals', { peer: wanted.peer, model: wanted.model, reference }))
  await until(`the CPO knows terminal ${terminal.terminal_id}`, async () => (await find())?.state !== 'announcing')
  if ((await find())!.location_ids.length > 0) return
  await cpo.post(`/terminals/${terminal.terminal_id}/assign`, { locations: [wanted.location] })
  await until(`terminal ${terminal.terminal_id} is assigned`, async () => ((await find())?.location_ids.length ?? 0) > 0)
}
