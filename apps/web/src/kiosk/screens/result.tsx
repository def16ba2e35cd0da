import type { PaymentView } from '@plugtill/terminal/link'
import { takesPin } from '@plugtill/terminal/pin'
import { say, sayMoney } from '@plugtill/terminal/texts'
import { endOf } from '@plugtill/terminal/wording'
import type { ReactNode } from 'react'
import { Frame } from '../frame.tsx'
import { Glyph } from '../glyph.tsx'
import type { ScreenProps } from '../screen.tsx'

const MARKS = { captured: 'check', voided: 'check', declined: 'cross', stuck: 'pause' } as const

/** How it ended, and what happened to the money. */
export function Result({ payment, ...props }: ScreenProps & { readonly payment: PaymentView }): ReactNode {
  const { words, device } = props
  const { language } = props.journey
  const end = endOf(payment)
  return (
    <Frame
      {...props}
      testId="screen-result"
      ownTitle
      back={false}
      actions={
        <>
          {payment.message === 'pin-needed' && takesPin(props.journey.offers?.model) ? (
            <button
              type="button"
              className="plain"
              onClick={() => device.send({ type: 'with-pin' })}
              data-testid="with-pin"
            >
              {say(language, 'with-pin')}
            </button>
          ) : (
            <button
              type="button"
              className="plain"
              onClick={() => device.send({ type: 'receipt' })}
              data-testid="get-receipt"
            >
              {say(language, 'get-receipt')}
            </button>
          )}
          <button type="button" className="big" onClick={() => device.send({ type: 'home' })} data-testid="done">
            {say(language, 'done')}
          </button>
        </>
      }
    >
      <div className="moment" data-end={end} data-state={payment.state}>
        <span className="mark" data-end={end} aria-hidden="true">
          <Glyph name={MARKS[end]} />
        </span>
        <p className="moment-title">{words.title}</p>
        {end === 'captured' && payment.captured ? (
          <p className="amount number" data-testid="result-amount">
            {sayMoney(language, payment.captured)}
          </p>
        ) : null}
        {words.body ? <p className="moment-body">{words.body}</p> : null}
        <p className="money" data-testid="result-money">
          {words.money}
        </p>
        <p className="reference">{say(language, 'reference', { reference: payment.reference })}</p>
      </div>
    </Frame>
  )
}
