/** The live boards: every partner of our platforms is judged by the traffic that happens anyway. */
import { createHash } from 'node:crypto'
import { type Board, type BoardParts, createBoard } from '@plugtill/conformance/board'
import type { Catalogue, Target, Version } from '@plugtill/conformance/catalogue'
import { loadCatalogue, loadExamples } from '@plugtill/conformance/catalogue-files'
import { CHECKS } from '@plugtill/conformance/judges'
import { type Report, reportOf } from '@plugtill/conformance/report'
import { progressOf } from '@plugtill/conformance/reports/findings'
import type { Pace } from '@plugtill/conformance/view'
import type { AdminAnswer, AdminCall, AdminTable } from '@plugtill/engine/admin'
import type { Clock } from '@plugtill/engine/clock'
import { journal } from '@plugtill/engine/journal'
import { type Settings, settings } from '@plugtill/engine/settings'
import type { Store } from '@plugtill/engine/store'
import type { ExchangeRecord, OnExchange } from '@plugtill/ocpi/exchange'
import { type Admin, adminOf } from '@plugtill/world/call-admin'
import Type from 'typebox'
import { moduleRoute } from './modules.ts'
import { SPEC } from './spec-folder.ts'

export type Side = 'ptp' | 'cpo'

/** What our PTP platform speaks to is a CPO, and the other way round. */
const TARGETS: Readonly<Record<Side, Target>> = { ptp: 'cpo', cpo: 'ptp' }

interface PeerRecord {
  readonly id: string
  readonly status: string
  readonly version: Version | null
  readonly versions_url: string | null
  readonly roles: readonly {
    readonly country_code: string
    readonly party_id: string
    readonly business_details?: { readonly name?: string }
  }[]
}

export interface Boards {
  /** To be given to a platform: it is told everything that is said with partners. */
  readonly watch: (side: Side) => OnExchange
  /** Knows the partners of a platform from now on, and what was said with them before. */
  readonly open: (side: Side, room: { readonly admin: AdminTable; readonly store: Store }) => Promise<void>
  readonly admin: AdminTable
}

/** A charge may take a while; what has not followed after so long is missing. */
const PATIENCE_MS = 5 * 60_000
/** Of the journal at a start. */
const RECALLED = 2_000

interface Watched {
  readonly board: Board
  readonly since: number
}

export interface BoardsParts {
  readonly clock: Clock
  /** Our own CPO where its chargers run faster than life. A partner's are judged by their plates. */
  readonly fast?: { readonly countryCode: string; readonly partyId: string; readonly pace: Pace }
}

export function createBoards({ clock, fast }: BoardsParts): Boards {
  const catalogue = loadCatalogue(SPEC)
  const boards = new Map<string, Watched>()
  const versions = new Map<string, Version>()
  const hurrying = new Set<string>()
  const admins = new Map<Side, Admin>()
  const marks = new Map<Side, Settings>()
  const boardOf = (side: Side, peerId: string, at = clock.now()): Board => {
    const key = `${side} ${peerId}`
    const pace = () => (hurrying.has(key) ? fast?.pace : undefined)
    const known = boards.get(key) ?? { board: newBoard(catalogue, { target: TARGETS[side], clock, pace }), since: at }
    boards.set(key, known)
    return known.board
  }
  const versionOf = (side: Side, peerId: string): Version => versions.get(`${side} ${peerId}`) ?? '2.3.0'
  const learn = async (side: Side): Promise<readonly PeerRecord[]> => {
    const peers = (await admins.get(side)?.get<readonly PeerRecord[]>('/peers')) ?? []
    for (const { id, version, roles } of peers) {
      if (version !== null) versions.set(`${side} ${id}`, version)
      if (roles.some((one) => one.country_code === fast?.countryCode && one.party_id === fast.partyId))
        hurrying.add(`${side} ${id}`)
    }
    return peers
  }
  return {
    watch: (side) => (exchange, raw) => {
      const { peerId, module } = exchange
      if (peerId === undefined) return
      boardOf(side, peerId).saw(exchange, raw, versionOf(side, peerId))
      if (module === 'credentials') void learn(side).catch(() => undefined)
    },
    open: async (side, { admin, store }) => {
      admins.set(side, adminOf(admin))
      const known = new Set((await learn(side)).map(({ id }) => id))
      const entries = await journal(store, clock).recent(RECALLED, { kinds: ['ocpi'] })
      for (const { body } of entries.toReversed()) {
        const record = body as unknown as ExchangeRecord
        if (record.peer === null || !known.has(record.peer)) continue
        boardOf(side, record.peer, record.at).recall(record, versionOf(side, record.peer))
      }
      marks.set(side, settings(store))
      for (const id of known) {
        const until = await marks.get(side)?.get(mendedAt(id))
        if (until !== undefined) boards.get(`${side} ${id}`)?.board.forget(Number(until))
      }
    },
    admin: [
      ...tableOf(looksAt({ boards, marks, learn, clock })),
      moduleRoute({ catalogue, examples: () => loadExamples(SPEC) }),
    ],
  }
}

