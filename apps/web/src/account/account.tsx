/** Logging in, one's own account, and for admins those of others. */
import type { ReactNode } from 'react'
import { useCallback, useEffect, useState } from 'react'
import { ask } from '../look/ask.ts'
import { accountTexts } from '../look/catalogue/account-texts.ts'
import { cameByCompany, nextPage } from '../look/login-page.ts'
import { read } from '../look/platform-api.ts'
import { forget, type Me } from '../look/session.ts'
import { LogIn } from './log-in.tsx'
import { Password, SecondFactor } from './own.tsx'
import { People } from './people.tsx'
import { TrailList } from './trail.tsx'

export function AccountPage(): ReactNode {
  const [me, setMe] = useState<Me | undefined>()
  const [problem, setProblem] = useState<string | undefined>()
  const load = useCallback(async () => {
    forget()
    const reading = await read<Me>('/account/api/me')
    if (reading.data?.name && cameByCompany()) {
      location.replace(nextPage())
      return
    }
    setMe(reading.data)
    setProblem(reading.data ? undefined : (reading.problem ?? accountTexts().absent))
  }, [])
  useEffect(() => void load(), [load])
  return (
    <main className="account">
      <p className="brand">
        <a href="/">Plugtill</a>
      </p>
      {problem ? <p role="alert">{problem}</p> : null}
      {me === undefined ? null : me.name === null ? (
        <LogIn company={me.company === true} onIn={load} />
      ) : (
        <Inside me={me} onChange={load} />
      )}
    </main>
  )
}

function Inside({ me, onChange }: { readonly me: Me; readonly onChange: () => Promise<void> }): ReactNode {
  const t = accountTexts()
  const leave = async () => {
    await ask('POST', '/account/api/me/logout')
    await onChange()
  }
  return (
    <>
      <h1>{me.account ? me.name : t.noLogin}</h1>
      <p className="quiet">{me.account ? t.role(me.role ?? '') : me.open ? t.open : t.byKey}</p>
      <p className="doors">
        <a className="button" href="/console/">
          {t.console}
        </a>
        {me.account ? (
          <button type="button" className="button" data-kind="quiet" onClick={leave}>
            {t.logOut}
          </button>
        ) : null}
      </p>
      {me.account?.password ? <Password onChange={onChange} /> : null}
      {me.account?.password ? <SecondFactor has={me.account.totp} onChange={onChange} /> : null}
      {me.role === 'admin' ? (
        <>
          <People own={me.name ?? ''} company={me.company === true} />
          <TrailList />
        </>
      ) : null}
    </>
  )
}
