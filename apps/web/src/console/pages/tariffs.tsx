import type { ReactNode } from 'react'
import type { Side } from '../../look/platform-api.ts'
import { listOf, usePoll } from '../../look/platform-api.ts'
import { At, Code, Json, PageHead, Panel, SIDE_NAMES, Table } from '../parts.tsx'

interface TariffInfo {
  readonly id: string
  readonly country_code?: string
  readonly party_id?: string
  readonly type?: string
  readonly currency?: string
  readonly preauthorize_amount?: number
  readonly max_price?: unknown
  readonly tariff_alt_text?: readonly { readonly language: string; readonly text: string }[]
  readonly elements?: readonly { readonly price_components?: readonly Component[]; readonly restrictions?: object }[]
  readonly last_updated?: string
}

interface Component {
  readonly type: string
  readonly price: number
  readonly vat?: number
  readonly step_size?: number
}

export function Tariffs(): ReactNode {
  return (
    <>
      <PageHead title="Tariffs" lead="What the driver is shown and what the hold is taken from." />
      <TariffsOf side="ptp" />
      <TariffsOf side="cpo" />
    </>
  )
}

function TariffsOf({ side }: { readonly side: Side }): ReactNode {
  const reading = usePoll<readonly TariffInfo[]>(`/${side}/api/tariffs`, 5_000)
  const tariffs = listOf(reading)
  return (
    <Panel
      title={side === 'ptp' ? `${SIDE_NAMES.ptp}: the mirror` : SIDE_NAMES.cpo}
      reading={reading}
      empty={tariffs.length === 0 ? 'No tariff yet.' : false}
    >
      {tariffs.map((tariff) => (
        <article className="place" key={`${tariff.country_code}-${tariff.party_id}-${tariff.id}`}>
          <header>
            <h3>{tariff.id}</h3>
            <p className="quiet">
              {[tariff.type, tariff.currency].filter(Boolean).join(' · ')} · hold{' '}
              {tariff.preauthorize_amount ?? 'not given'} · languages {languages(tariff)} · updated{' '}
              <At time={tariff.last_updated} />
            </p>
          </header>
          <Table
            rows={(tariff.elements ?? []).flatMap((element, index) =>
              (element.price_components ?? []).map((component) => ({ index, component, element })),
            )}
            rowKey={(r) => `${r.index}-${r.component.type}`}
            columns={[
              { title: 'Element', cell: (r) => r.index + 1 },
              { title: 'Component', cell: (r) => <Code>{r.component.type}</Code> },
              { title: 'Price', end: true, cell: (r) => <span className="number">{r.component.price}</span> },
              { title: 'VAT %', end: true, cell: (r) => r.component.vat ?? '–' },
              { title: 'Step', end: true, cell: (r) => r.component.step_size ?? '–' },
              {
                title: 'Restrictions',
                cell: (r) =>
                  r.element.restrictions ? (
                    <Code>{JSON.stringify(r.element.restrictions)}</Code>
                  ) : (
                    <span className="none">none</span>
                  ),
              },
            ]}
          />
          <details className="raw">
            <summary>OCPI object</summary>
            <Json value={tariff} />
          </details>
        </article>
      ))}
    </Panel>
  )
}

function languages(tariff: TariffInfo): string {
  return [...new Set((tariff.tariff_alt_text ?? []).map((t) => t.language))].join(', ') || 'none'
}
