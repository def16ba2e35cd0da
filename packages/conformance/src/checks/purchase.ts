/**
 * What was bought: one START_SESSION and everything that followed from it, put together from messages that name each
 * other in different ways and come in any order.
 */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { CommandResponse, StartSession, StopSession } from '@plugtill/ocpi/modules/commands'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { validatorOf } from '@plugtill/ocpi/validate'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import { SHAPES } from '../kinds.ts'
import type { Seen } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'
import { type SessionTrack, sessionTracks } from './session-track.ts'

/** START_SESSION or STOP_SESSION with its answer and the results that came to its response_url. */
export interface Command<Body> {
  readonly seen: Seen
  readonly body: Body
  /** The answer when it can be read. */
  readonly answer: CommandResponse | undefined
  readonly accepted: boolean
  readonly results: readonly Seen[]
}

export interface Purchase extends Command<StartSession> {
  readonly sessions: readonly SessionTrack[]
  readonly stops: readonly Command<StopSession>[]
  /** Pushed and listed, valid ones. */
  readonly cdrs: readonly Found<Cdr>[]
  /** Asked for something that is legal but not usual; refusing it is judged by its own requirement. */
  readonly oddities: readonly Oddity[]
}

export type Oddity = 'capitals' | 'unknown-field' | 'long-uid'

const kept = new WeakMap<readonly Seen[], readonly Purchase[]>()

/** All START_SESSIONs of the judge, odd ones too, oldest first. */
export function purchasesOf(view: View): readonly Purchase[] {
  const before = kept.get(view.seen)
  if (before !== undefined) return before
  const made = makePurchases(view)
  kept.set(view.seen, made)
  return made
}

/** Those that were asked for in earnest. */
export const ordinaryPurchases = (view: View): readonly Purchase[] =>
  purchasesOf(view).filter(({ seen }) => seen.probe === undefined)

function makePurchases(view: View): readonly Purchase[] {
  const starts = commandsAt<StartSession>(view, 'commands.startSession')
  const stops = commandsAt<StopSession>(view, 'commands.stopSession')
  const tracks = sessionTracks(view)
  const cdrs = view.valid('CDR')
  const owners = new Map(tracks.map((track) => [track, ownerOf(track, starts)]))
  return starts.map((start) => {
    const sessions = tracks.filter((track) => owners.get(track) === start)
    return {
      ...start,
      sessions,
      stops: stops.filter(({ body }) => sessions.some(({ id }) => sameCi(id, body.session_id))),
      cdrs: cdrs.filter(({ value }) => belongs(value, { start, sessions, starts })),
      oddities: odditiesOf(start, view),
    }
  })
}

/** What identifies a purchase in a Session or a CDR. */
type Named = Pick<Session, 'authorization_reference' | 'cdr_token'>

const byReference = ({ body }: Command<StartSession>, { authorization_reference: reference }: Named) =>
  body.authorization_reference != null && reference != null && sameCi(body.authorization_reference, reference)
const byToken = ({ body }: Command<StartSession>, { cdr_token: token }: Named) => sameCi(body.token.uid, token.uid)

/** Of several commands with one reference the first that was accepted: a repeat starts nothing. */
const chosen = (
  starts: readonly Command<StartSession>[],
  fits: (start: Command<StartSession>) => boolean,
): Command<StartSession> | undefined => starts.find((one) => one.accepted && fits(one)) ?? starts.find(fits)

/** By reference, else by the token that is used once, else by the place where nothing else was started. */
function ownerOf(track: SessionTrack, starts: readonly Command<StartSession>[]): Command<StartSession> | undefined {
  const sessions = track.told.map(({ session }) => session)
  const [first] = sessions
  return (
    chosen(starts, (start) => sessions.some((one) => byReference(start, one))) ??
    chosen(starts, (start) => sessions.some((one) => byToken(start, one))) ??
    starts.findLast(
      ({ seen, body, accepted }) =>
        accepted &&
        seen.index < track.firstIndex &&
        first !== undefined &&
        sameCi(body.location_id, first.location_id) &&
        (body.evse_uid == null || sameCi(body.evse_uid, first.evse_uid)),
    )
  )
}

interface Around {
  readonly start: Command<StartSession>
  readonly sessions: readonly SessionTrack[]
  readonly starts: readonly Command<StartSession>[]
}

function belongs(cdr: Cdr, { start, sessions, starts }: Around): boolean {
  const named = chosen(starts, (one) => byReference(one, cdr))
  if (named !== undefined) return named === start
  if (cdr.session_id != null && sessions.some(({ id }) => sameCi(id, cdr.session_id ?? ''))) return true
  return chosen(starts, (one) => byToken(one, cdr)) === start
}

function commandsAt<Body>(
  view: View,
  place: 'commands.startSession' | 'commands.stopSession',
): readonly Command<Body>[] {
  const shape = place === 'commands.startSession' ? SHAPES.StartSession : SHAPES.StopSession
  const results = view.of('partner', 'commands.result')
  return view.seen.flatMap((seen) => {
    if (seen.by !== 'us' || seen.place !== place || seen.cut || !validatorOf(shape).check(seen.question)) return []
    const body = seen.question as Body & { readonly response_url: string }
    const answer = answerIn(seen)
    return [
      {
        seen,
        body,
        answer,
        accepted: answer?.result === 'ACCEPTED' && isYes(seen),
        results: results.filter(({ url }) => samePlace(url, body.response_url)),
      },
    ]
  })
}

function answerIn(seen: Seen): CommandResponse | undefined {
  const read = codecOf(seen.version).read(SHAPES.CommandResponse, seen.answer?.data)
  return 'value' in read ? (read.value as CommandResponse) : undefined
}

/** Path and query; the origin of a request is known to the socket, not to the message. */
export function samePlace(url: string, responseUrl: string): boolean {
  const wanted = new URL(responseUrl)
  const came = URL.parse(url, wanted.origin)
  return came !== null && came.pathname + came.search === wanted.pathname + wanted.search
}

const USUAL_FIELDS = new Set(Object.keys(SHAPES.StartSession.properties))
/** What chargers of OCPP 1.6 can take as an id tag. */
const SHORT_UID = 20

function odditiesOf({ body }: Command<StartSession>, view: View): readonly Oddity[] {
  const spelling = view
    .valid('Location')
    .map(({ value }) => value.id)
    .filter((id) => sameCi(id, body.location_id))
  return [
    ...(spelling.length > 0 && !spelling.includes(body.location_id) ? (['capitals'] as const) : []),
    ...(Object.keys(body).some((field) => !USUAL_FIELDS.has(field)) ? (['unknown-field'] as const) : []),
    ...(body.token.uid.length > SHORT_UID ? (['long-uid'] as const) : []),
  ]
}

/** In ms; undefined for what cannot be read. */
export function timeOf(value: string | null | undefined): number | undefined {
  if (value == null) return undefined
  try {
    return parseDateTime(value)
  } catch {
    return undefined
  }
}

/** Those that were asked for under this name. */
export function probedPurchases(view: View, name: string): readonly Purchase[] {
  const seen = new Set(view.probes(name))
  return purchasesOf(view).filter((purchase) => seen.has(purchase.seen))
}
