import type { RunningPayment } from '@plugtill/terminal/link'
import { say, sayCharger, sayTime } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Choice, ChoiceList } from '../choice-list.tsx'
import { Frame } from '../frame.tsx'
import type { ScreenProps } from '../screen.tsx'

/** Which of the sessions started here should stop. Cards stay unnamed: whoever stands here is not yet known. */
export function Running({
  payments,
  ...props
}: ScreenProps & { readonly payments: readonly RunningPayment[] }): ReactNode {
  const { language } = props.journey
  return (
    <Frame {...props} testId="screen-running">
      <ChoiceList none={props.words.body}>
        {payments.map((payment) => (
          <Choice
            key={payment.reference}
            testId={`running-${payment.reference}`}
            onChoose={() => props.device.send({ type: 'pick', reference: payment.reference })}
          >
            <strong>{sayCharger(language, payment.label)}</strong>
            {payment.startedAt ? (
              <small>{say(language, 'since', { time: sayTime(language, payment.startedAt) })}</small>
            ) : null}
          </Choice>
        ))}
      </ChoiceList>
    </Frame>
  )
}
