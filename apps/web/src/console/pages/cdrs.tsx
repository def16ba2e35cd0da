/** Bills of the charging side: a list, and one with what takes it back; taking back is done here too. */

import { currencyDigits } from '@plugtill/terminal/currency-digits'
import type { FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import type { MinorAmount } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Field, Problem, useAct } from '../parts/act.tsx'
import { Go } from '../parts/go.tsx'
import { Json } from '../parts/json.tsx'
import { Figures, PageHead, Pairs, Panel } from '../parts/panel.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import { State } from '../parts/state.tsx'
import { Table } from '../parts/table.tsx'
import { Amount, At, Code, Energy, None, plain, Said } from '../parts/values.tsx'

interface Cdr {
  readonly id: string
  readonly session_id?: string
  readonly authorization_reference?: string
  readonly start_date_time?: string
  readonly end_date_time?: string
  readonly auth_method?: string
  readonly cdr_token?: { readonly country_code: string; readonly party_id: string; readonly uid: string }
  readonly cdr_location?: { readonly evse_id?: string; readonly evse_uid?: string }
  readonly currency?: string
  readonly total_cost?: { readonly before_taxes: number; readonly taxes?: readonly { readonly amount: number }[] }
  readonly total_energy?: number
  readonly credit?: boolean
  readonly credit_reference_id?: string
  readonly invoice_reference_id?: string
  readonly remark?: string
}

interface Correction {
  readonly credit_cdr_id: string
  readonly replacement_cdr_id: string | null
  readonly cdr_id: string
  readonly state: string
  readonly reason: string
  readonly by: string | null
  readonly at: string
}

interface OneCdr {
  readonly cdr: Cdr
  readonly correction: Correction | null
  readonly made_by: Correction | null
}

/** With its taxes. */
function totalOf({ total_cost: cost, currency = '' }: Cdr): MinorAmount | undefined {
  if (cost === undefined) return undefined
  const gross = (cost.taxes ?? []).reduce((sum, { amount }) => sum + amount, cost.before_taxes)
  return { amount_minor: Math.round(gross * 10 ** currencyDigits(currency)), currency }
}

const partnerOf = ({ cdr_token: token }: Cdr): string =>
  token === undefined ? '' : `${token.country_code}-${token.party_id}`

export function Cdrs({ detail }: { readonly detail?: string }): ReactNode {
  return detail === undefined ? <CdrList /> : <CdrPage key={detail} id={detail} />
}

function CdrList(): ReactNode {
  const t = texts().cdrs
  const [text, setText] = useState('')
  const reading = useLive<readonly Cdr[]>('/cpo/api/cdrs?limit=200', ['cdrs'])
  const words = text.trim().toLowerCase()
  const rows = listOf(reading).filter((one) =>
    [one.id, one.authorization_reference, one.session_id, partnerOf(one), one.cdr_token?.uid].some((field) =>
      field?.toLowerCase().includes(words),
    ),
  )
  return (
    <>
      <PageHead title={texts().pages.cdrs.title} lead={texts().pages.cdrs.lead} />
      <div className="filters">
        <SearchBox label={t.search} text={text} onText={setText} />
      </div>
      <Panel title={t.count(rows.length)} reading={reading} empty={rows.length === 0 && t.none}>
        <Table
          rows={rows}
          label={texts().pages.cdrs.title}
          rowKey={(one) => one.id}
          rowTestId={(one) => `cdr-${one.id}`}
          columns={[
            { title: 'CDR', cell: (one) => <Go to={{ page: 'cdrs', detail: one.id }}>{plain(one.id, 40)}</Go> },
            { title: t.kind, cell: kindOf },
            { title: texts().partners.partner, cell: (one) => <Code>{plain(partnerOf(one), 10)}</Code> },
            {
              title: 'EVSE',
              cell: (one) => <Code>{plain(one.cdr_location?.evse_id ?? one.cdr_location?.evse_uid, 48)}</Code>,
            },
            { title: texts().payment.energy, end: true, cell: (one) => <Energy wh={(one.total_energy ?? 0) * 1000} /> },
            { title: t.total, end: true, cell: (one) => <Amount value={totalOf(one)} /> },
            { title: texts().sessions.ended, end: true, cell: (one) => <At time={one.end_date_time} /> },
          ]}
        />
      </Panel>
    </>
  )
}

function kindOf({ credit, credit_reference_id: of }: Cdr): ReactNode {
  const t = texts().cdrs
  if (!credit) return <State name={t.bill} />
  return (
    <>
      <State name={t.credit} tone="warn" />{' '}
      {of === undefined ? null : <Go to={{ page: 'cdrs', detail: of }}>{t.takesBack}</Go>}
    </>
  )
}

function CdrPage({ id }: { readonly id: string }): ReactNode {
  const t = texts().cdrs
  const reading = useLive<OneCdr>(`/cpo/api/cdrs/${pathPart(id)}`, ['cdrs', 'sessions'])
  const { cdr, correction = null, made_by: madeBy = null } = reading.data ?? {}
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'cdrs' }}>{texts().pages.cdrs.title}</Go>
      </p>
      <PageHead title={<bdi>{plain(id, 60)}</bdi>}>
        {cdr ? <State name={cdr.credit ? t.credit : t.bill} tone={cdr.credit ? 'warn' : 'calm'} /> : null}
      </PageHead>
      <Panel title={t.facts} reading={reading} testId="cdr-facts">
        {cdr ? <Facts cdr={cdr} /> : null}
      </Panel>
      {madeBy ? <Told title={cdr?.credit ? t.isCredit : t.isReplacement} correction={madeBy} here={id} /> : null}
      {correction ? <Told title={t.takenBack} correction={correction} here={id} /> : null}
      {cdr && !cdr.credit && !correction ? <TakeBack cdr={cdr} onDone={reading.again} /> : null}
      {cdr ? (
        <details className="raw">
          <summary>{texts().locations.object}</summary>
          <Json value={cdr} />
        </details>
      ) : null}
    </>
  )
}

