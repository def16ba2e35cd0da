import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { Qr } from '../kiosk/qr.tsx'
import { ask } from '../look/ask.ts'
import { accountTexts } from '../look/catalogue/account-texts.ts'
import { Field, textOf } from './field.tsx'

interface Changed {
  readonly onChange: () => Promise<void>
}

export function Password({ onChange }: Changed): ReactNode {
  const t = accountTexts()
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
      text: good ? t.changed : answer.problem,
    })
    if (!good) return
    element.reset()
    await onChange()
  }
  return (
    <form className="panel" onSubmit={submit} aria-labelledby="password">
      <h2 id="password">{t.password}</h2>
      <Field label={t.oldPassword} name="old" type="password" autoComplete="current-password" required />
      <Field
        label={t.newPassword}
        name="new"
        type="password"
        autoComplete="new-password"
        minLength={12}
        maxLength={200}
        hint={t.passwordHint}
        required
      />
      <p className={said?.good ? 'good' : 'problem'} role="status">
        {said?.text}
      </p>
      <button type="submit" className="button">
        {t.change}
      </button>
    </form>
  )
}

export function SecondFactor({ has, onChange }: { readonly has: boolean } & Changed): ReactNode {
  const t = accountTexts()
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
      <h2 id="factor">{t.factor}</h2>
      {has ? (
        <p className="good">{t.factorOn}</p>
      ) : begun ? (
        <>
          <p>{t.factorScan}</p>
          <Qr text={begun.uri} label={t.factorQr} />
          <p className="quiet">
            {t.factorByHand} <code data-testid="totp-secret">{begun.secret}</code>
          </p>
          <Field label={t.code} name="code" inputMode="numeric" pattern="[0-9]{6}" maxLength={6} required />
          <button type="submit" className="button">
            {t.confirm}
          </button>
        </>
      ) : (
        <>
          <p>{t.factorWhy}</p>
          <button type="button" className="button" onClick={begin}>
            {t.factorBegin}
          </button>
        </>
      )}
      <p className="problem" role="alert">
        {problem}
      </p>
    </form>
  )
}
