/** From the first terminal to its assignment, as a CPO sees and does it. (D-05 to D-10) */
import { payments, type TerminalReceived } from '@plugtill/ocpi/modules/payments'
import { formatDateTime } from '@plugtill/ocpi/types'
import { DEAR, FAST, SLOW, STREET, YARD } from '../lean-cpo-sites.ts'
import type { PtpStage, Scenario } from '../scenario.ts'
import type { View } from '../view.ts'
import { ask } from './ask.ts'

const POLL_MS = 5_000
export const INVOICES = 'https://invoices.example/of'

/** The terminal that the run is about: the one posted last, else the last of the list. */
export function terminalOf(view: View): TerminalReceived | undefined {
  const posted = view.valid('Terminal').filter(({ side }) => side === 'question')
  return (posted.at(-1) ?? view.valid('Terminal').at(-1))?.value
}

/** Answers the first POST to such a path with a failure, as a probe of this name. */
export function failsOnce({ desk }: PtpStage, name: string, path: string): () => void {
  let left = 1
  return desk.intercept({
    name,
    answer: (request) => {
      const fits = request.method === 'POST' && request.url.split('?')[0]?.replace(/\/$/, '').endsWith(path)
      if (!fits || left === 0) return undefined
      left -= 1
      return failure(desk.parts.clock.now())
    },
  })
}

const failure = (now: number) => ({
  status: 500,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ status_code: 3000, status_message: 'Try again later.', timestamp: formatDateTime(now) }),
})

async function listed({ desk, cpo }: PtpStage): Promise<void> {
  const calls = await desk.call(payments, 'sender')
  for await (const one of calls.terminals()) cpo.terminals.put(one, one.terminal_id)
}

async function appears(stage: PtpStage): Promise<void> {
  const { desk, cpo, operator, operatorMs, patienceMs } = stage
  const { countryCode, partyId } = desk.parts.party
  const undo = failsOnce(stage, 'payments.terminal-failed', '/terminals')
  const text = `Put up a terminal for the CPO ${countryCode}-${partyId} now, so that it is told to this CPO.`
  const acted = Promise.resolve(
    operator({ id: 'add-terminal', text, details: { country_code: countryCode, party_id: partyId } }),
  )
  acted.catch(() => undefined)
  const until = desk.parts.clock.now() + operatorMs
  const posted = (view: View) => view.of('partner', 'payments.postTerminal').at(-1)
  while (desk.parts.clock.now() < until) {
    const seen = await desk.waitFor((view) => posted(view) ?? view.probes('payments.terminal-failed')[0], POLL_MS)
    if (seen !== undefined) break
    await listed(stage).catch(() => undefined)
    if (cpo.terminals.all().length > 0) break
  }
  await desk.waitFor(posted, patienceMs)
  undo()
  await listed(stage).catch(() => undefined)
  if (terminalOf(desk.view()) === undefined) throw new Error('No terminal appeared; everything after it needs one.')
}

/** Sets fields of the terminal in the usual way, and reads it again. */
async function change(stage: PtpStage, fields: object, probe?: string): Promise<void> {
  const { desk } = stage
  const id = terminalOf(desk.view())?.terminal_id
  if (id === undefined) return
  const params = { terminal_id: id }
  const body = { ...fields, last_updated: formatDateTime(desk.parts.clock.now()) }
  if (probe !== undefined) {
    await ask(desk, probe, { module: payments, role: 'sender', row: 'patchTerminal', params, body })
    await ask(desk, `${probe}.after`, { module: payments, role: 'sender', row: 'terminal', params })
    return
  }
  const calls = await desk.call(payments, 'sender')
  await calls.patchTerminal({ params, body }).catch(() => undefined)
  await calls.terminal({ params }).catch(() => undefined)
}

async function changes(stage: PtpStage): Promise<void> {
  const { desk, pass } = stage
  const before = terminalOf(desk.view())
  if (before === undefined) return
  const params = { terminal_id: before.terminal_id }
  const one = { module: payments, role: 'sender', params } as const
  const now = () => formatDateTime(desk.parts.clock.now())
  await ask(desk, 'terminals.get', { ...one, row: 'terminal' })
  const swapped = before.terminal_id.replace(/[a-z]/gi, (c) =>
    c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase(),
  )
  await ask(desk, 'terminals.other-case', { ...one, row: 'terminal', params: { terminal_id: swapped } })
  await ask(desk, 'terminals.unknown', { ...one, row: 'terminal', params: { terminal_id: 'NOT-THERE' } })
  // A second passes between changes, so that none is the same moment as the one before it.
  const steps: readonly (readonly [string, object])[] = [
    ['terminals.assign', { location_ids: [STREET], evse_uids: [] }],
    ['terminals.replace', { location_ids: [YARD], evse_uids: [SLOW] }],
    ['terminals.only-one', { location_ids: [STREET] }],
    ['terminals.empty', { location_ids: [], evse_uids: [] }],
    ['terminals.again', { evse_uids: [FAST] }],
    ['terminals.null', { evse_uids: null }],
  ]
  for (const [name, fields] of steps) {
    await pass(1_000)
    await change(stage, fields, name)
  }
  await pass(1_000)
  const patch = { ...one, row: 'patchTerminal', body: { evse_uids: [SLOW], last_updated: now() } }
  await ask(desk, 'terminals.no-date', { ...patch, edit: ({ last_updated: _, ...rest }) => rest })
  await ask(desk, 'terminals.patch-unknown', { ...patch, params: { terminal_id: 'NOT-THERE' } })
  await ask(desk, 'terminals.strange-place', { ...patch, body: { location_ids: ['NOT-THERE'], last_updated: now() } })
  await ask(desk, 'terminals.other-id', {
    ...one,
    row: 'putTerminal',
    body: { terminal_id: 'ANOTHER', last_updated: now() },
  })
}

