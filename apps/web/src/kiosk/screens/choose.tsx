import { chargerState } from '@plugtill/terminal/charger-state'
import type { Offer } from '@plugtill/terminal/link'
import { ownWords } from '@plugtill/terminal/own-words'
import { say, sayCharger } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

/** Which charger and connector: what is printed on the charger, what fits, and whether it is free. */
export function Choose(props: ScreenProps): ReactNode {
  const { journey, device } = props
  const chargers = journey.offers?.chargers ?? []
  const places = [...new Set(chargers.map((o) => ownWords(o.locationName)))]
  return (
    <Frame {...props} testId="screen-choose">
      {chargers.length === 0 ? <p className="empty">{say(journey.language, 'choose-none')}</p> : null}
      {places.map((place) => (
        <div key={place} className="group">
          {places.length > 1 ? <h2 className="group-name">{place}</h2> : null}
          <ul className="list">
            {chargers
              .filter((o) => ownWords(o.locationName) === place)
              .map((offer) => (
                <li key={`${offer.evseUid}-${offer.connectorId}`}>
                  <OfferRow
                    offer={offer}
                    language={journey.language}
                    onClick={() =>
                      device.send({ type: 'choose', evseUid: offer.evseUid, connectorId: offer.connectorId })
                    }
                  />
                </li>
              ))}
          </ul>
        </div>
      ))}
    </Frame>
  )
}

function OfferRow({
  offer,
  language,
  onClick,
}: {
  readonly offer: Offer
  readonly language: string
  readonly onClick: () => void
}): ReactNode {
  const { standard, powerKw } = offer.connector
  return (
    <button
      type="button"
      className="row"
      disabled={!offer.available}
      onClick={onClick}
      data-testid={`offer-${offer.evseUid}-${offer.connectorId}`}
    >
      <span className="row-main">
        <strong>{sayCharger(language, offer.label)}</strong>
        <small>
          {plugName(standard)} · <span className="number">{powerKw}</span> kW
        </small>
      </span>
      <span className="row-state" data-free={offer.available}>
        {chargerState(offer, language)}
      </span>
      {offer.available ? <Glyph name="next" /> : null}
    </button>
  )
}

const PLUG_NAMES: Readonly<Record<string, string>> = {
  IEC_62196_T2: 'Type 2',
  IEC_62196_T2_COMBO: 'CCS',
  IEC_62196_T1: 'Type 1',
  IEC_62196_T1_COMBO: 'CCS 1',
  CHADEMO: 'CHAdeMO',
  TESLA_S: 'Tesla',
  SAE_J3400: 'NACS',
  DOMESTIC_F: 'Schuko',
  MCS: 'MCS',
}

export function plugName(standard: string): string {
  return PLUG_NAMES[standard] ?? (ownWords(standard, 40).replaceAll('_', ' ') || '–')
}
