import type { PaymentView } from '@plugtill/terminal/link'
import { say, sayDuration, sayMoney } from '@plugtill/terminal/texts'
import { waitOf } from '@plugtill/terminal/wording'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { Frame, useNow } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

/** Somebody else has to act: who, until when, and what happens otherwise. */
export function Waiting({ payment, ...props }: ScreenProps & { readonly payment: PaymentView }): ReactNode {
  const { words, device } = props
  const { language } = props.journey
  const wait = waitOf(payment)
  const stoppable = wait === 'plug'
  return (
    <Frame
      {...props}
      words={{ ...words, until: undefined }}
      testId="screen-waiting"
      ownTitle
      back={false}
      actions={
        stoppable ? (
          <button type="button" className="plain" onClick={() => device.send({ type: 'stop' })} data-testid="stop">
            {say(language, 'stop')}
          </button>
        ) : null
      }
    >
      <div className="moment" data-wait={wait ?? 'other'} data-state={payment.state}>
        {words.until === undefined ? null : (
          <Ring key={words.until} device={device} until={words.until} title={words.title} plug={wait === 'plug'} />
        )}
        <p className="moment-title">{words.title}</p>
        <p className="moment-body">{words.body}</p>
        {payment.held ? (
          <p className="held">
            {say(language, 'hold-label')} <strong className="number">{sayMoney(language, payment.held)}</strong>
          </p>
        ) : null}
        <p className="moment-then" data-testid="then">
          {words.afterwards}
        </p>
      </div>
    </Frame>
  )
}

const ROUND = 2 * Math.PI * 54

/** The time that is left as a ring that empties. */
function Ring({
  device,
  until,
  title,
  plug,
}: {
  readonly device: ScreenProps['device']
  readonly until: number
  readonly title: string
  readonly plug: boolean
}): ReactNode {
  const now = useNow(device)
  const [begun] = useState(now)
  const share = Math.max(0, Math.min(1, (until - now) / Math.max(1, until - begun)))
  return (
    <div className="ring" role="timer" aria-live="off" aria-label={title}>
      <svg viewBox="0 0 120 120" aria-hidden="true">
        <circle className="ring-track" cx="60" cy="60" r="54" />
        <circle
          className="ring-fill"
          cx="60"
          cy="60"
          r="54"
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - share)}
        />
      </svg>
      <span className="ring-inside">
        {plug ? <Glyph name="plug" /> : null}
        <b className="number" data-testid="time-left">
          {sayDuration(until - now)}
        </b>
      </span>
    </div>
  )
}
