import type { RunningPayment } from '@plugtill/terminal/link'
import { say, sayTime } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

/** Which of the sessions started here should stop. Cards stay unnamed: whoever stands here is not yet known. */
export function Running({
  payments,
  ...props
}: ScreenProps & { readonly payments: readonly RunningPayment[] }): ReactNode {
  const { language } = props.journey
  return (
    <Frame {...props} testId="screen-running">
      {props.words.body ? <p className="empty">{props.words.body}</p> : null}
      <ul className="list">
        {payments.map((payment) => (
          <li key={payment.reference}>
            <button
              type="button"
              className="row"
              onClick={() => props.device.send({ type: 'pick', reference: payment.reference })}
              data-testid={`running-${payment.reference}`}
            >
              <span className="row-main">
                <strong>{payment.label}</strong>
                {payment.startedAt ? (
                  <small>{say(language, 'since', { time: sayTime(language, payment.startedAt) })}</small>
                ) : null}
              </span>
              <Glyph name="next" />
            </button>
          </li>
        ))}
      </ul>
    </Frame>
  )
}
