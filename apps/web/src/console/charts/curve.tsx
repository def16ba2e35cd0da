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
  const marks = ticks(Math.max(...points.map(({ y }) => y)))
  const top = marks.at(-1) ?? 1
  const place = ({ x, y }: Point): string =>
    `${shareOf(x, first.x, last.x).toFixed(2)} ${(100 - shareOf(y, 0, top)).toFixed(2)}`
  const line = points
    .map((point, index) => {
      const before = points[index - 1]
      const corner = steps && before ? `L${place({ x: point.x, y: before.y })} ` : ''
      return `${index === 0 ? 'M' : `${corner}L`}${place(point)}`
    })
    .join(' ')
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
        {marks.map((mark) => (
          <g key={mark}>
            <line
              className="grid"
              x1="0"
              x2="100%"
              y1={`${100 - shareOf(mark, 0, top)}%`}
              y2={`${100 - shareOf(mark, 0, top)}%`}
            />
            <text className="tick" x="2" y={`${100 - shareOf(mark, 0, top)}%`} dy={mark === top ? 13 : -4}>
              {sayY(mark)}
            </text>
          </g>
        ))}
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: a part of the picture that has its label */}
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">
          <path className="area" d={`${line} L100 100 L0 100 Z`} />
          <path className="line" d={line} vectorEffect="non-scaling-stroke" />
        </svg>
        {at ? (
          <line
            className="cursor"
            x1={`${shareOf(at.x, first.x, last.x)}%`}
            x2={`${shareOf(at.x, first.x, last.x)}%`}
            y1="0"
            y2="100%"
          />
        ) : null}
      </svg>
      <div className="chart-foot number" aria-hidden="true">
        <span>{sayX(first.x)}</span>
        <span>{sayX((first.x + last.x) / 2)}</span>
        <span>{sayX(last.x)}</span>
      </div>
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
    </figure>
  )
}

function thinned(points: readonly Point[]): readonly Point[] {
  const step = Math.max(1, Math.ceil(points.length / TABLE_ROWS))
  return points.filter((_, index) => index % step === 0 || index === points.length - 1)
}
