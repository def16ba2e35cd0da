import type { Offer } from '@plugtill/terminal/link'
import { say, sayMoney } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import type { ScreenProps } from '../screen.tsx'
import { plugName } from './choose.tsx'

/** The price before anything starts. Accepting stands below the last line, so that every line is passed first. */
export function Price({ offer, ...props }: ScreenProps & { readonly offer: Offer }): ReactNode {
  const { language } = props.journey
  const { price, hold } = offer
  const t = (word: Parameters<typeof say>[1]): string => say(language, word)
  return (
    <Frame {...props} testId="screen-price">
      <p className="price-plug">
        {plugName(offer.connector.standard)} · <span className="number">{offer.connector.powerKw}</span> kW
      </p>
      <ul className="price-lines" data-testid="price-lines">
        {price?.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and their order is fixed by law
          <li key={index} data-kind={line.kind}>
            {line.text}
          </li>
        ))}
      </ul>
      {price ? <p className="fine">{t(price.taxIncluded ? 'tax-included' : 'tax-excluded')}</p> : null}
      {price?.texts.map((text) => (
        <p className="price-text" key={text}>
          {text}
        </p>
      ))}
      {hold ? (
        <div className="hold">
          <p className="hold-line">
            <span>{t('hold-label')}</span>
            <strong className="number" data-testid="hold-amount">
              {sayMoney(language, hold)}
            </strong>
          </p>
          <p className="fine">{t('hold-help')}</p>
        </div>
      ) : null}
      <button type="button" className="big" onClick={() => props.device.send({ type: 'accept' })} data-testid="accept">
        {t('accept')}
      </button>
    </Frame>
  )
}
