import type { RunningPayment } from '@plugtill/terminal/link'
import { say, sayCharger, sayTime } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Choice } from '../choice-list.tsx'
import type { ScreenProps } from '../screen.tsx'

const STEPS = ['step-choose', 'step-pay', 'step-plug'] as const

interface WelcomeProps extends Pick<ScreenProps, 'words'> {
  readonly language: string
  readonly running: readonly RunningPayment[]
  readonly onStop: (reference: string) => void
}

/** Beside the board while nobody has chosen: how it goes, and what was started here. */
export function Welcome({ words, language, running, onStop }: WelcomeProps): ReactNode {
  return (
    <div className="welcome" data-testid="welcome">
      <h2>{words.title}</h2>
      <p className="fine">{words.body}</p>
      <ol className="ways">
        {STEPS.map((step) => (
          <li key={step}>{say(language, step)}</li>
        ))}
      </ol>
      {running.length > 0 ? (
        <section aria-labelledby="started-here">
          <h3 id="started-here" className="group-name">
            {say(language, 'started-here-title')}
          </h3>
          <ul className="list">
            {running.map(({ reference, label, startedAt }) => (
              <Choice key={reference} testId={`running-${reference}`} onChoose={() => onStop(reference)}>
                <strong>{say(language, 'stop-one', { label: sayCharger(language, label) })}</strong>
                {startedAt ? <small>{say(language, 'since', { time: sayTime(language, startedAt) })}</small> : null}
              </Choice>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  )
}
