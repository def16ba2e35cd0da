import { chargerState } from '@plugtill/terminal/charger-state'
import type { Offer, RunningPayment } from '@plugtill/terminal/link'
import { ownWords } from '@plugtill/terminal/own-words'
import { say, sayCharger, sayTime } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { memo } from 'react'
import type { GlyphName } from '../glyph.tsx'
import { Glyph } from '../glyph.tsx'
import { plugName } from '../screens/choose.tsx'
import type { Place } from './matching.ts'
import { keyOf } from './touch.ts'

interface BoardProps {
  readonly places: readonly Place[]
  readonly running: readonly RunningPayment[]
  readonly concerned: string | undefined
  readonly language: string
  readonly onChoose: (offer: Offer) => void
  readonly onStop: (reference: string) => void
}

/** All chargers at once, by place: what is printed on them, whether they are free, what fits and what it costs. */
export function Board({ places, running, concerned, language, onChoose, onStop }: BoardProps): ReactNode {
  const started = new Map(running.map((payment) => [payment.evseUid, payment]))
  return places.map((place) => (
    <section key={place.id} className="place" aria-label={ownWords(place.name)}>
      <h2 className="place-head">
        <span className="place-name">{ownWords(place.name)}</span>
        <small className="number">
          {say(language, 'count-free', { free: String(place.free), all: String(place.all) })}
        </small>
      </h2>
      <ul className="tiles">
        {place.shown.map((offer) => (
          <Tile
            key={keyOf(offer)}
            offer={offer}
            running={offer.available ? undefined : started.get(offer.evseUid)}
            chosen={concerned === keyOf(offer)}
            language={language}
            onChoose={onChoose}
            onStop={onStop}
          />
        ))}
      </ul>
    </section>
  ))
}

interface TileProps extends Pick<BoardProps, 'language' | 'onChoose' | 'onStop'> {
  readonly offer: Offer
  readonly running: RunningPayment | undefined
  readonly chosen: boolean
}

/** News of one charger draws one tile: with two hundred of them the others must not be drawn again. */
const Tile = memo(
  ({ offer, running, chosen, language, onChoose, onStop }: TileProps): ReactNode => {
    const { connector, price } = offer
    const kind = running ? 'ours' : offer.available ? 'free' : 'taken'
    return (
      <li className="tile-place">
        <button
          type="button"
          className="tile"
          data-kind={kind}
          aria-pressed={chosen}
          disabled={kind === 'taken'}
          onClick={() => (running ? onStop(running.reference) : onChoose(offer))}
          data-testid={`offer-${offer.evseUid}-${offer.connectorId}`}
        >
          <strong>{sayCharger(language, offer.label)}</strong>
          <span className="tile-state">
            <Glyph name={MARKS[kind]} />
            {running ? startedText(running, language) : chargerState(offer, language)}
          </span>
          <small>
            {plugName(connector.standard)} · <span className="number">{connector.powerKw}</span> kW
          </small>
          {price?.lines[0] && kind !== 'ours' ? (
            <small className="tile-price">{ownWords(price.lines[0].text)}</small>
          ) : null}
          {running ? <b className="tile-stop">{say(language, 'stop')}</b> : null}
        </button>
      </li>
    )
  },
  (before, after) =>
    before.chosen === after.chosen &&
    before.language === after.language &&
    JSON.stringify([before.offer, before.running]) === JSON.stringify([after.offer, after.running]),
)

const MARKS: Readonly<Record<'free' | 'taken' | 'ours', GlyphName>> = { free: 'check', taken: 'cross', ours: 'bolt' }

function startedText({ startedAt }: RunningPayment, language: string): string {
  const since = startedAt ? ` · ${say(language, 'since', { time: sayTime(language, startedAt) })}` : ''
  return say(language, 'started-here') + since
}
