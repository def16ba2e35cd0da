/** A terminal is made known to the CPO, read back and waited for until it is assigned. (C-701 to C-705) */
import { payments, type Terminal } from '@plugtill/ocpi/modules/payments'
import { endpointFor, urlOf } from '@plugtill/ocpi/peer-url'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import type { Desk } from '../desk.ts'
import type { CpoStage, Scenario } from '../scenario.ts'
import type { View } from '../view.ts'

const { terminal: ONE, postTerminal: POST } = payments.receiver

/** The first one made is the one that sells. */
const sellingTerminal = ({ ptp }: CpoStage): Terminal | undefined => ptp.terminals.all()[0]

async function urlsAt(desk: Desk) {
  const peer = await desk.partner()
  if (peer === undefined) return undefined
  return {
    list: urlOf(endpointFor(peer, payments, 'RECEIVER', POST.path), POST.path, {}),
    one: (terminal_id: string) =>
      urlOf(endpointFor(peer, payments, 'RECEIVER', ONE.path), ONE.path, { params: { terminal_id } }),
  }
}

/** Terminals of all kinds; they share one id, so that few are left behind. */
async function oddTerminals({ desk, ptp, pass }: CpoStage): Promise<void> {
  const urls = await urlsAt(desk)
  if (urls === undefined) return
  const { ids, clock } = desk.parts
  const terminal_id = ids()
  const post = (name: string, body: unknown) =>
    desk.probe(`terminals.${name}`, {
      place: 'payments.postTerminal',
      method: 'POST',
      url: urls.list,
      body: JSON.stringify(body),
    })
  const read = (name: string, id: string) =>
    desk.probe(`terminals.${name}`, { place: 'payments.terminal', method: 'GET', url: urls.one(id) })
  const tell = async (name: string, more: Partial<Terminal>) => {
    // Later than the word before, also for whoever counts in whole seconds.
    await pass(1_000)
    const terminal = { terminal_id, ...more, last_updated: formatDateTime(clock.now()) }
    // Whoever assigns it finds it.
    ptp.terminals.put(terminal, terminal_id)
    await post(name, terminal)
    return terminal
  }
  await post('again', await tell('long-id', {}))
  const full = await tell('full', { ...EVERYTHING, ...agreed(ptp.terminals.all()[0]) })
  await read('read-full', terminal_id)
  await read('lower-case', terminal_id.toUpperCase())
  await tell('changed', { ...full, city: 'Amersfoort', postal_code: '3811AA' })
  await read('read-changed', terminal_id)
  await tell('letters', { ...full, address: 'Königstraße 1', city: 'Málaga' })
  await post('undated', { ...full, last_updated: undefined })
  await post('no-id', { last_updated: full.last_updated })
  await post('malformed', { terminal_id: [terminal_id], location_ids: 'all', last_updated: 'yesterday' })
}

const EVERYTHING: Partial<Terminal> = {
  address: 'Market Square 1',
  city: 'Utrecht',
  postal_code: '3511ED',
  state: 'UT',
  country: 'NLD',
  coordinates: { latitude: '52.089440', longitude: '5.110060' },
  reference: 'JDG-SN-1',
  location_ids: [],
  evse_uids: [],
}

/** A reference that both sides agreed on before; an unknown one may be refused. */
const agreed = (terminal: Terminal | undefined): Partial<Terminal> =>
  terminal?.customer_reference == null ? {} : { customer_reference: terminal.customer_reference }

const ASSIGNING = ['payments.patchTerminal', 'payments.putTerminal', 'payments.activate']

/** What the CPO said about the assignment of this terminal, whether it could be applied or not. */
const assignmentIn = (view: View, terminalId: string) =>
  view.of('partner', ...ASSIGNING).find(({ url, question, place }) => {
    const { location_ids, evse_uids } = (question ?? {}) as Readonly<Record<string, unknown>>
    const own = place === 'payments.activate' || sameCi(decodeURIComponent(url.split('/').at(-1) ?? ''), terminalId)
    return own && (location_ids !== undefined || evse_uids !== undefined)
  })

/** So long a CPO may take before a person is asked to do it. */
const SOON_MS = 3_000

async function waitForAssignment(stage: CpoStage): Promise<void> {
  const { desk, operator, operatorMs, patienceMs, say, ptp, pass } = stage
  const terminal = sellingTerminal(stage)
  if (terminal === undefined) return
  const id = terminal.terminal_id
  const look = (view: View) => assignmentIn(view, id)
  if ((await desk.waitFor(look, Math.min(SOON_MS, patienceMs))) === undefined) {
    const text = `Assign terminal ${id} to a location or to EVSEs now.`
    say(text)
    const acted = Promise.resolve(operator({ id: 'assign-terminal', text, details: { terminal_id: id } }))
    acted.catch(() => undefined)
    if ((await desk.waitFor(look, operatorMs)) === undefined) {
      desk.fact({ name: 'not-assigned', about: id, text: `Nothing assigned terminal ${id}.` })
      return
    }
    await acted
  }
  const { location_ids, evse_uids } = ptp.terminals.get(id) ?? {}
  say(`terminal ${id} sells ${[...(location_ids ?? []), ...(evse_uids ?? [])].join(', ') || 'nothing'}`)
  // The CPO keeps what it assigned when its PATCH was answered.
  await pass(1_000)
  await (await desk.call(payments, 'receiver')).terminal({ params: { terminal_id: id } })
}

export const cpoTerminals: readonly Scenario<CpoStage>[] = [
  {
    name: 'announce a terminal',
    milestone: 'terminal-registration',
    kind: 'path',
    act: async ({ desk, ptp }) => {
      const { terminal_id } = await ptp.addTerminal(ptp.firstTerminal)
      await (await desk.call(payments, 'receiver')).terminal({ params: { terminal_id } })
    },
  },
  {
    name: 'wait for the assignment of the terminal',
    milestone: 'terminal-registration',
    kind: 'path',
    act: waitForAssignment,
  },
  { name: 'terminals of all kinds', milestone: 'terminal-registration', kind: 'probe', act: oddTerminals },
]
