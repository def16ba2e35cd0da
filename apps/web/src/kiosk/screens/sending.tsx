import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import type { ScreenProps } from '../screen.tsx'

/** Asked, not answered. There is nothing to press, because nothing the driver does now would help. */
export function Sending(props: ScreenProps): ReactNode {
  return (
    <Frame {...props} testId={`screen-${props.journey.screen.kind}`} ownTitle>
      <div className="moment">
        <span className="dots" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        <p className="moment-title">{props.words.title}</p>
      </div>
    </Frame>
  )
}
