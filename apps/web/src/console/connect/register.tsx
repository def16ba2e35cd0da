/** We begin: with the address and token A that the partner has made. */
import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import type { PeerInfo, Side } from '../../look/platform-api.ts'
import { Field, Problem, useAct } from '../parts/act.tsx'
import { Panel } from '../parts/panel.tsx'

interface RegisterProps {
  readonly side: Side
  readonly onRegistered: (peer: PeerInfo) => void
}

export function Register({ side, onRegistered }: RegisterProps): ReactNode {
  const t = texts().connect
  const [url, setUrl] = useState('')
  const [token, setToken] = useState('')
  const acting = useAct()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    acting.run(() => ask<PeerInfo>('POST', `/${side}/api/peers/register`, { versions_url: url, token }), onRegistered)
  }
  return (
    <Panel title={t.whereAreYou}>
      <form className="form" onSubmit={submit}>
        <Field
          label="Versions URL"
          value={url}
          onChange={setUrl}
          placeholder="https://cpo.example/ocpi/versions"
          testId="register-url"
          required
        />
        <Field
          label={t.tokenAYours}
          hint={t.tokenAHint}
          value={token}
          onChange={setToken}
          testId="register-token"
          required
        />
        <p className="deeds">
          <button
            className="button"
            type="submit"
            disabled={acting.busy || url === '' || token === ''}
            data-testid="register"
          >
            {t.start}
          </button>
          <Problem text={acting.problem} />
        </p>
      </form>
    </Panel>
  )
}
