/** Tariffs as their drivers see them, what is wrong with them, and what a charge would cost. */
import type { ReactNode } from 'react'
import { useState } from 'react'
import { LANGUAGES, language, texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import type { MinorAmount, Side } from '../../look/platform-api.ts'
import { listOf } from '../../look/platform-api.ts'
import { Field } from '../parts/act.tsx'
import { Go } from '../parts/go.tsx'
import { Json } from '../parts/json.tsx'
import { PageHead, Panel, sideName } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Ago, Amount, Code, plain, Said } from '../parts/values.tsx'
import { Calculator } from '../tariff/calculator.tsx'
import { useTool } from '../tariff/tool.ts'
import type { LocationInfo } from './locations.tsx'

export interface TariffInfo {
  readonly id: string
  readonly country_code?: string
  readonly party_id?: string
  readonly type?: string
  readonly currency?: string
  readonly last_updated?: string
}

export interface TariffView {
  readonly shown:
    | {
        readonly lines: readonly { readonly kind: string; readonly text: string }[]
        readonly texts: readonly string[]
        readonly languages: readonly string[]
        readonly taxIncluded: boolean
        readonly idleFee: boolean
        readonly held?: string
      }
    | { readonly refused: string }
  readonly hold: MinorAmount & { readonly reason: string }
  readonly findings: readonly Finding[]
}

interface Finding {
  readonly id: string
  readonly severity: 'error' | 'warning' | 'hint'
  readonly path: string
  readonly reason: string
  readonly fix: string
}

export function Tariffs({ detail }: { readonly detail?: string }): ReactNode {
  return (
    <>
      <PageHead title={texts().pages.tariffs.title} lead={texts().pages.tariffs.lead} />
      {detail === undefined ? null : (
        <p className="crumb">
          <Go to={{ page: 'tariffs' }}>{texts().tariffs.all}</Go>
        </p>
      )}
      <TariffsOf side="ptp" only={detail} />
      <TariffsOf side="cpo" only={detail} />
    </>
  )
}

function TariffsOf({ side, only }: { readonly side: Side; readonly only: string | undefined }): ReactNode {
  const t = texts().tariffs
  const reading = useLive<readonly TariffInfo[]>(`/${side}/api/tariffs`, ['locations'])
  const locations = listOf(useLive<readonly LocationInfo[]>(`/${side}/api/locations`, ['locations']))
  const tariffs = listOf(reading).filter(({ id }) => only === undefined || id === only)
  return (
    <Panel
      title={side === 'ptp' ? texts().locations.mirror(sideName('ptp')) : sideName(side)}
      reading={reading}
      empty={tariffs.length === 0 && t.none}
    >
      {tariffs.map((tariff) => (
        <TariffCard
          key={`${tariff.country_code}-${tariff.party_id}-${tariff.id}`}
          tariff={tariff}
          timeZone={zoneOf(tariff.id, locations)}
          open={only !== undefined}
        />
      ))}
    </Panel>
  )
}

/** Of a location that sells under it: hours of the day are local. */
const zoneOf = (tariffId: string, locations: readonly LocationInfo[]): string =>
  locations.find(({ evses }) =>
    evses?.some(({ connectors }) => connectors?.some(({ tariff_ids }) => tariff_ids?.includes(tariffId))),
  )?.time_zone ?? 'UTC'

interface CardProps {
  readonly tariff: TariffInfo
  readonly timeZone: string
  readonly open: boolean
}

function TariffCard({ tariff, timeZone, open }: CardProps): ReactNode {
  const t = texts().tariffs
  const [shownIn, setShownIn] = useState<string>(language())
  const [calculating, setCalculating] = useState(open)
  const view = useTool<TariffView>('/tools/api/tariff', { tariff, language: shownIn })
  return (
    <article className="place" data-testid={`tariff-${tariff.id}`}>
      <header>
        <h3>
          <Go to={{ page: 'tariffs', detail: tariff.id }}>{plain(tariff.id, 60)}</Go>
        </h3>
        <p className="quiet">
          <Said most={80}>{[tariff.type, tariff.currency].filter(Boolean).join(' · ')}</Said> ·{' '}
          {texts().locations.updated} <Ago time={tariff.last_updated} />
        </p>
      </header>
      {view.problem ? <p className="problem">{view.problem}</p> : null}
      {view.data ? (
        <div className="columns">
          <DriverSees view={view.data} shownIn={shownIn} onLanguage={setShownIn} />
          <Lint findings={view.data.findings} />
        </div>
      ) : null}
      <p className="deeds">
        <button
          type="button"
          className="quiet-button"
          aria-expanded={calculating}
          onClick={() => setCalculating(!calculating)}
          data-testid="calculate"
        >
          {t.calculator}
        </button>
      </p>
      {calculating ? <Calculator tariff={tariff} timeZone={timeZone} language={shownIn} /> : null}
      <details className="raw">
        <summary>{texts().locations.object}</summary>
        <Json value={tariff} />
      </details>
    </article>
  )
}

interface DriverProps {
  readonly view: TariffView
  readonly shownIn: string
  readonly onLanguage: (language: string) => void
}

function DriverSees({ view, shownIn, onLanguage }: DriverProps): ReactNode {
  const t = texts().tariffs
  const { shown, hold } = view
  return (
    <section className="driver-sees" aria-label={t.driverSees}>
      <div className="panel-head">
        <h4>{t.driverSees}</h4>
        <Field
          label={texts().shell.language}
          value={shownIn}
          onChange={onLanguage}
          options={Object.entries(LANGUAGES)}
        />
      </div>
      {'refused' in shown ? (
        <p className="problem">{plain(shown.refused, 400)}</p>
      ) : (
        <>
          <ul className="price-lines">
            {shown.lines.map(({ text }) => (
              <li key={text}>{plain(text, 300)}</li>
            ))}
          </ul>
          {shown.texts.map((text) => (
            <p key={text} className="quiet">
              <Said most={600}>{text}</Said>
            </p>
          ))}
        </>
      )}
      <p>
        {t.held}:{' '}
        <b>
          <Amount value={hold} />
        </b>{' '}
        <span className="quiet">{hold.reason}</span>
      </p>
    </section>
  )
}

const TONE = { hint: 'calm', warning: 'warn', error: 'bad' } as const

function Lint({ findings }: { readonly findings: readonly Finding[] }): ReactNode {
  const t = texts().tariffs
  return (
    <section aria-label={t.lint}>
      <h4>{t.lint}</h4>
      {findings.length === 0 ? <p className="quiet">{t.lintFine}</p> : null}
      <ul className="findings calm">
        {findings.map((one) => (
          <li key={`${one.id} ${one.path}`}>
            <State name={t.severity[one.severity]} tone={TONE[one.severity]} /> <Code>{one.path || '/'}</Code>{' '}
            {plain(one.reason, 400)} <span className="quiet">{plain(one.fix, 400)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
