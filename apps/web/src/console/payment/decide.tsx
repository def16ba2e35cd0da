/** What an operator may decide about this payment now; each decision needs its reason, which is kept. */

import { currencyDigits } from '@plugtill/terminal/currency-digits'
import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { freshId } from '../../look/fresh-id.ts'
import { pathPart } from '../../look/path-part.ts'
import { Field, Problem, useAct } from '../parts/act.tsx'
import { Panel } from '../parts/panel.tsx'
import type { Decision, PaymentInfo } from './info.ts'

interface DecideProps {
  readonly payment: PaymentInfo
  readonly onDone: () => void
}

export function Decide({ payment, onDone }: DecideProps): ReactNode {
  const t = texts().decide
  const [chosen, setChosen] = useState<Decision | undefined>()
  const decisions = payment.decisions ?? []
  if (decisions.length === 0) return null
  return (
    <Panel title={t.title} testId="decide">
      <p className="quiet">{payment.state === 'stuck' ? t.stuck : t.lead}</p>
      <fieldset className="decisions">
        <legend className="unseen">{t.title}</legend>
        {decisions.map((decision) => (
          <label key={decision} data-chosen={decision === chosen}>
            <input
              type="radio"
              name="decision"
              value={decision}
              checked={decision === chosen}
              onChange={() => setChosen(decision)}
              data-testid={`decide-${decision}`}
            />
            <span>
              <b>{t.names[decision]}</b>
              <small>{t.says[decision]}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {chosen ? <Form key={chosen} decision={chosen} payment={payment} onDone={onDone} /> : null}
    </Panel>
  )
}

function Form({ decision, payment, onDone }: DecideProps & { readonly decision: Decision }): ReactNode {
  const t = texts().decide
  const [reason, setReason] = useState('')
  const [by, setBy] = useState('')
  const [amount, setAmount] = useState('')
  // The same when it is sent again without an answer: it is decided once.
  const [decisionId, setDecisionId] = useState(freshId)
  const acting = useAct()
  const unreadable = amount.trim() !== '' && minorOf(amount, payment.captured?.currency ?? '') === undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const minor = minorOf(amount, payment.captured?.currency ?? '')
    const body = {
      decision,
      decision_id: decisionId,
      reason,
      ...(by.trim() !== '' && { by: by.trim() }),
      ...(minor !== undefined && { amount_minor: minor }),
    }
    acting.run(
      () => ask('POST', `/ptp/api/payments/${pathPart(payment.reference)}/resolve`, body),
      () => {
        setDecisionId(freshId())
        onDone()
      },
    )
  }
  return (
    <form className="form" onSubmit={submit}>
      <Field label={t.reason} hint={t.reasonHint} value={reason} onChange={setReason} testId="decide-reason" required />
      <Field label={t.by} value={by} onChange={setBy} />
      {decision === 'refund' ? (
        <Field
          label={t.amount(payment.captured?.currency ?? '')}
          hint={t.amountHint}
          value={amount}
          onChange={setAmount}
        />
      ) : null}
      <p className="deeds">
        <button
          className="button"
          type="submit"
          disabled={acting.busy || reason.trim().length < 3 || unreadable}
          data-testid="decide-go"
        >
          {t.names[decision]}
        </button>
        <Problem text={acting.problem} />
      </p>
    </form>
  )
}

/** `12.34` and `12,34` are 1234 minor units of a currency with two digits; undefined for what is no amount of it. */
function minorOf(text: string, currency: string): number | undefined {
  const digits = currencyDigits(currency)
  const [, whole, part = ''] = /^(\d{1,9})(?:[.,](\d{1,3}))?$/.exec(text.trim()) ?? []
  if (whole === undefined || part.length > digits) return undefined
  return Number(whole + part.padEnd(digits, '0'))
}
