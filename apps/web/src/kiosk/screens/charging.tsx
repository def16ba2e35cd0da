import type { PaymentView } from '@plugtill/terminal/link'
import { say, sayCharger, sayDuration, sayEnergy, sayMinutes, sayMoney, sayPower } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame, useNow } from '../frame.tsx'
import type { ScreenProps } from '../screen.tsx'

/** Energy flows: how much, for how long, at what cost so far, and how to end it. */
export function Charging({ payment, ...props }: ScreenProps & { readonly payment: PaymentView }): ReactNode {
  const { device, words } = props
  const { language } = props.journey
  const now = useNow(device)
  const startedAt = payment.startedAt === undefined ? Number.NaN : Date.parse(payment.startedAt)
  return (
    <Frame
      {...props}
      testId="screen-charging"
      back={false}
      actions={
        <>
          <button type="button" className="big" onClick={() => device.send({ type: 'stop' })} data-testid="stop">
            {say(language, 'stop-charging')}
          </button>
          <button
            type="button"
            className="plain"
            onClick={() => device.send({ type: 'home' })}
            data-testid="another-car"
          >
            {say(language, 'another-car')}
          </button>
        </>
      }
    >
      <p className="charging-place">
        <span className="beat" aria-hidden="true" />
        {sayCharger(language, payment.label)}
      </p>
      <div className="charging-main">
        <span>{say(language, payment.cost ? 'so-far' : 'energy')}</span>
        <strong className="number">
          {payment.cost ? sayMoney(language, payment.cost) : sayEnergy(language, payment.energyKwh ?? 0)}
        </strong>
      </div>
      <dl className="facts">
        <div>
          <dt>{say(language, 'energy')}</dt>
          <dd className="number" data-testid="energy">
            {sayEnergy(language, payment.energyKwh ?? 0)}
          </dd>
        </div>
        {payment.powerKw === undefined ? null : (
          <div>
            <dt>{say(language, 'power')}</dt>
            <dd className="number" data-testid="power">
              {sayPower(language, payment.powerKw)}
            </dd>
          </div>
        )}
        {Number.isNaN(startedAt) ? null : (
          <div>
            <dt>{say(language, 'duration')}</dt>
            <dd className="number">{sayDuration(now - startedAt)}</dd>
          </div>
        )}
        {payment.held ? (
          <div>
            <dt>{say(language, 'hold-label')}</dt>
            <dd className="number">{sayMoney(language, payment.held)}</dd>
          </div>
        ) : null}
        {payment.holdLastsUntil === undefined ? null : (
          <div>
            <dt>{say(language, 'hold-lasts')}</dt>
            <dd className="number" data-testid="hold-lasts">
              {say(language, 'about', { time: sayMinutes(language, payment.holdLastsUntil - now) })}
            </dd>
          </div>
        )}
      </dl>
      {words.body ? <p className="fine">{words.body}</p> : null}
    </Frame>
  )
}
