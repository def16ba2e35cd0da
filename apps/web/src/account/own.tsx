import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { Qr } from '../kiosk/qr.tsx'
import { ask } from '../look/ask.ts'
import { Field, textOf } from './field.tsx'

interface Changed {
  readonly onChange: () => Promise<void>
}

export function Password({ onChange }: Changed): ReactNode {
  const [said, setSaid] = useState<{ readonly text: string; readonly good: boolean } | undefined>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const answer = await ask('POST', '/account/api/me/password', {
      old_password: textOf(form, 'old'),
      password: textOf(form, 'new'),
    })
    const good = 'data' in answer
    setSaid({
      good,
      text: good ? 'Changed. Every other place where you were logged in is logged out.' : answer.problem,
    })
    if (!good) return
    element.reset()
    await onChange()
  }
  return (
    <form className="panel" onSubmit={submit} aria-labelledby="password">
      <h2 id="password">Password</h2>
      <Field label="Old password" name="old" type="password" autoComplete="current-password" required />
      <Field
        label="New password"
        name="new"
        type="password"
        autoComplete="new-password"
        minLength={12}
        maxLength={200}
        hint="At least 12 characters."
        required
      />
      <p className={said?.good ? 'good' : 'problem'} role="status">
        {said?.text}
      </p>
      <button type="submit" className="button">
        Change it
      </button>
    </form>
  )
}

export function SecondFactor({ has, onChange }: { readonly has: boolean } & Changed): ReactNode {
  const [begun, setBegun] = useState<{ readonly secret: string; readonly uri: string } | undefined>()
  const [problem, setProblem] = useState<string | undefined>()
  const begin = async () => {
    const answer = await ask<{ readonly secret: string; readonly uri: string }>('POST', '/account/api/me/totp')
    if ('data' in answer) setBegun(answer.data)
    else setProblem(answer.problem)
  }
  const confirm = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = textOf(new FormData(event.currentTarget), 'code')
    const answer = await ask('POST', '/account/api/me/totp/confirm', { code })
    if (!('data' in answer)) {
      setProblem(answer.problem)
      return
    }
    setBegun(undefined)
    setProblem(undefined)
    await onChange()
  }
  return (
    <form className="panel" onSubmit={confirm} aria-labelledby="factor">
      <h2 id="factor">Second factor</h2>
      {has ? (
        <p className="good">On: six digits of your app are asked at every login. An admin can take it away.</p>
      ) : begun ? (
        <>
          <p>Scan this with your authenticator app, then type the six digits it shows.</p>
          <Qr text={begun.uri} label="The secret for your authenticator app" />
          <p className="quiet">
            Or type the secret by hand: <code data-testid="totp-secret">{begun.secret}</code>
          </p>
          <Field label="Code" name="code" inputMode="numeric" pattern="[0-9]{6}" maxLength={6} required />
          <button type="submit" className="button">
            Confirm
          </button>
        </>
      ) : (
        <>
          <p>A stolen password is then not enough.</p>
          <button type="button" className="button" onClick={begin}>
            Set it up
          </button>
        </>
      )}
      <p className="problem" role="alert">
        {problem}
      </p>
    </form>
  )
}
