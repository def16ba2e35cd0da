/**
 * The sequence diagram: one line of a list per message, each with its piece of the drawing. It is read as a list, grows
 * without being laid out anew, and fits every width, because the lifelines stand at shares of it.
 */
import type { ReactNode } from 'react'
import { useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { time } from '../../look/format.ts'
import { Json } from '../parts/json.tsx'
import { plain } from '../parts/values.tsx'
import { ExchangeOpen } from '../traffic/exchange.tsx'
import { FrameOpen } from '../traffic/frame.tsx'
import type { Lane, Run, Step, StepKind } from './steps.ts'
import { KINDS, LANES, runsOf } from './steps.ts'

const place = (lane: Lane): number => 10 + LANES.indexOf(lane) * 20
const share = (lane: Lane): string => `${place(lane)}%`

export function Sequence({ steps }: { readonly steps: readonly Step[] }): ReactNode {
  const t = texts().payment
  const [hidden, setHidden] = useState<ReadonlySet<StepKind>>(new Set(['event']))
  const toggle = (kind: StepKind): void => {
    const next = new Set(hidden)
    if (!next.delete(kind)) next.add(kind)
    setHidden(next)
  }
  const shown = runsOf(steps.filter(({ kind }) => !hidden.has(kind)))
  const start = steps[0]?.at
  return (
    <>
      <fieldset className="filters">
        <legend className="unseen">{t.kindsShown}</legend>
        {KINDS.filter((kind) => steps.some((step) => step.kind === kind)).map((kind) => (
          <button key={kind} type="button" aria-pressed={!hidden.has(kind)} onClick={() => toggle(kind)}>
            {t.kinds[kind]}
          </button>
        ))}
      </fieldset>
      <div className="sequence" data-testid="timeline">
        <div className="lanes" aria-hidden="true">
          <span />
          <div>
            {LANES.map((lane) => (
              <span key={lane} data-lane={lane}>
                {t.lanes[lane]}
              </span>
            ))}
          </div>
        </div>
        <ol>
          {shown.map((run) => (
            <Line key={run.first.key} run={run} start={start} />
          ))}
        </ol>
      </div>
    </>
  )
}

function Line({ run, start }: { readonly run: Run; readonly start: string | undefined }): ReactNode {
  const t = texts().payment
  const { first, steps } = run
  const [open, setOpen] = useState(false)
  const many = steps.length > 1 ? ` × ${steps.length}` : ''
  const way = first.from === first.to ? t.at(t.lanes[first.from]) : t.way(t.lanes[first.from], t.lanes[first.to])
  return (
    <li data-kind={first.kind} data-tone={first.tone}>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} data-testid={testId(first)}>
        <summary>
          <span className="step-at number" title={first.at}>
            {since(start, first.at)}
          </span>
          <span className="unseen">
            {way}: {plain(first.label)}
            {many} {plain(first.outcome)}, {time(first.at)}
          </span>
          <span className="step-words" aria-hidden="true">
            {plain(first.label, 60)}
            {many} <i>{plain(first.outcome, 60)}</i>
          </span>
          <Drawing step={first} many={many} />
        </summary>
        {open ? steps.map((step) => <Opened key={step.key} step={step} />) : null}
      </details>
    </li>
  )
}

const testId = ({ kind }: Step): string | undefined => (kind === 'ocpi' ? 'exchange' : undefined)

/** The lifelines, and on them an arrow or a mark. */
function Drawing({ step, many }: { readonly step: Step; readonly many: string }): ReactNode {
  const { from, to, label, outcome } = step
  const words = `${plain(label, 48)}${many}`
  const outward = place(to) > place(from)
  return (
    <svg className="drawing" aria-hidden="true" focusable="false">
      {LANES.map((lane) => (
        <line key={lane} className="lifeline" x1={share(lane)} x2={share(lane)} y1="0" y2="100%" />
      ))}
      {from === to ? (
        // biome-ignore lint/a11y/noSvgWithoutTitle: a part of a drawing that is hidden; its words stand beside it
        <svg x={share(from)} overflow="visible">
          <rect className="mark" x="-5" y="13" width="10" height="10" rx="5" />
          <text
            className="arrow-label"
            x={place(from) > 60 ? -12 : 12}
            y="22"
            textAnchor={place(from) > 60 ? 'end' : 'start'}
          >
            <tspan className="strong">{words}</tspan>
            <tspan className="outcome">{outcome ? `  ${plain(outcome, 40)}` : ''}</tspan>
          </text>
        </svg>
      ) : (
        <>
          <line className="arrow" x1={share(from)} x2={share(to)} y1="27" y2="27" />
          {/* biome-ignore lint/a11y/noSvgWithoutTitle: a part of a drawing that is hidden; its words stand beside it */}
          <svg x={share(to)} y="27" overflow="visible">
            <path className="arrow-head" d={outward ? 'M-1 0 L-9 -4.5 L-9 4.5 Z' : 'M1 0 L9 -4.5 L9 4.5 Z'} />
          </svg>
          <text className="arrow-label" x={`${(place(from) + place(to)) / 2}%`} y="19" textAnchor="middle">
            {words}
            <tspan className="outcome">{outcome ? `  ${plain(outcome, 24)}` : ''}</tspan>
          </text>
        </>
      )}
    </svg>
  )
}

function Opened({ step }: { readonly step: Step }): ReactNode {
  if (step.exchange) return <ExchangeOpen exchange={step.exchange} side="ptp" />
  if (step.frame) return <FrameOpen frame={step.frame} />
  return (
    <div className="exchange-open">
      <Json value={step.rest} />
    </div>
  )
}

function since(start: string | undefined, at: string): string {
  const ms = Date.parse(at) - Date.parse(start ?? at)
  if (Number.isNaN(ms)) return ''
  const seconds = ms / 1000
  return seconds < 100
    ? `+${seconds.toFixed(2)} s`
    : `+${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
