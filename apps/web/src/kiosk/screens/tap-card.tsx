import { readsChip } from '@plugtill/terminal/pin'
import type { Purpose } from '@plugtill/terminal/screens'
import { say } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

/** The reader listens. */
export function TapCard({ purpose, ...props }: ScreenProps & { readonly purpose: Purpose }): ReactNode {
  return (
    <Frame {...props} testId="screen-tap" ownTitle>
      <div className="moment" data-purpose={purpose.kind}>
        <span className="pulse" aria-hidden="true">
          <Glyph name="contactless" />
        </span>
        <p className="moment-title">{props.words.title}</p>
        <p className="moment-body">{props.words.body}</p>
        {purpose.kind === 'start' && readsChip(props.journey.offers?.model) ? (
          <p className="fine">{say(props.journey.language, 'tap-or-insert')}</p>
        ) : null}
      </div>
    </Frame>
  )
}