function Facts({ cdr }: { readonly cdr: Cdr }): ReactNode {
  const t = texts().cdrs
  const { authorization_reference: reference, session_id: session, invoice_reference_id: invoice } = cdr
  return (
    <>
      <Figures
        figures={[
          { name: t.total, value: <Amount value={totalOf(cdr)} />, testId: 'cdr-total' },
          { name: texts().payment.energy, value: <Energy wh={(cdr.total_energy ?? 0) * 1000} /> },
        ]}
      />
      <Pairs
        pairs={[
          [
            texts().sessions.facts,
            session ? (
              <Go key="w" to={{ page: 'sessions', detail: session }}>
                {plain(session, 40)}
              </Go>
            ) : (
              <None key="w" />
            ),
          ],
          [
            texts().pages.payments.one,
            reference ? (
              <Go key="f" to={{ page: 'payments', detail: reference }}>
                {plain(reference, 40)}
              </Go>
            ) : (
              <None key="f" />
            ),
          ],
          [texts().partners.partner, <Code key="p">{plain(partnerOf(cdr), 10)}</Code>],
          [texts().payment.card, <Code key="c">{plain(cdr.cdr_token?.uid, 40)}</Code>],
          [texts().tokens.ground, <Code key="g">{plain(cdr.auth_method, 40)}</Code>],
          [texts().sessions.started, <At key="s" time={cdr.start_date_time} />],
          [texts().sessions.ended, <At key="n" time={cdr.end_date_time} />],
          [
            t.invoice,
            invoice && reference ? (
              <a key="i" href={`/cpo/invoices/${pathPart(reference)}`}>
                {plain(invoice, 40)}
              </a>
            ) : (
              <None key="i" />
            ),
          ],
          [t.remark, <Said key="r">{cdr.remark}</Said>],
        ]}
      />
    </>
  )
}

interface ToldProps {
  readonly title: string
  readonly correction: Correction
  /** The CDR that is on show. */
  readonly here: string
}

/** Which CDRs belong to one correction, and why it was made. */
function Told({ title, correction, here }: ToldProps): ReactNode {
  const t = texts().cdrs
  const link = (id: string | null): ReactNode =>
    id === null ? (
      <None />
    ) : id === here ? (
      <Code>{plain(id, 60)}</Code>
    ) : (
      <Go to={{ page: 'cdrs', detail: id }}>{plain(id, 60)}</Go>
    )
  return (
    <Panel title={title} testId="correction">
      <Pairs
        pairs={[
          [texts().payment.state, <State key="s" name={correction.state} />],
          [texts().decide.reason, <Said key="r">{correction.reason}</Said>],
          [texts().decide.by, <Said key="b">{correction.by}</Said>],
          [t.original, link(correction.cdr_id)],
          [t.credit, link(correction.credit_cdr_id)],
          [t.replacement, link(correction.replacement_cdr_id)],
          [t.ordered, <At key="a" time={correction.at} />],
        ]}
      />
    </Panel>
  )
}

function TakeBack({ cdr, onDone }: { readonly cdr: Cdr; readonly onDone: () => void }): ReactNode {
  const t = texts().cdrs
  const [reason, setReason] = useState('')
  const [by, setBy] = useState('')
  const [energy, setEnergy] = useState('')
  const acting = useAct()
  const kwh = energy.trim().replace(',', '.')
  const unreadable = kwh !== '' && !/^\d{1,6}(\.\d{1,4})?$/.test(kwh)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const body = {
      reason: reason.trim(),
      ...(by.trim() !== '' && { by: by.trim() }),
      ...(kwh !== '' && { replacement: { energy_kwh: Number(kwh) } }),
    }
    acting.run(() => ask('POST', `/cpo/api/cdrs/${pathPart(cdr.id)}/credit`, body), onDone)
  }
  return (
    <Panel title={t.takeBack}>
      <p className="quiet">{t.takeBackSays}</p>
      <form className="form" onSubmit={submit} data-testid="take-back">
        <Field
          label={texts().decide.reason}
          hint={t.reasonHint}
          value={reason}
          onChange={setReason}
          testId="credit-reason"
          required
        />
        <Field label={texts().decide.by} value={by} onChange={setBy} />
        <Field
          label={t.rightEnergy}
          hint={t.rightEnergyHint}
          value={energy}
          onChange={setEnergy}
          testId="credit-energy"
        />
        <p className="deeds">
          <button
            className="button"
            type="submit"
            disabled={acting.busy || reason.trim().length < 3 || unreadable}
            data-testid="credit-go"
          >
            {kwh === '' ? t.takeBack : t.replace}
          </button>
          <Problem text={acting.problem} />
        </p>
      </form>
    </Panel>
  )
}
