/** What a charge would cost: four sliders, the receipt with its reasons, the course of the cost. */
import type { ReactNode } from 'react'
import { useId, useState } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { money, number } from '../../look/format.ts'
import type { MinorAmount } from '../../look/platform-api.ts'
import { Curve } from '../charts/curve.tsx'
import { plain } from '../parts/values.tsx'
import { useTool } from './tool.ts'

interface Priced {
  readonly total: MinorAmount
  readonly minutes: number
  readonly charging_minutes: number
  readonly text: {
    readonly lines: readonly Line[]
    readonly total: Line
    readonly free: readonly { readonly text: string; readonly details: readonly string[] }[]
  }
  readonly curve: readonly { readonly minutes: number; readonly energy_kwh: number; readonly cost_minor: number }[]
}

interface Line {
  readonly amount: string
  readonly text: string
  readonly details: readonly string[]
}

interface CalculatorProps {
  readonly tariff: unknown
  readonly timeZone: string
  readonly language: string
}

export function Calculator({ tariff, timeZone, language }: CalculatorProps): ReactNode {
  const t = texts().calculator
  const [energy, setEnergy] = useState(30)
  const [power, setPower] = useState(50)
  const [idle, setIdle] = useState(0)
  const [hour, setHour] = useState(12)
  const priced = useTool<Priced>('/tools/api/price', {
    tariff,
    language,
    start: startAt(hour, timeZone),
    time_zone: timeZone,
    energy_kwh: energy,
    power_kw: power,
    idle_minutes: idle,
  })
  const { data } = priced
  return (
    <section className="calculator" aria-label={t.title} data-testid="calculator">
      <div className="sliders">
        <Slider
          name={t.energy}
          value={energy}
          say={`${number(energy, 0)} kWh`}
          range={[1, 100, 1]}
          onChange={setEnergy}
          testId="slider-energy"
        />
        <Slider name={t.power} value={power} say={`${number(power, 0)} kW`} range={[2, 350, 1]} onChange={setPower} />
        <Slider
          name={t.idle}
          value={idle}
          say={t.minutes(idle)}
          range={[0, 240, 5]}
          onChange={setIdle}
          testId="slider-idle"
        />
        <Slider name={t.start} value={hour} say={clock(hour)} range={[0, 23.75, 0.25]} onChange={setHour} />
      </div>
      {priced.problem ? <p className="problem">{priced.problem}</p> : null}
      {data ? <Outcome priced={data} timeZone={timeZone} /> : null}
    </section>
  )
}

function Outcome({ priced, timeZone }: { readonly priced: Priced; readonly timeZone: string }): ReactNode {
  const t = texts().calculator
  const { currency } = priced.total
  return (
    <div className="columns">
      <div>
        <p className="price-total" aria-live="polite">
          <b className="number" data-testid="price-total">
            {money(priced.total)}
          </b>{' '}
          <span className="quiet">{t.takes(priced.charging_minutes, priced.minutes, timeZone)}</span>
        </p>
        <ul className="receipt">
          {[...priced.text.lines, priced.text.total].map((line) => (
            <li key={`${line.text} ${line.amount}`}>
              <span>
                {plain(line.text, 200)}
                {line.details.map((detail) => (
                  <small key={detail}>{plain(detail, 300)}</small>
                ))}
              </span>
              <b className="number">{plain(line.amount, 40)}</b>
            </li>
          ))}
        </ul>
      </div>
      <Curve
        title={t.curve}
        points={priced.curve.map(({ minutes, cost_minor }) => ({ x: minutes, y: cost_minor }))}
        sayX={t.minutes}
        sayY={(minor) => money({ amount_minor: Math.round(minor), currency })}
      />
    </div>
  )
}

interface SliderProps {
  readonly name: string
  readonly value: number
  readonly say: string
  readonly range: readonly [least: number, most: number, step: number]
  readonly onChange: (value: number) => void
  readonly testId?: string
}

function Slider({ name, value, say, range: [least, most, step], onChange, testId }: SliderProps): ReactNode {
  const id = useId()
  return (
    <div className="slider">
      <label htmlFor={id}>{name}</label>
      <output htmlFor={id} className="number">
        {say}
      </output>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-valuetext={say}
        data-testid={testId}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  )
}

const two = (value: number): string => String(value).padStart(2, '0')
const clock = (hour: number): string => `${two(Math.floor(hour))}:${two(Math.round((hour % 1) * 60))}`

/** Today at this hour where the location is: the zone's difference is read off a clock there. */
function startAt(hour: number, timeZone: string): string {
  const day = new Date().toISOString().slice(0, 10)
  const asUtc = Date.parse(`${day}T${clock(hour)}:00Z`)
  const there = new Intl.DateTimeFormat('sv-SE', { timeZone: known(timeZone), dateStyle: 'short', timeStyle: 'medium' })
  const difference = Date.parse(`${there.format(asUtc).replace(' ', 'T')}Z`) - asUtc
  return new Date(asUtc - difference).toISOString()
}

function known(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
