import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { externalCpo } from './external-cpo.ts'
import { plugtill } from './shell.ts'
import { eventually, freePort, npmStart, type Started, stopAll } from './started.ts'

interface Terminal {
  readonly terminal_id: string
  readonly location_ids: readonly string[]
}
interface Payment {
  readonly reference: string
  readonly state: string
  readonly captured: { amount_minor: number } | null
  readonly advice: { status: string; delivered_at: string | null } | null
}
interface Line {
  readonly at: string
  readonly kind: string
  readonly reference: string
  readonly state: string
}

afterAll(stopAll)

describe('from the shell against npm start', () => {
  let sandbox: Started
  let terminal: string
  beforeAll(async () => {
    sandbox = await npmStart({ args: ['--speed', '60'] })
    const all = (await plugtill(['terminals', 'list', '--json'], { api: sandbox.url })).json<readonly Terminal[]>()
    terminal = all.find(({ location_ids }) => location_ids.includes('LOC-CITY'))!.terminal_id
  }, 180_000)
  afterAll(() => sandbox?.stop())
  const run = (...args: string[]) => plugtill(args, { api: sandbox.url })

  test('tap --follow --json tells one line per event until nothing is left to do; exit 0', {
    timeout: 120_000,
  }, async () => {
    const followed = await run('tap', '--terminal', terminal, '--evse', 'NLPLGE101', '--follow', '--json')
    expect(followed.err).toBe('')
    expect(followed.status).toBe(0)
    const lines = followed.lines<Line>()
    expect(new Set(lines.map(({ reference }) => reference)).size).toBe(1)
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['state', 'terminal', 'psp', 'ocpi']))
    expect(lines.at(-1)!.state).toBe('captured')

    const shown = (await run('payments', 'show', lines[0]!.reference, '--json')).json<Payment>()
    expect(shown).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
    expect(shown.advice!.delivered_at).not.toBeNull()
    const ledger = (await run('psp', 'ledger', '--json')).json<
      readonly { reference: string; operation: string; amount: { amount_minor?: number } }[]
    >()
    const own = ledger.filter(({ reference }) => reference === shown.reference)
    expect(own.map(({ operation }) => operation)).toEqual(['authorize', 'capture'])
  })

  test('the driver stops with the same card; another card is refused with exit 1', { timeout: 60_000 }, async () => {
    const { reference } = (await run('tap', '--terminal', terminal, '--evse', 'NLPLGE102', '--json')).json<Payment>()
    await eventually('it charges', async () =>
      (await sandbox.get<Payment>(`/ptp/api/payments/${reference}`)).state === 'charging' ? true : undefined,
    )
    const other = await run(
      'stop',
      '--terminal',
      terminal,
      '--reference',
      reference,
      '--card',
      'approved-mastercard',
      '--json',
    )
    expect(other.status).toBe(1)
    expect(other.json<{ refused: string }>().refused).toMatch(/wrong-card/)
    expect((await run('stop', '--terminal', terminal, '--reference', reference, '--json')).status).toBe(0)
    await eventually('it is captured', async () =>
      (await sandbox.get<Payment>(`/ptp/api/payments/${reference}`)).state === 'captured' ? true : undefined,
    )
  })

  test('contracts from the shell: added, shown, changed; a wrong setting and a wrong decision say what is possible', async () => {
    const [peer] = (await run('peers', 'list', '--platform', 'ptp', '--json')).json<readonly { id: string }[]>()
    const set = ['--set', 'hold_strategy=driver', '--set', 'hold_choices_minor=EUR:1000/2000']
    const added = (await run('contracts', 'add', '--peer', peer!.id, ...set, '--json')).json<{ id: string }>()
    const changed = await run('contracts', 'change', added.id, '--unset', 'hold_strategy', '--json')
    expect(changed.json<object>()).toMatchObject({
      settings: { hold_choices_minor: { EUR: [1000, 2000] } },
      effective: { hold_strategy: 'full', cdr_check: 'quarantine' },
    })
    const wrong = await run('contracts', 'change', added.id, '--set', 'no_cdr=keep')
    expect([wrong.status, wrong.err]).toEqual([1, expect.stringContaining('void, session-cost') as unknown])
    expect((await run('contracts', 'change', added.id, '--set', 'nothing=1')).status).toBe(2)
    expect((await run('payments', 'resolve', 'x', '--reason', 'no')).status).toBe(2)
  })

  test('a declined card is a payment in state declined and exit 1', async () => {
    const declined = await run('tap', '--terminal', terminal, '--evse', 'NLPLGE101', '--card', 'declined', '--json')
    expect(declined.status).toBe(1)
    expect(declined.json<Payment>().state).toBe('declined')
  })

  test('P6X is refused with the reason; a wrong word is wrong usage; nobody there is exit 3', async () => {
    const [peer] = (await run('peers', 'list', '--platform', 'ptp', '--json')).json<readonly { id: string }[]>()
    const p6x = await run('terminals', 'add', '--peer', peer!.id, '--model', 'p6x')
    expect(p6x.status).toBe(1)
    expect(p6x.err + p6x.out).toMatch(/touch screen/)
    expect((await run('peers', 'befriend')).status).toBe(2)
    expect((await run('tap', '--terminal', terminal)).status).toBe(2)
    const nobody = await plugtill(['payments', 'list'], { api: `http://localhost:${await freePort()}` })
    expect(nobody.status).toBe(3)
    expect(nobody.err.trim().split('\n')).toHaveLength(1)
  })

  test('a taken port, a wrong DATABASE_URL and an impossible setting: one line each, what and how to mend it', {
    timeout: 60_000,
  }, async () => {
    const squatter = createServer()
    const port = await freePort()
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
    const data = `${sandbox.data}/other`
    const taken = await plugtill(['sandbox', '--port', String(port), '--data', data])
    squatter.close()
    expect([taken.status, taken.err.trim().split('\n').length]).toEqual([3, 1])
    expect(taken.err).toMatch(new RegExp(`${port}`))
    const free = String(await freePort())
    const lost = await plugtill([
      'sandbox',
      '--port',
      free,
      '--data',
      data,
      '--database-url',
      'postgres://nobody:secret@127.0.0.1:1/none',
    ])
    expect([lost.status, lost.err.trim().split('\n').length]).toEqual([3, 1])
    expect(lost.err).not.toMatch(/secret/)
    const impossible = await plugtill(['config'], { env: { PLUGTILL_PLUG_IN_WINDOW_S: 'soon' } })
    expect([impossible.status, impossible.err.trim().split('\n').length]).toEqual([2, 1])
    expect(impossible.err).toMatch(/PLUGTILL_PLUG_IN_WINDOW_S.*soon/)
  })
})

