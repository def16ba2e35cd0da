import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plugtill, type Ran } from './shell.ts'
import { npmStart, root, type Started, stopAll } from './started.ts'

interface Report {
  readonly milestones: readonly {
    readonly id: string
    readonly status: string
    readonly blocked_by: readonly string[]
  }[]
  readonly roots: readonly string[]
  readonly rules: readonly { readonly id: string; readonly status: string }[]
}
interface Board {
  readonly role: string
  readonly milestones: readonly { readonly id: string; readonly status: string }[]
}

const REACHED = [
  'platform-registration',
  'terminal-registration',
  'locations-exchange',
  'tariffs-exchange',
  'start-session',
  'finalise-session',
].map((id) => ({ id, status: 'pass' }))

afterAll(stopAll)

describe('the judge from the shell', () => {
  let sandbox: Started
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-check-'))
  beforeAll(async () => {
    sandbox = await npmStart()
  }, 180_000)
  afterAll(async () => {
    await sandbox?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const invitation = async () => {
    const args = ['peers', 'invite', '--platform', 'cpo', '--country-code', 'NL', '--party-id', 'JDG', '--json']
    return (await plugtill(args, { api: sandbox.url })).json<{
      readonly versions_url: string
      readonly token: string
    }>()
  }
  const check = async (token: string, ...more: string[]): Promise<Ran> =>
    plugtill(['check', 'cpo', '--versions-url', `${sandbox.url}/cpo/ocpi/versions`, '--token', token, ...more])

  test('a healthy CPO reaches all milestones; a program does what a person would', { timeout: 180_000 }, async () => {
    // The only step that a car or a card of the sandbox does not do by itself.
    const hook = `[ "$PLUGTILL_STEP" != assign-terminal ] || "${process.execPath}" "${join(root, 'apps/cli/bin/plugtill.mjs')}" terminals assign --terminal "$PLUGTILL_TERMINAL_ID" --locations LOC-CITY --api ${sandbox.url}`
    const file = join(folder, 'report.html')
    const args = ['--operator-hook', hook, '--report', 'html', '--output', file, '--json']
    const ran = await check((await invitation()).token, ...args)

    const { milestones, roots } = ran.json<Report>()
    expect({ roots, err: ran.err.includes('▶ ') }).toEqual({ roots: [], err: true })
    expect(milestones.map(({ id, status }) => ({ id, status }))).toEqual(REACHED)
    expect(ran.status).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('Nothing to mend')
  })

  test('a wrong token: the first rule leads, everything else follows from it, exit 1', {
    timeout: 60_000,
  }, async () => {
    const ran = await check('a-token-that-nobody-gave', '--milestone', 'platform-registration', '--patience', '2')

    expect(ran.status).toBe(1)
    expect(ran.out).toContain('error[versions.get/1]')
    expect(ran.out).toContain('Platform Registration')
    expect(ran.out).not.toContain('Locations Exchange')
  })

  test('an expected failure that holds by now fails the run', { timeout: 60_000 }, async () => {
    const file = join(folder, 'expected.yaml')
    writeFileSync(file, '- rule: versions.get/2\n  reason: comes with the next release\n')
    const args = ['--milestone', 'platform-registration', '--rule', 'versions.get', '--expected-failures', file]
    const ran = await check((await invitation()).token, ...args)

    expect(ran.status).toBe(1)
    expect(ran.err).toContain('versions.get/2 holds by now: take it out of the expected failures.')
  })

  test('the boards of a running sandbox are read from the shell', async () => {
    const boards = (await plugtill(['milestones', '--json'], { api: sandbox.url })).json<readonly Board[]>()
    expect(boards.map(({ role }) => role).sort()).toEqual(['cpo', 'ptp'])
    expect(boards.map(({ milestones }) => milestones[0]?.status)).toEqual(['pass', 'pass'])
    expect(boards.flatMap(({ milestones }) => milestones.filter(({ status }) => status === 'fail'))).toEqual([])
  })
})

test('the judge says what is wrong with how it was called', async () => {
  const none = await plugtill(['check', 'cpo'])
  expect([none.status, none.err]).toEqual([2, expect.stringContaining('Give --versions-url URL and --token T')])
  const rule = await plugtill(['check', 'ptp', '--rule', 'nothing.of/1', '--list'])
  expect([rule.status, rule.err]).toEqual([2, expect.stringContaining('--rule is "nothing.of/1"')])
  const far = await plugtill(['check', 'cpo', '--versions-url', 'https://cpo.example/ocpi/versions', '--token', 't'])
  expect([far.status, far.err]).toEqual([2, expect.stringContaining('--public-url')])
})

test('every rule is listed with its source, also as JSON', async () => {
  const listed = await plugtill(['check', 'ptp', '--list', '--json'])
  const rules = listed.json<readonly { readonly id: string; readonly source: { readonly kind: string } }[]>()
  expect(rules.length).toBeGreaterThanOrEqual(250)
  expect(new Set(rules.map(({ source }) => source.kind))).toEqual(new Set(['specification', 'payter', 'ours']))
})
