import type { Money, Offer } from '@plugtill/terminal/link'
import { ownWords } from '@plugtill/terminal/own-words'
import { say, sayMoney } from '@plugtill/terminal/texts'
import type { ReactNode, RefObject } from 'react'
import { useEffect, useRef, useState } from 'react'
import { Frame } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'
import { plugName } from './choose.tsx'

/** Longer than any text that OCPI allows (512): a price is shown whole. */
const PRICE_AT_MOST = 1_000

/** The price before anything starts. Accepting stands below the last line, so that every line is passed first. */
export function Price({ offer, ...props }: ScreenProps & { readonly offer: Offer }): ReactNode {
  const { language } = props.journey
  const { price, hold, holdUpTo, holdChoices } = offer
  const accept = useRef<HTMLButtonElement>(null)
  const below = useBelow(accept)
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
            {ownWords(line.text, PRICE_AT_MOST)}
          </li>
        ))}
      </ul>
      {price ? <p className="fine">{t(price.taxIncluded ? 'tax-included' : 'tax-none')}</p> : null}
      {price?.texts.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a partner may send the same text twice
        <p className="price-text" key={index}>
          {ownWords(text, PRICE_AT_MOST)}
        </p>
      ))}
      {holdChoices ? <Maxima {...props} choices={holdChoices} chosen={hold} /> : null}
      <Hold language={language} hold={hold} upTo={holdUpTo} />
      <button
        ref={accept}
        type="button"
        className="big"
        onClick={() => props.device.send({ type: 'accept' })}
        data-testid="accept"
      >
        {t('accept')}
      </button>
      {below ? (
        <button
          type="button"
          className="read-on"
          onClick={() => accept.current?.scrollIntoView({ block: 'end', behavior: 'smooth' })}
          data-testid="read-on"
        >
          {t('read-on')}
          <Glyph name="next" />
        </button>
      ) : null}
    </Frame>
  )
}

interface Choices {
  readonly choices: readonly Money[]
  readonly chosen: Money | undefined
}

/** The driver says how much may be spent at most; what is chosen is what will be held. */
function Maxima({ journey: { language }, device, choices, chosen }: ScreenProps & Choices): ReactNode {
  return (
    <fieldset className="maxima">
      <legend className="fine">{say(language, 'maximum-label')}</legend>
      {choices.map((choice) => (
        <button
          key={choice.amountMinor}
          type="button"
          className="plain"
          aria-pressed={choice.amountMinor === chosen?.amountMinor}
          onClick={() => device.send({ type: 'maximum', amountMinor: choice.amountMinor })}
          data-testid={`maximum-${choice.amountMinor}`}
        >
          {sayMoney(language, choice)}
        </button>
      ))}
    </fieldset>
  )
}

interface Held {
  readonly language: string
  readonly hold: Money | undefined
  readonly upTo: Money | undefined
}

function Hold({ language, hold, upTo }: Held): ReactNode {
  const grows = hold && upTo && upTo.amountMinor > hold.amountMinor
  return hold ? (
    <div className="hold">
      <p className="hold-line">
        <span>{say(language, 'hold-label')}</span>
        <strong className="number" data-testid="hold-amount">
          {sayMoney(language, hold)}
        </strong>
      </p>
      <p className="fine" data-testid="hold-help">
        {grows ? say(language, 'hold-help-growing', { most: sayMoney(language, upTo) }) : say(language, 'hold-help')}
      </p>
    </div>
  ) : null
}

/** Whether something is still out of sight: a long price must not look like one that cannot be accepted. */
function useBelow(target: RefObject<Element | null>): boolean {
  const [below, setBelow] = useState(false)
  useEffect(() => {
    const watch = new IntersectionObserver(([entry]) => setBelow(entry !== undefined && !entry.isIntersecting), {
      threshold: 0.6,
    })
    if (target.current) watch.observe(target.current)
    return () => watch.disconnect()
  }, [target])
  return below
}
