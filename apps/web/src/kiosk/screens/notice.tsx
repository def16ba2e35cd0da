import { say } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

/** It did not go as asked: why, and what that means for the money. */
export function Notice({ reference, ...props }: ScreenProps & { readonly reference?: string | undefined }): ReactNode {
  const { words, device, journey } = props
  return (
    <Frame
      {...props}
      testId="screen-notice"
      ownTitle
      back={false}
      actions={
        <button type="button" className="big" onClick={() => device.send({ type: 'home' })} data-testid="done">
          {say(journey.language, 'home')}
        </button>
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
        {reference === undefined ? null : (
          <p className="reference">{say(journey.language, 'reference', { reference })}</p>
        )}
      </div>
    </Frame>
  )
}