/** The whole object again, with who makes the invoice; then the assignment that the run goes on with. */
async function assigns(stage: PtpStage): Promise<void> {
  const { desk, pass } = stage
  const id = terminalOf(desk.view())?.terminal_id
  if (id === undefined) throw new Error('There is no terminal to assign.')
  const params = { terminal_id: id }
  const calls = await desk.call(payments, 'sender')
  const now = () => formatDateTime(desk.parts.clock.now())
  const { data } = await calls.terminal({ params }).catch(() => ({ data: { terminal_id: id } }))
  await pass(1_000)
  const invoices = { invoice_creator: 'CPO' as const, invoice_base_url: INVOICES, customer_reference: 'JUDGE-1' }
  const body = { ...data, ...invoices, last_updated: now() }
  await ask(desk, 'terminals.put', { module: payments, role: 'sender', row: 'putTerminal', params, body })
  await ask(desk, 'terminals.put.after', { module: payments, role: 'sender', row: 'terminal', params })
  await pass(1_000)
  await change(stage, { location_ids: [STREET], evse_uids: [DEAR] })
}

async function activates({ desk, pass }: PtpStage): Promise<void> {
  const reference = terminalOf(desk.view())?.reference
  const row = { module: payments, role: 'sender', row: 'activate' } as const
  const last_updated = formatDateTime(desk.parts.clock.now())
  await ask(desk, 'terminals.activate-unknown', { ...row, body: { reference: 'NOT-THERE', last_updated } })
  await ask(desk, 'terminals.deactivate-unknown', {
    ...row,
    row: 'deactivate',
    params: { terminal_id: 'NOT-THERE' },
  })
  if (reference == null) return
  const body = { reference, location_ids: [STREET], evse_uids: [DEAR], last_updated }
  const list = { module: payments, role: 'sender', row: 'terminals' } as const
  await ask(desk, 'terminals.before-activate', list)
  await ask(desk, 'terminals.activate', { ...row, body })
  await pass(1_000)
  await ask(desk, 'terminals.activate', { ...row, body })
  await pass(1_000)
  await ask(desk, 'terminals.after-activate', list)
}

const milestone = 'terminal-registration'

export const ptpTerminals: readonly Scenario<PtpStage>[] = [
  { name: 'a terminal appears', milestone, kind: 'path', act: appears },
  { name: 'the terminal is read and changed', milestone, kind: 'probe', act: changes },
  { name: 'a terminal is activated', milestone, kind: 'probe', act: activates },
  { name: 'the terminal gets its places', milestone, kind: 'path', act: assigns },
]

/** Comes after the last charge: nothing can be started there afterwards. */
export const ptpDeactivation: Scenario<PtpStage> = {
  name: 'the terminal is taken out of use',
  milestone: 'start-session',
  kind: 'probe',
  act: async (stage) => {
    const { desk, operator, pass, patienceMs } = stage
    await pass(100)
    const id = terminalOf(desk.view())?.terminal_id
    if (id === undefined) return
    const params = { terminal_id: id }
    const done = await ask(desk, 'terminals.deactivate', {
      module: payments,
      role: 'sender',
      row: 'deactivate',
      params,
    })
    await ask(desk, 'terminals.deactivate.after', { module: payments, role: 'sender', row: 'terminal', params })
    if (done?.response?.status !== 200) return
    desk.fact({ name: 'deactivated', about: id, text: '' })
    await pass(100)
    const details = { location_id: STREET, evse_uid: SLOW, connector_id: '1', terminal_id: id, refused: 'yes' }
    const text = `Try to pay at terminal ${id} once more: nothing may start there now.`
    await Promise.resolve(operator({ id: 'tap-card', text, details })).catch(() => undefined)
    const since = desk.parts.clock.now()
    await desk.waitFor(
      (view) => view.of('partner', 'commands.startSession').find(({ at }) => at >= since),
      Math.min(patienceMs, 10_000),
    )
    desk.fact({ name: 'tapped-after-deactivation', about: id, text: '' })
  },
}
