import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../look/ask.ts'
import { accountTexts } from '../look/catalogue/account-texts.ts'
import { companyLogin, companyTrouble, nextPage } from '../look/login-page.ts'
import { Field, textOf } from './field.tsx'

/** Name and password; the digits of the app once they are wanted. */
interface LogInProps {
  /** The company's own login is offered. */
  readonly company: boolean
  readonly onIn: () => Promise<void>
}

export function LogIn({ company, onIn }: LogInProps): ReactNode {
  const t = accountTexts()
  const [problem, setProblem] = useState<string | undefined>(() => troubleText(companyTrouble()))
  const [wantsCode, setWantsCode] = useState(false)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    const code = textOf(form, 'code')
    const answer = await ask('POST', '/account/api/login', {
      name: textOf(form, 'name'),
      password: textOf(form, 'password'),
      ...(code && { code }),
    })
    setBusy(false)
    if ('data' in answer) {
      await onIn()
      location.assign(nextPage())
      return
    }
    if (answer.error === 'code-needed') setWantsCode(true)
    setProblem(answer.problem)
  }
  return (
    <form className="panel" onSubmit={submit} aria-labelledby="log-in">
      <h1 id="log-in">{t.logIn}</h1>
      {company ? (
        <p>
          <a className="button" href={companyLogin()}>
            {t.byCompany}
          </a>
        </p>
      ) : null}
      <Field label={t.name} name="name" autoComplete="username" autoCapitalize="none" required autoFocus />
      <Field label={t.password} name="password" type="password" autoComplete="current-password" required />
      {wantsCode ? (
        <Field
          label={t.code}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          maxLength={6}
          hint={t.codeHint}
          required
          autoFocus
        />
      ) : null}
      <p className="problem" role="alert">
        {problem}
      </p>
      <button type="submit" className="button" disabled={busy}>
        {t.logIn}
      </button>
    </form>
  )
}

function troubleText(trouble: string | undefined): string | undefined {
  const { companyTroubles } = accountTexts()
  if (trouble === undefined) return undefined
  return (companyTroubles as Readonly<Record<string, string>>)[trouble] ?? companyTroubles['not-finished']
}
