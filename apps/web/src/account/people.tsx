import type { FormEvent, ReactNode } from 'react'
import { useCallback, useEffect, useState } from 'react'
import { ask } from '../look/ask.ts'
import { accountTexts } from '../look/catalogue/account-texts.ts'
import { read } from '../look/platform-api.ts'
import type { OwnAccount } from '../look/session.ts'
import { Field, textOf } from './field.tsx'

interface PeopleProps {
  readonly own: string
  /** An account may do without a password. */
  readonly company: boolean
}

export function People({ own, company }: PeopleProps): ReactNode {
  const t = accountTexts()
  const [all, setAll] = useState<readonly OwnAccount[]>([])
  const [problem, setProblem] = useState<string | undefined>()
  const load = useCallback(async () => {
    const reading = await read<readonly OwnAccount[]>('/account/api/accounts')
    if (reading.data) setAll(reading.data)
  }, [])
  useEffect(() => void load(), [load])
  const doing: Doing = async (method, path, body) => {
    const answer = await ask(method, `/account/api/accounts${path}`, body)
    setProblem('problem' in answer ? answer.problem : undefined)
    await load()
    return 'data' in answer
  }
  return (
    <section className="panel" aria-labelledby="people">
      <h2 id="people">{t.accounts}</h2>
      {all.length === 0 ? <p className="quiet">{t.noAccounts}</p> : null}
      <ul className="people">
        {all.map((account) => (
          <Person key={account.name} account={account} own={account.name === own} doing={doing} />
        ))}
      </ul>
      <p className="problem" role="alert">
        {problem}
      </p>
      <NewAccount first={all.length === 0} company={company} doing={doing} />
    </section>
  )
}

type Doing = (method: 'POST' | 'DELETE', path: string, body?: object) => Promise<boolean>

interface PersonProps {
  readonly account: OwnAccount
  readonly own: boolean
  readonly doing: Doing
}

function Person({ account: { name, role, totp }, own, doing }: PersonProps): ReactNode {
  const t = accountTexts()
  const path = `/${encodeURIComponent(name)}`
  return (
    <li>
      <span className="name">{name}</span>
      <label>
        <span className="unseen">{t.roleOf(name)}</span>
        <select value={role} onChange={({ target }) => doing('POST', path, { role: target.value })}>
          {Object.keys(t.roles).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      {totp ? (
        <button type="button" className="button" data-kind="quiet" onClick={() => doing('POST', path, { totp: 'off' })}>
          {t.takeFactor}
        </button>
      ) : null}
      {own ? null : (
        <button type="button" className="button" data-kind="quiet" onClick={() => doing('DELETE', path)}>
          {t.remove}
          <span className="unseen"> {name}</span>
        </button>
      )}
    </li>
  )
}

interface NewAccountProps {
  readonly first: boolean
  readonly company: boolean
  readonly doing: Doing
}

function NewAccount({ first, company, doing }: NewAccountProps): ReactNode {
  const t = accountTexts()
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const password = textOf(form, 'password')
    const given = { name: textOf(form, 'name'), role: textOf(form, 'role'), ...(password && { password }) }
    if (await doing('POST', '', given)) element.reset()
  }
  return (
    <form onSubmit={add} aria-label={t.newAccount}>
      <Field label={t.name} name="name" autoComplete="off" autoCapitalize="none" required />
      <div className="field">
        <label htmlFor="role">{t.roleWord}</label>
        <select id="role" name="role" defaultValue={first ? 'admin' : 'view'} key={String(first)}>
          {Object.entries(t.roles).map(([role, about]) => (
            <option key={role} value={role}>
              {role}: {about}
            </option>
          ))}
        </select>
      </div>
      <Field
        label={t.password}
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={12}
        maxLength={200}
        hint={company ? t.passwordOrCompany : t.passwordHint}
        required={!company}
      />
      <button type="submit" className="button">
        {t.add}
      </button>
    </form>
  )
}
