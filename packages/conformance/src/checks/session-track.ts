/** One Session of the platform under test as it was told, message by message. */
import { merge, SESSION_MERGE } from '@plugtill/ocpi/merge'
import type { Session, SessionPatch } from '@plugtill/ocpi/modules/sessions'
import { ciKey } from '@plugtill/ocpi/types'
import type { Seen } from '../seen.ts'
import type { Found, View } from '../view.ts'

/** How the whole Session stood after one message. */
export interface SessionState {
  readonly seen: Seen
  readonly via: 'put' | 'patch' | 'list'
  readonly session: Session
  /** What the message itself said: the whole object, or the changed fields. */
  readonly said: Session | SessionPatch
  readonly pointer: string
}

export interface SessionTrack {
  readonly id: string
  readonly pushed: readonly SessionState[]
  readonly listed: readonly SessionState[]
  /** The pushes; without any, what the list said. */
  readonly told: readonly SessionState[]
  /** Position in the record of the first message about it. */
  readonly firstIndex: number
  /** PATCHes of an object that had not been PUT before. */
  readonly orphans: readonly Seen[]
}

interface Message {
  readonly key: string
  readonly id: string
  readonly found: Found<Session | SessionPatch>
  readonly via: SessionState['via']
}

/** By owner and id, oldest first. */
export function sessionTracks(view: View): readonly SessionTrack[] {
  const whole = view.valid('Session').map(
    (found): Message => ({
      ...(found.side === 'question' ? nameInUrl(found.seen) : nameOf(found.value)),
      found,
      via: found.side === 'question' ? 'put' : 'list',
    }),
  )
  const changes = view
    .valid('SessionPatch')
    .map((found): Message => ({ ...nameInUrl(found.seen), found, via: 'patch' }))
  const inOrder = [...whole, ...changes].sort((a, b) => a.found.seen.index - b.found.seen.index)
  return [...Map.groupBy(inOrder, ({ key }) => key).values()].flatMap(trackOf)
}

const nameOf = ({ country_code, party_id, id }: Session) => ({ key: ciKey(country_code, party_id, id), id })

/** A push is filed under its URL, whatever stands in the body. */
function nameInUrl({ url }: Seen): Pick<Message, 'key' | 'id'> {
  const segments = (url.split(/[?#]/)[0] ?? '').split('/').filter(Boolean)
  const ids = segments.slice(-3).map(decoded)
  return { key: ciKey(...ids), id: ids.at(-1) ?? '' }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function trackOf(messages: readonly Message[]): readonly SessionTrack[] {
  const states: SessionState[] = []
  const orphans: Seen[] = []
  for (const { found, via } of messages) {
    const before = states.at(-1)?.session
    if (via === 'patch' && before === undefined) orphans.push(found.seen)
    const session = via === 'patch' ? before && merge(before, found.value, SESSION_MERGE) : (found.value as Session)
    if (session !== undefined)
      states.push({ seen: found.seen, via, session, said: found.value, pointer: found.pointer })
  }
  const [first] = messages
  const [state] = states
  if (first === undefined || state === undefined) return []
  const pushed = states.filter(({ via }) => via !== 'list')
  const listed = states.filter(({ via }) => via === 'list')
  const told = pushed.length > 0 ? pushed : listed
  return [{ id: first.id, pushed, listed, told, firstIndex: first.found.seen.index, orphans }]
}
