/** One terminal platform, two CPO platforms at once, over real sockets. They use the same ids: nothing may be mixed up. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from 'plugtill/command-line'
import { readConfig } from 'plugtill/config'
import { type Sandbox, startSandbox } from 'plugtill/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ExternalCpo, externalCpo } from './external-cpo.ts'
import { eventually, freePort } from './started.ts'

const SPEED = 300
const data = mkdtempSync(join(tmpdir(), 'plugtill-two-cpos-'))
let sandbox: Sandbox
let other: ExternalCpo
/** Terminal of the sandbox's own CPO, and of the other one. */
let [here, there] = ['', '']

async function plugtill(...argv: string[]) {
  const out: string[] = []
  const status = await run([...argv, '--json', '--api', sandbox.publicUrl], {
    env: {},
    out: (line) => void out.push(line),
    err: () => undefined,
    stopped: new AbortController().signal,
  })
  return { status, lines: out.map((line) => JSON.parse(line)) }
}
const answer = async (...argv: string[]) => (await plugtill(...argv)).lines[0]
const get = async <T>(path: string): Promise<T> => (await (await fetch(`${sandbox.publicUrl}${path}`)).json()) as T

interface Told {
  readonly authorization_reference: string
}
const advicesOf = {
  here: () => get<readonly Told[]>('/cpo/api/advices'),
  there: () => other.admin.get<readonly Told[]>('/advices'),
}
const references = async (advices: Promise<readonly Told[]>) =>
  (await advices).map(({ authorization_reference }) => authorization_reference)

beforeAll(async () => {
  const flags = { port: String(await freePort()), data, speed: String(SPEED), logLevel: 'silent' }
  sandbox = await startSandbox(readConfig({ env: {}, flags }), { cpo: true })
  here = sandbox.furnished!.terminals.find(({ location_ids }) => location_ids.includes('LOC-CITY'))!.terminal_id
  other = await externalCpo(SPEED)
  const party = ['--country-code', 'DE', '--party-id', 'XYZ', '--role', 'CPO']
  const invited = await answer('peers', 'invite', '--platform', 'ptp', ...party)
  await other.admin.post('/peers/register', { versions_url: invited.versions_url, token: invited.token })
  const contract = await answer('contracts', 'add', '--peer', invited.id, '--customer-reference', 'XYZ-1')
  there = (await answer('terminals', 'add', '--contract', contract.id)).terminal_id
  await eventually('the other terminal is assigned', () =>
    other.admin.post<object>(`/terminals/${there}/assign`, { locations: ['LOC-CITY'] }).catch(() => undefined),
  )
  await eventually('its chargers are for sale', async () => {
    const sellable = await get<readonly { readonly status: string }[]>(`/ptp/api/terminals/${there}/sellable`)
    return sellable.some(({ status }) => status === 'AVAILABLE') || undefined
  })
}, 120_000)
afterAll(async () => {
  await sandbox.stop()
  rmSync(data, { recursive: true })
})

test('the same EVSE uid at both, at the same time: each payment is started, billed and advised at its own CPO', {
  timeout: 90_000,
}, async () => {
  const tap = (terminal: string) => plugtill('tap', '--terminal', terminal, '--evse', 'NLPLGE101', '--follow')
  const both = await Promise.all([tap(here), tap(there)])
  expect(both.map(({ status }) => status)).toEqual([0, 0])
  const [first, second] = both.map(({ lines }) => lines[0].reference as string)
  expect(await references(advicesOf.here())).toEqual([first])
  expect(await references(advicesOf.there())).toEqual([second])
  const [mine, theirs] = [await answer('payments', 'show', first!), await answer('payments', 'show', second!)]
  expect(mine.peer).not.toBe(theirs.peer)
  expect([mine.state, theirs.state]).toEqual(['captured', 'captured'])
  expect(await (await fetch(theirs.receipt_url)).text()).toContain('Another Operator')
  const even = await plugtill('reconcile')
  expect([even.status, even.lines[0].payments, even.lines[0].findings]).toEqual([0, 2, []])
})

test('one CPO is gone in the middle of a session: the other one sells and is told everything all the same', {
  timeout: 90_000,
}, async () => {
  const orphan = await answer('tap', '--terminal', there, '--evse', 'NLPLGE102')
  await eventually('it charges there', async () =>
    (await answer('payments', 'show', orphan.reference)).state === 'charging' ? true : undefined,
  )
  await other.close()
  const next = await plugtill('tap', '--terminal', here, '--evse', 'NLPLGE102', '--follow')
  expect(next.status).toBe(0)
  expect(await references(advicesOf.here())).toContain(next.lines[0].reference)
  // Nobody knows what the lost session cost: the hold stands and waits, and is listed with its age.
  const left = await answer('payments', 'show', orphan.reference)
  expect(['charging', 'stopping', 'awaiting-cdr']).toContain(left.state)
  const books = await plugtill('reconcile')
  expect(books.lines[0].open_holds.map(({ reference }: { readonly reference: string }) => reference)).toEqual([
    orphan.reference,
  ])
  expect(books.lines[0].findings).toEqual([])
})
