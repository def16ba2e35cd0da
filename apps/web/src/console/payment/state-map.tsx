/** The payment's states as a map: where it is, which way it came, where it can go from here. */
import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import table from './arrows.json' with { type: 'json' }

/** Where each state stands: the way to the money in the middle, lost answers above, giving back below. */
const PLACES: Readonly<Record<string, readonly [column: number, row: number]>> = {
  authorizing: [0, 1],
  starting: [1, 1],
  'awaiting-session': [2, 1],
  charging: [3, 1],
  stopping: [4, 1],
  'awaiting-cdr': [5, 1],
  capturing: [6, 1],
  captured: [7, 1],
  'authorization-unknown': [0, 0],
  'start-unknown': [1, 0],
  'capture-unknown': [6, 0],
  stuck: [7, 0],
  declined: [0, 2],
  voiding: [3, 2],
  'void-unknown': [4, 2],
  voided: [5, 2],
}
const [WIDE, HIGH, BOX_WIDE, BOX_HIGH] = [140, 84, 122, 34]

/** Letters that a box holds in one line, in the widest of the fonts. */
const FITS = 16
const LINE = 13

/** Arrows that bend around the outer rows. */
const AROUND = 22

const arrows = table.arrows.map((text) => {
  const [way = '', on = ''] = text.split(': ')
  const [from = '', to = ''] = way.split(' > ')
  return { from, to, on }
})

const middle = (state: string): readonly [number, number] => {
  const [column, row] = PLACES[state] ?? [7, 2]
  return [column * WIDE + WIDE / 2, row * HIGH + HIGH / 2]
}

interface StateMapProps {
  readonly state: string
  /** The states it was in, in order. */
  readonly path: readonly string[]
}

export function StateMap({ state, path }: StateMapProps): ReactNode {
  const t = texts().payment
  const taken = new Set(path.slice(1).map((to, index) => `${path[index]} > ${to}`))
  const next = arrows.filter(({ from }) => from === state)
  const drawn = arrows
    .map((arrow) => ({
      ...arrow,
      way: taken.has(`${arrow.from} > ${arrow.to}`) ? 'taken' : arrow.from === state ? 'next' : 'other',
    }))
    .toSorted((a, b) => RANK.indexOf(a.way) - RANK.indexOf(b.way))
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no mouse scrolls with the keys */}
      <section className="map-room" tabIndex={0} aria-label={t.states}>
        <svg
          className="map"
          viewBox={`0 ${-AROUND} ${8 * WIDE} ${3 * HIGH + 2 * AROUND}`}
          role="img"
          aria-label={t.mapSays(state, path.join(' → '))}
          data-testid="state-map"
        >
          {drawn.map(({ from, to, on, way }) => (
            <path key={`${from} ${to}`} className="map-arrow" data-way={way} d={curve(from, to)}>
              <title>{`${from} → ${to}: ${on}`}</title>
            </path>
          ))}
          {table.states.map((name) => (
            <Box key={name} name={name} here={name === state} been={path.includes(name)} />
          ))}
        </svg>
      </section>
      {next.length > 0 ? (
        <details className="raw">
          <summary>{t.nextStates(next.length)}</summary>
          <ul className="plain-list">
            {next.map(({ to, on }) => (
              <li key={to}>
                <b>{to}</b> {on}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  )
}

const RANK = ['other', 'next', 'taken']

function Box({
  name,
  here,
  been,
}: {
  readonly name: string
  readonly here: boolean
  readonly been: boolean
}): ReactNode {
  const [x, y] = middle(name)
  return (
    <g className="map-state" data-here={here} data-been={been}>
      <rect x={x - BOX_WIDE / 2} y={y - BOX_HIGH / 2} width={BOX_WIDE} height={BOX_HIGH} rx="17" />
      {linesOf(name).map((line, index, all) => (
        <text key={line} x={x} y={y + 4 + (index - (all.length - 1) / 2) * LINE} textAnchor="middle">
          {line}
        </text>
      ))}
    </g>
  )
}

/** A name that is wider than its box is broken at a hyphen. */
const linesOf = (name: string): readonly string[] =>
  name.length <= FITS ? [name] : [name.slice(0, name.indexOf('-') + 1), name.slice(name.indexOf('-') + 1)]

/** Straight to a neighbour, bent around what stands between. */
function curve(from: string, to: string): string {
  const [[ax, ay], [bx, by]] = [middle(from), middle(to)]
  if (ay !== by || Math.abs(ax - bx) <= WIDE) return `M${ax} ${ay} L${bx} ${by}`
  const lift = Math.min(HIGH * 0.44, 14 + Math.abs(ax - bx) / 26) * (ax < bx ? -1 : 1)
  return `M${ax} ${ay} C${ax + (bx - ax) / 4} ${ay + 2 * lift} ${bx - (bx - ax) / 4} ${by + 2 * lift} ${bx} ${by}`
}
