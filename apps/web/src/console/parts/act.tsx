/** Buttons that do something at a platform: busy while they wait, and the reason where it was refused. */
import type { ReactNode } from 'react'
import { useId, useState } from 'react'
import type { Answer } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'

export interface Acting {
  readonly busy: boolean
  readonly problem: string | undefined
  readonly run: <T>(act: () => Promise<Answer<T>>, then?: (data: T) => void) => void
}

export function useAct(): Acting {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | undefined>()
  return {
    busy,
    problem,
    run: (act, then) => {
      setBusy(true)
      setProblem(undefined)
      void act().then((answer) => {
        setBusy(false)
        if ('problem' in answer) setProblem(answer.problem)
        else then?.(answer.data)
      })
    },
  }
}

interface ActProps<T> {
  readonly act: () => Promise<Answer<T>>
  readonly then?: (data: T) => void
  readonly children: ReactNode
  readonly primary?: boolean
  readonly disabled?: boolean
  readonly testId?: string
  /** What cannot be taken back is asked about first, in these words. */
  readonly sure?: string
}

export function Act<T>({ act, then, children, primary, disabled, testId, sure }: ActProps<T>): ReactNode {
  const acting = useAct()
  const [asking, setAsking] = useState(false)
  const run = (): void => {
    setAsking(false)
    acting.run(act, then)
  }
  if (asking) return <Sure question={sure ?? ''} onYes={run} onNo={() => setAsking(false)} />
  return (
    <span className="act">
      <button
        type="button"
        className={primary ? 'button' : 'quiet-button'}
        disabled={acting.busy || disabled}
        data-testid={testId}
        onClick={sure === undefined ? run : () => setAsking(true)}
      >
        {children}
      </button>
      <Problem text={acting.problem} />
    </span>
  )
}

interface SureProps {
  readonly question: string
  readonly onYes: () => void
  readonly onNo: () => void
}

/** In the place of the button; the cursor waits at No. */
function Sure({ question, onYes, onNo }: SureProps): ReactNode {
  const t = texts().panel
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand in a line
    <span className="act sure" role="group" aria-label={question}>
      <b>{question}</b>
      <button type="button" className="quiet-button" data-kind="bad" data-testid="sure" onClick={onYes}>
        {t.yes}
      </button>
      <button
        type="button"
        className="quiet-button"
        // biome-ignore lint/a11y/noAutofocus: the button that was pressed is gone, and what waits there has to be harmless
        autoFocus
        onClick={onNo}
        onKeyDown={({ key }) => (key === 'Escape' ? onNo() : undefined)}
      >
        {t.no}
      </button>
    </span>
  )
}

export function Problem({ text }: { readonly text: string | undefined }): ReactNode {
  return text === undefined ? null : (
    <span className="problem" role="alert">
      {text}
    </span>
  )
}

interface FieldProps {
  readonly label: string
  readonly hint?: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly type?: string
  readonly options?: readonly (readonly [value: string, name: string])[]
  readonly testId?: string
  readonly placeholder?: string
  readonly required?: boolean
}

/** A labelled field: text, or a choice when there are options. */
export function Field(props: FieldProps): ReactNode {
  const { label, hint, value, onChange, type = 'text', options, testId, placeholder, required } = props
  const id = useId()
  const common = { id, value, required, 'data-testid': testId, 'aria-describedby': hint ? `${id}-hint` : undefined }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {options ? (
        <select {...common} onChange={(event) => onChange(event.target.value)}>
          {options.map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type={type}
          placeholder={placeholder}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {hint ? (
        <small id={`${id}-hint`} className="quiet">
          {hint}
        </small>
      ) : null}
    </div>
  )
}
