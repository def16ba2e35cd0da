import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { number } from '../../look/format.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import type { MinorAmount } from '../../look/platform-api.ts'
import { Figures, Panel } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Amount, At, None } from '../parts/values.tsx'
import type { PaymentInfo } from './info.ts'

interface Invoice {
  readonly total?: string
  readonly currency?: string
}

/** Five numbers that have to fit together, and whether they do. */
export function MoneyPanel({ payment }: { readonly payment: PaymentInfo }): ReactNode {
  const t = texts().payment
  const { held, due, captured, advice, refunded } = payment
  const invoice = useLive<Invoice>(`/cpo/api/invoices/${pathPart(payment.reference)}`, ['sessions']).data
  const gap = difference(captured ?? undefined, due ?? undefined)
  return (
    <Panel title={t.money}>
      <Figures
        figures={[
          { name: t.held, value: <Amount value={held} /> },
          { name: t.due, value: <Amount value={due} /> },
          { name: t.captured, value: <Amount value={captured} />, testId: 'captured' },
          ...(refunded ? [{ name: t.refunded, value: <Amount value={refunded} /> }] : []),
          {
            name: t.advised,
            value: (
              <>
                <State name={advice?.status} />
                {advice ? (
                  <small>{advice.delivered_at ? <At time={advice.delivered_at} /> : t.notDelivered}</small>
                ) : null}
              </>
            ),
          },
          { name: t.receipt, value: invoice?.total ? receiptText(invoice) : <None /> },
          {
            name: t.difference,
            value: gap === undefined ? <None /> : <Amount value={gap} />,
            ...(gap !== undefined && { tone: gap.amount_minor === 0 ? 'good' : 'warn' }),
            testId: 'difference',
          },
        ]}
      />
      {payment.dispute?.reason ? <p className="reason">{payment.dispute.reason}</p> : null}
    </Panel>
  )
}

const receiptText = ({ total = '', currency = '' }: Invoice): string => {
  const value = Number(total)
  return `${Number.isFinite(value) ? number(value, 2) : total} ${currency}`
}

function difference(a: MinorAmount | undefined, b: MinorAmount | undefined): MinorAmount | undefined {
  if (!a || !b || a.currency !== b.currency) return undefined
  return { amount_minor: a.amount_minor - b.amount_minor, currency: a.currency }
}
