import { newPriceOf } from '@plugtill/terminal/inputs'
import type { Wanted } from '@plugtill/terminal/screens'
import { say } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

interface NoticeProps extends ScreenProps {
  readonly reference?: string | undefined
  readonly wanted?: Wanted | undefined
}

/** It did not go as asked: why, and what that means for the money. */
export function Notice({ reference, wanted, ...props }: NoticeProps): ReactNode {
  const { words, device, journey } = props
  const { language, offers } = journey
  return (
    <Frame
      {...props}
      testId="screen-notice"
      ownTitle
      back={false}
      actions={
        <>
          {wanted ? (
            <button
              type="button"
              className="big"
              // What is shown next is what counts: until the platform has named it there is nothing to see.
              disabled={newPriceOf(offers, wanted) === undefined}
              onClick={() => device.send({ type: 'new-price' })}
              data-testid="new-price"
            >
              {say(language, 'new-price')}
            </button>
          ) : null}
          <button
            type="button"
            className={wanted ? 'plain' : 'big'}
            onClick={() => device.send({ type: 'home' })}
            data-testid="done"
          >
            {say(language, 'home')}
          </button>
        </>
      }
    >
      <div className="moment">
        <span className="mark" data-end="stuck" aria-hidden="true">
          <Glyph name="pause" />
        </span>
        <p className="moment-title">{words.title}</p>
        <p className="moment-body" data-testid="notice-why">
          {words.body}
        </p>
        <p className="money" data-testid="notice-money">
          {words.money}
        </p>
        {reference === undefined ? null : <p className="reference">{say(language, 'reference', { reference })}</p>}
      </div>
    </Frame>
  )
}
