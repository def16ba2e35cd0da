/** The checker's rules about starting, waiting and stopping. */
import { HOPELESS, type Told, type Witness } from './check.ts'
import type { Charge } from './cpo-books.ts'
import { isWithin, type Logbook, stopKey, tellableBetween, wasAway } from './log.ts'

const MINUTE = 60_000
/** Longer than a commit takes, also a slow one. */
const UNTIL_KEPT_MS = 1_000

/** I5: one order, after the hold; what runs unpaid is stopped once we know of it. */
export function rightStart(told: Told, witness: Witness): readonly string[] {
  const { charge, tappedAt, log } = witness
  if (!charge) return []
  const broken: string[] = []
  if (charge.orders.size > 1) broken.push(`I5: ${charge.orders.size} orders to start one session`)
  if (told.approved === 0) broken.push('I5: started without a hold')
  else if (charge.orderedAt < told.heldAt) broken.push('I5: started before the hold')
  // A word on the way may be half a minute late. (F12)
  if (charge.orderedAt > tappedAt + 95_000) broken.push('I6: started when nobody waited any more')
  broken.push(...rightWaits(told, charge, witness))
  const { endedAt = Number.POSITIVE_INFINITY } = charge
  const known = knownUnpaidAt(told, witness)
  const toldIn = known === undefined ? 0 : tellableBetween(log, charge.connection, [known, endedAt])
  if (toldIn > 5 * MINUTE && ordersToStop(log, charge) === 0)
    broken.push('I5: runs without a hold, and nobody stops it')
  return broken
}

/** From when on the platform knows that it runs without a hold. Until the provider has answered nobody knows whether it stands. (F79) */
export function knownUnpaidAt(
  { releasedAt, expired }: Pick<Told, 'releasedAt' | 'expired'>,
  {
    charge,
    calls,
    lost,
    log,
  }: Pick<Witness, 'calls' | 'lost'> & {
    readonly log: Pick<Logbook, 'downs'>
    readonly charge?: Pick<Charge, 'unpaidKnownAt'> | undefined
  },
): number | undefined {
  const { unpaidKnownAt } = charge ?? {}
  if (unpaidKnownAt === undefined || releasedAt === undefined || expired) return unpaidKnownAt
  // What a question was answered says how it stood when it was asked: one from before says that it still stands.
  const tells = calls.filter(({ operation, at }) => operation === 'void' || (operation === 'query' && at > releasedAt))
  // What was answered in a time that the books have lost, nobody knows. (F75) Nor what its process took along. (F04)
  const isKept = (at: number) =>
    !isWithin(lost, at) && !log.downs.some(({ from }) => from >= at && from - at <= UNTIL_KEPT_MS)
  const told = tells.find(({ answeredAt = -1 }) => answeredAt >= releasedAt && isKept(answeredAt))?.answeredAt
  return told === undefined ? undefined : Math.max(unpaidKnownAt, told)
}

/** Orders that the way has lost, or that found nobody, were given all the same. */
const ordersToStop = ({ stops }: Logbook, { owner, sessionId }: Charge): number =>
  stops.get(stopKey(owner.party_id, sessionId))?.length ?? 0

/** I5, I6, D-F05: a hold is not given back before the end of a wait, and never under a running session. */
function rightWaits({ releasedAt }: Told, charge: Charge, { cardKind, log, lost }: Witness): readonly string[] {
  const broken: string[] = []
  const { connection, acceptedAt, heardActiveAt, script, stops, runsSince } = charge
  const released = releasedAt ?? Number.POSITIVE_INFINITY
  const ended = charge.endedAt ?? Number.POSITIVE_INFINITY
  const energy = runsSince !== undefined
  const hopeless = HOPELESS.includes(cardKind)
  const waits = script.driver === 'never-plugs-in' || script.driver === 'usual'
  if (acceptedAt !== undefined && waits && !hopeless && !energy && released < acceptedAt + 290_000)
    broken.push('I6: given back before the time to plug in was over')
  // What was heard in a time that the books have lost, nobody knows. (F75)
  if (
    heardActiveAt !== undefined &&
    !isWithin(lost, heardActiveAt) &&
    !hopeless &&
    script.session !== 'invalid' &&
    heardActiveAt < released &&
    released < ended
  )
    broken.push('I10: given back while the session ran')
  const first = stops[0]
  // Orders to a CPO that is away do not leave, and are counted all the same. (F31)
  const heard = first !== undefined && !wasAway(log, connection, [first, first + 45 * MINUTE])
  if (heard && ordersToStop(log, charge) === 1 && ended > first + 45 * MINUTE)
    broken.push('I16: one order to stop, and no other')
  return broken
}