interface Shelf {
  readonly boards: ReadonlyMap<string, Watched>
  readonly marks: ReadonlyMap<Side, Settings>
  readonly learn: (side: Side) => Promise<readonly PeerRecord[]>
  readonly clock: Clock
}

function looksAt({ boards, marks, learn, clock }: Shelf): Looks {
  return {
    list: async () => {
      const all = await Promise.all((['ptp', 'cpo'] as const).map(async (side) => ({ side, peers: await learn(side) })))
      return all.flatMap(({ side, peers }) =>
        peers.flatMap((peer) => {
          const watched = boards.get(`${side} ${peer.id}`)
          return watched === undefined || peer.status === 'removed'
            ? []
            : [{ side, report: reported(peer, watched), peer }]
        }),
      )
    },
    forget: async (side, peerId) => {
      const watched = boards.get(`${side} ${peerId}`)
      if (watched === undefined) return
      await marks.get(side)?.put(mendedAt(peerId), String(clock.now()))
      watched.board.forget(clock.now())
    },
    one: async (side, peerId) => {
      const watched = boards.get(`${side} ${peerId}`)
      const peer = watched && (await learn(side)).find(({ id }) => id === peerId)
      return peer && watched && reported(peer, watched)
    },
  }
}

/** When a partner last said that it has mended what failed; outlives the process, as the journal does. */
const mendedAt = (peerId: string): string => `board-mended:${peerId}`

const newBoard = (catalogue: Catalogue, parts: Pick<BoardParts, 'target' | 'clock' | 'pace'>): Board =>
  createBoard({
    ...parts,
    catalogue,
    checks: CHECKS,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    patienceMs: PATIENCE_MS,
  })

function reported({ roles: [role], versions_url }: PeerRecord, { board, since }: Watched): Report {
  const partner = {
    name: role?.business_details?.name ?? '',
    country_code: role?.country_code ?? '',
    party_id: role?.party_id ?? '',
    versions_url: versions_url ?? '',
  }
  return reportOf(board.judgement(), { partner, startedAt: since })
}

interface Looks {
  readonly list: () => Promise<readonly { readonly side: Side; readonly peer: PeerRecord; readonly report: Report }[]>
  readonly one: (side: Side, peerId: string) => Promise<Report | undefined>
  readonly forget: (side: Side, peerId: string) => Promise<void>
}

/** What one partner has reached, in a few lines. */
const Summary = Type.Object({
  platform: Type.String(),
  peer: Type.String(),
  partner: Type.Object({}),
  role: Type.String(),
  version: Type.String(),
  milestones: Type.Array(Type.Object({})),
  roots: Type.Array(Type.String()),
})

function tableOf({ list, one, forget }: Looks): AdminTable {
  const reportFor = async ({ params }: AdminCall): Promise<AdminAnswer> => {
    const { platform, peer = '' } = params
    const report = platform === 'ptp' || platform === 'cpo' ? await one(platform, peer) : undefined
    const message = `Nothing was said with a partner ${platform}/${peer} yet. GET /judge/api/boards lists them.`
    return report === undefined ? { status: 404, body: { error: 'not-found', message } } : { body: report }
  }
  return [
    {
      method: 'GET',
      path: '/boards',
      summary: 'How far each partner of our platforms is, by milestone',
      answer: Type.Array(Summary),
      run: async () => ({ body: (await list()).map(summaryOf) }),
    },
    {
      method: 'GET',
      path: '/boards/:platform/:peer',
      summary: 'The board of one partner: the report of plugtill check, made from the traffic so far',
      run: reportFor,
    },
    {
      method: 'POST',
      path: '/boards/:platform/:peer/mended',
      summary: 'What failed is mended: the messages that show it no longer count, new ones decide',
      run: async (call) => {
        const { platform, peer = '' } = call.params
        if (platform === 'ptp' || platform === 'cpo') await forget(platform, peer)
        return reportFor(call)
      },
    },
  ]
}

const summaryOf = ({
  side,
  peer,
  report,
}: {
  readonly side: Side
  readonly peer: PeerRecord
  readonly report: Report
}) => ({
  platform: side,
  peer: peer.id,
  partner: report.partner,
  role: report.role,
  version: report.version,
  milestones: report.milestones.map((one) => ({ ...one, ...progressOf(report, one.id) })),
  roots: report.roots,
})