test('the process is killed in mid-charge and started again on the same data: the payment ends as if nothing had been', {
  timeout: 180_000,
}, async () => {
  const first = await npmStart({ args: ['--speed', '10'] })
  const [{ terminal_id: terminal }] = await first.get<readonly [Terminal]>('/ptp/api/terminals')
  const [{ evse_uid: evse }] = await first.get<readonly [{ evse_uid: string }]>(
    `/ptp/api/terminals/${terminal}/sellable`,
  )
  const { reference } = (
    await plugtill(['tap', '--terminal', terminal, '--evse', evse, '--json'], { api: first.url })
  ).json<Payment>()
  await eventually('energy flows', async () => {
    const { session } = await first.get<{ session: { kwh: number } | null }>(`/ptp/api/payments/${reference}`)
    return session !== null && session.kwh > 0 ? true : undefined
  })
  await first.kill()
  const second = await npmStart({ data: first.data, port: first.port, args: ['--speed', '10'] })
  const ended = await eventually(
    'it is captured and advised',
    async () => {
      const payment = await second.get<Payment>(`/ptp/api/payments/${reference}`)
      return payment.advice?.delivered_at ? payment : undefined
    },
    120_000,
  )
  expect(ended).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
  const ledger = await second.get<readonly { reference: string; operation: string }[]>('/ptp/api/psp/ledger')
  expect(ledger.filter((entry) => entry.reference === reference).map(({ operation }) => operation)).toEqual([
    'authorize',
    'capture',
  ])
  await second.stop()
})

test('sandbox --no-cpo charges with any CPO that follows the specification', { timeout: 180_000 }, async () => {
  const sandbox = await npmStart({ args: ['--no-cpo', '--speed', '60'] })
  const cpo = await externalCpo(60)
  const run = (...args: string[]) => plugtill([...args, '--json'], { api: sandbox.url })
  const invited = (
    await run('peers', 'invite', '--platform', 'ptp', '--country-code', 'DE', '--party-id', 'XYZ', '--role', 'CPO')
  ).json<{ id: string; versions_url: string; token: string }>()
  await cpo.admin.post('/peers/register', { versions_url: invited.versions_url, token: invited.token })
  const { terminal_id: terminal } = (await run('terminals', 'add', '--peer', invited.id)).json<Terminal>()
  await eventually('the sites are mirrored', async () =>
    (await sandbox.get<readonly unknown[]>('/ptp/api/locations')).length > 0 ? true : undefined,
  )
  await eventually('the terminal is assigned', () =>
    cpo.admin.post<Terminal>(`/terminals/${terminal}/assign`, { locations: ['LOC-CITY'] }).catch(() => undefined),
  )
  const followed = await run('tap', '--terminal', terminal, '--evse', 'NLPLGE101', '--follow')
  expect([followed.status, followed.err]).toEqual([0, ''])
  expect(followed.lines<Line>().at(-1)!.state).toBe('captured')
  expect(await cpo.admin.get<readonly unknown[]>('/advices')).toHaveLength(1)
  await cpo.close()
  await sandbox.stop()
})
