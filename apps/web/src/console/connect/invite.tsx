/** The partner begins: we make token A, they come with it. */
import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import type { Side } from '../../look/platform-api.ts'
import { Field, Problem, useAct } from '../parts/act.tsx'
import { Copy } from '../parts/json.tsx'
import { Panel } from '../parts/panel.tsx'
import { otherSide } from './checks.ts'

export interface Invitation {
  readonly id: string
  readonly versions_url: string
  readonly token: string
}

interface InviteProps {
  readonly side: Side
  readonly invitation: Invitation | undefined
  readonly onInvited: (invitation: Invitation) => void
}

export const VERSIONS: readonly (readonly [string, string])[] = [
  ['2.3.0', '2.3.0'],
  ['2.2.1', '2.2.1'],
]

export function Invite({ side, invitation, onInvited }: InviteProps): ReactNode {
  const t = texts().connect
  const [country, setCountry] = useState('DE')
  const [party, setParty] = useState('')
  const [version, setVersion] = useState('2.3.0')
  const acting = useAct()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const body = { country_code: country.toUpperCase(), party_id: party.toUpperCase(), role: otherSide(side), version }
    acting.run(() => ask<Invitation>('POST', `/${side}/api/peers/invite`, body), onInvited)
  }
  return (
    <Panel title={t.whoAreYou}>
      <form className="form inline" onSubmit={submit}>
        <Field label={t.country} value={country} onChange={setCountry} testId="invite-country" required />
        <Field label={t.party} hint={t.partyHint} value={party} onChange={setParty} testId="invite-party" required />
        <Field label={t.version} value={version} onChange={setVersion} options={VERSIONS} />
        <button className="button" type="submit" disabled={acting.busy || party === ''} data-testid="invite">
          {t.makeToken}
        </button>
        <Problem text={acting.problem} />
      </form>
      {invitation ? <TokenA invitation={invitation} /> : null}
    </Panel>
  )
}

/** Tokens are printable ASCII. */
const base64 = (text: string): string => btoa(text)

function TokenA({ invitation: { versions_url, token } }: { readonly invitation: Invitation }): ReactNode {
  const t = texts().connect
  const curl = `curl -H 'Authorization: Token ${base64(token)}' '${versions_url}'`
  const rows: readonly (readonly [string, string, string])[] = [
    ['Versions URL', versions_url, 'versions-url'],
    [t.tokenA, token, 'token-a'],
    [t.header, `Authorization: Token ${base64(token)}`, 'header'],
    [t.tryIt, curl, 'curl'],
  ]
  return (
    <>
      <p className="reason">{t.once}</p>
      <dl className="secrets">
        {rows.map(([name, value, id]) => (
          <div key={id}>
            <dt>{name}</dt>
            <dd>
              <code className="code" data-testid={id}>
                {value}
              </code>
              <Copy text={() => value}>{texts().panel.copy}</Copy>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
