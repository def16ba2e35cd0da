import type { PaymentView } from '@plugtill/terminal/link'
import type { Word } from '@plugtill/terminal/texts'
import { say, sayCharger, sayDuration, sayEnergy, sayMinutes, sayMoney, sayPower } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Frame, useNow } from '../frame.tsx'
import type { ScreenProps } from '../screen.tsx'

/** Energy flows: how much, for how long, at what cost so far, and how to end it. */
export function Charging({ payment, ...props }: ScreenProps & { readonly payment: PaymentView }): ReactNode {
  const { device, words } = props
  const { language } = props.journey
  const now = useNow(device)
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
        {factsOf(payment, language, now).map(({ word, value, testId }) => (
          <div key={word}>
            <dt>{say(language, word)}</dt>
            <dd className="number" data-testid={testId}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {words.body ? <p className="fine">{words.body}</p> : null}
    </Frame>
  )
}

interface Fact {
  readonly word: Word
  readonly value: string
  readonly testId: string
}

/** What is known; power and the reach of the hold come with the second word of the CPO. */
function factsOf(payment: PaymentView, language: string, now: number): readonly Fact[] {
  const { energyKwh = 0, powerKw, held, holdLastsUntil } = payment
  const startedAt = payment.startedAt === undefined ? Number.NaN : Date.parse(payment.startedAt)
  const about = (ms: number): string => say(language, 'about', { time: sayMinutes(language, ms) })
  const facts: readonly (Fact | undefined)[] = [
    { word: 'energy', value: sayEnergy(language, energyKwh), testId: 'energy' },
    powerKw === undefined ? undefined : { word: 'power', value: sayPower(language, powerKw), testId: 'power' },
    Number.isNaN(startedAt) ? undefined : { word: 'duration', value: sayDuration(now - startedAt), testId: 'duration' },
    held && { word: 'hold-label', value: sayMoney(language, held), testId: 'held' },
    holdLastsUntil === undefined
      ? undefined
      : { word: 'hold-lasts', value: about(holdLastsUntil - now), testId: 'hold-lasts' },
  ]
  return facts.filter((fact) => fact !== undefined)
}
