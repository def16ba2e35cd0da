/** One curve over time: drawn at every width without measuring, read as a table by who does not see it. */
import type { PointerEvent, ReactNode } from 'react'
import { useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { shareOf, ticks } from './ticks.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

interface CurveProps {
  readonly title: string
  readonly points: readonly Point[]
  readonly sayX: (x: number) => string
  readonly sayY: (y: number) => string
  /** Steps instead of slopes: what holds until it changes. */
  readonly steps?: boolean
  readonly tone?: 'accent' | 'info' | 'warn'
}

const TABLE_ROWS = 24

export function Curve({ title, points, sayX, sayY, steps, tone = 'accent' }: CurveProps): ReactNode {
  const [at, setAt] = useState<Point | undefined>()
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || points.length < 2) return <p className="quiet">{texts().charts.none}</p>
  const follow = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>): void => {
    const { left, width } = currentTarget.getBoundingClientRect()
    const x = first.x + ((clientX - left) / width) * (last.x - first.x)
    setAt(points.reduce((near, point) => (Math.abs(point.x - x) < Math.abs(near.x - x) ? point : near)))
  }
  const shown = at ?? last
  return (
    <figure className="chart" data-tone={tone}>
      <figcaption>
        <span>{title}</span>
        <b className="number">
          {sayY(shown.y)} <small>{sayX(shown.x)}</small>
        </b>
      </figcaption>
      <svg
        className="chart-area"
        role="img"
        aria-label={texts().charts.says(title, sayX(last.x), sayY(last.y))}
        onPointerMove={follow}
        onPointerLeave={() => setAt(undefined)}
      >
        <Area points={points} from={first.x} to={last.x} sayY={sayY} at={at} steps={steps ?? false} />
      </svg>
      <div className="chart-foot number" aria-hidden="true">
        <span>{sayX(first.x)}</span>
        <span>{sayX((first.x + last.x) / 2)}</span>
        <span>{sayX(last.x)}</span>
      </div>
      <Values title={title} points={points} sayX={sayX} sayY={sayY} />
    </figure>
  )
}

interface AreaProps {
  readonly points: readonly Point[]
  readonly from: number
  readonly to: number
  readonly sayY: (y: number) => string
  readonly at: Point | undefined
  readonly steps: boolean
}

/** Lines of the grid with their values, the curve, and where the pointer is. */
function Area({ points, from, to, sayY, at, steps }: AreaProps): ReactNode {
  const marks = ticks(Math.max(...points.map(({ y }) => y)))
  const top = marks.at(-1) ?? 1
  const [across, up] = [(x: number) => shareOf(x, from, to), (y: number) => 100 - shareOf(y, 0, top)]
  const place = ({ x, y }: Point): string => `${across(x).toFixed(2)} ${up(y).toFixed(2)}`
  const line = points
    .map((point, index) => {
      const before = points[index - 1]
      const corner = steps && before ? `L${place({ x: point.x, y: before.y })} ` : ''
      return `${index === 0 ? 'M' : `${corner}L`}${place(point)}`
    })
    .join(' ')
  return (
    <>
      {marks.map((mark) => (
        <g key={mark}>
          <line className="grid" x1="0" x2="100%" y1={`${up(mark)}%`} y2={`${up(mark)}%`} />
          <text className="tick" x="2" y={`${up(mark)}%`} dy={mark === top ? 13 : -4}>
            {mark === 0 ? '' : sayY(mark)}
          </text>
        </g>
      ))}
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: a part of the picture that has its label */}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">
        <path className="area" d={`${line} L100 100 L0 100 Z`} />
        <path className="line" d={line} vectorEffect="non-scaling-stroke" />
      </svg>
      {at ? <line className="cursor" x1={`${across(at.x)}%`} x2={`${across(at.x)}%`} y1="0" y2="100%" /> : null}
    </>
  )
}

function Values({ title, points, sayX, sayY }: Pick<CurveProps, 'title' | 'points' | 'sayX' | 'sayY'>): ReactNode {
  return (
    <details className="raw">
      <summary>{texts().charts.values}</summary>
      <table aria-label={title}>
        <tbody>
          {thinned(points).map((point) => (
            <tr key={point.x}>
              <th scope="row">{sayX(point.x)}</th>
              <td data-end="true">{sayY(point.y)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function thinned(points: readonly Point[]): readonly Point[] {
  const step = Math.max(1, Math.ceil(points.length / TABLE_ROWS))
  return points.filter((_, index) => index % step === 0 || index === points.length - 1)
}
