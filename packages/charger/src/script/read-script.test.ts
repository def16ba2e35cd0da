import { expect, test } from 'vitest'
import { msOf, msOrNever } from './duration.ts'
import { readScript } from './read-script.ts'
import { plansOf } from './station-plan.ts'

const said = (text: string) => {
  const read = readScript(text)
  return 'wrong' in read ? read.wrong.map(({ line, column, message }) => `${line}:${column} ${message}`) : []
}

test('each mistake is told with its line, its place and what would be right', () => {
  expect(
    said(`stations:
  - id: CP1
    ocpp: 1.6
    connectors:
      - { kind: AC, max_power_kw: 22 }
      - { kind: BC, max_power_kw: 22 }
    behaviour:
      remote_strat: reject
      answer_after: five minutes
    steps:
      - wait: 5s
      - plug: {}
        unplug: {}
      - fault: { code: Bad Mood }
`),
  ).toEqual([
    '3:11 stations.0.ocpp has to be a text, in quotes if it looks like a number, not 1.6',
    '6:17 stations.0.connectors.1.kind has to be one of AC, DC, not "BC"',
    '8:21 stations.0.behaviour.remote_strat is not known here',
    '9:21 stations.0.behaviour.answer_after has to be a time like 500ms, 5s, 2min or 1h, not "five minutes"',
    '12:9 stations.0.steps.1 has to be exactly one thing; begin each with its own dash',
    expect.stringMatching(
      /^14:24 stations\.0\.steps\.2\.fault\.code has to be one of .*GroundFailure.*, not "Bad Mood"$/,
    ),
  ])
})

test('a file that is no YAML is told where it breaks', () => {
  const [first] = said('stations:\n  - id: CP1\n   ocpp: "1.6"\n')
  expect(first).toMatch(/^[23]:\d+ /)
})

test('what is missing is told at what lacks it', () => {
  expect(said('stations:\n  - ocpp: "1.6"\n')).toEqual(['2:5 stations.0 needs id'])
  expect(said('')).toEqual(['1:1 the script has to be a mapping, not null'])
  expect(said('stations: []\n')[0]).toContain('at least one entry')
})

test('aliases that multiply without end are refused', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`
  expect(said(bomb)[0]).toContain('alias')
})

test('times are read exactly', () => {
  expect(['500ms', '5s', '2min', '1.5h', '-90s', '+2h'].map(msOf)).toEqual([
    500, 5_000, 120_000, 5_400_000, -90_000, 7_200_000,
  ])
  expect(msOrNever('never')).toBe('never')
})

test('two stations of one name are refused', () => {
  const read = readScript('stations:\n  - id: A\n  - id: a\n')
  expect(() => ('script' in read ? plansOf(read.script) : undefined)).toThrow('Two stations are called "a"')
})
