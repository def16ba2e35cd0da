/** The states of sessions side by side, for checks of what changes from one to the next. */
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { View } from '../view.ts'
import { purchasesOf } from './purchase.ts'
import type { SessionState, SessionTrack } from './session-track.ts'
import { type Moment, momentsOf } from './sessions-cpo.ts'

export interface Step extends Moment {
  readonly before: SessionState | undefined
}

/** Each state with the one in front of it. */
export const stepsOf = (view: View): readonly Step[] =>
  momentsOf(view).map((moment) => {
    const { told } = moment.track
    return { ...moment, before: told[told.findIndex(({ seen }) => seen === moment.seen) - 1] }
  })

export const tracksOf = (view: View): readonly SessionTrack[] => purchasesOf(view).flatMap(({ sessions }) => sessions)
export const isFinal = ({ status }: Session): boolean => status === 'COMPLETED' || status === 'INVALID'
export const seconds = (ms: number) => `${Math.round(ms / 1000)} s`

/** Everything but the time of the change, as text. */
export const withoutTime = ({ last_updated: _, ...rest }: Session) => JSON.stringify(rest)
