import type { Command } from 'commander'
import type { TerminalAnswer } from '../answers.ts'
import type { Api } from '../api.ts'
import type { Talk } from '../command-line.ts'
import { wrongUsage } from '../exit.ts'
import { pairs, table } from '../text/table.ts'
import { listed } from './flags.ts'
import { sideOf } from './peers.ts'

interface Add {
  readonly peer?: string
  readonly contract?: string
  readonly model?: string
  readonly reference?: string
  readonly customerReference?: string
}

/** `plugtill terminals …`: the PTP's side, and the CPO's (assign, activate). */
export function addTerminalsCommand(program: Command, talk: Talk): void {
  const terminals = program
    .command('terminals')
    .description('payment terminals: add, list, show, reader, push, move, deactivate, assign, activate')
  terminals
    .command('add')
    .description('create a virtual terminal and POST it to the CPO')
    .option('--peer <ID>', 'the CPO, as "plugtill peers list --platform ptp" names it')
    .option('--contract <ID>', 'or the contract it stands under, as "plugtill contracts list" names it')
    .option('--model <MODEL>', 'apollo, polar or apollo-max', 'apollo')
    .option('--reference <SN>', 'serial number')
    .option('--customer-reference <REF>', "the CPO's own name for it")
    .action(async ({ peer, contract, model, reference, customerReference }: Add) => {
      if (!peer && !contract) throw wrongUsage('Whose terminal is it? Give --peer or --contract.')
      const api = talk.api()
      const added = await api.post<TerminalAnswer>('ptp', '/terminals', {
        ...(peer && { peer }),
        ...(contract && { contract }),
        model,
        ...(reference && { reference }),
        ...(customerReference && { customer_reference: customerReference }),
      })
      const arrived = await announced(api, added)
      show(talk, arrived)
      if (arrived.refusal)
        talk.io.err(
          `plugtill: the CPO did not take it: ${arrived.refusal} Send it again with "plugtill terminals push ${arrived.terminal_id}".`,
        )
    })
  addTerminalLookups(terminals, talk)
  addReader(terminals, talk)
  addCpoActs(terminals, talk)
}

const LOOK_MS = 100
const LOOKS = 50

/** The POST to the CPO runs after the answer; scripts go on with a terminal that has arrived, or know that it has not. */
async function announced(api: Api, added: TerminalAnswer): Promise<TerminalAnswer> {
  let terminal = added
  for (let look = 0; look < LOOKS && terminal.state === 'announcing' && !terminal.refusal; look++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    terminal = await api.get('ptp', `/terminals/${encodeURIComponent(added.terminal_id)}`)
  }
  return terminal
}

function addTerminalLookups(terminals: Command, talk: Talk): void {
  const platform = ['--platform <ptp|cpo>', 'whose view of it', 'ptp'] as const
  terminals
    .command('list')
    .description('all terminals')
    .option(...platform)
    .action(async (options: { readonly platform: string }) => {
      const found = await talk.api().get<readonly TerminalAnswer[]>(sideOf(options.platform), '/terminals')
      talk.answer(found, () =>
        found.length === 0
          ? ['No terminals yet.']
          : table(found, [
              { title: 'Terminal', cell: (terminal) => terminal.terminal_id },
              { title: 'Model', cell: (terminal) => terminal.model },
              { title: 'State', cell: (terminal) => terminal.state },
              { title: 'Reference', cell: (terminal) => terminal.reference },
              { title: 'Locations', cell: (terminal) => terminal.location_ids?.join(', ') },
              { title: 'EVSEs', cell: (terminal) => terminal.evse_uids?.join(', ') },
              { title: 'Peer', cell: (terminal) => terminal.peer },
              { title: 'Contract', cell: (terminal) => terminal.contract },
            ]),
      )
    })
  terminals
    .command('show <id>')
    .description('one terminal')
    .option(...platform)
    .action(async (id: string, options: { readonly platform: string }) =>
      show(talk, await talk.api().get(sideOf(options.platform), `/terminals/${encodeURIComponent(id)}`)),
    )
  terminals
    .command('push <id>')
    .description('POST it to its CPO again')
    .option(...platform)
    .action(async (id: string, options: { readonly platform: string }) => {
      if (sideOf(options.platform) === 'cpo')
        throw wrongUsage('A terminal is pushed by the PTP platform. Leave --platform cpo out.')
      const api = talk.api()
      show(talk, await announced(api, await api.post('ptp', `/terminals/${encodeURIComponent(id)}/push`)))
    })
  terminals
    .command('move')
    .description('put it under another contract, also of another CPO')
    .requiredOption('--terminal <ID>', 'terminal_id')
    .requiredOption('--contract <ID>', 'as "plugtill contracts list" names it')
    .action(async ({ terminal, contract }: { readonly terminal: string; readonly contract: string }) => {
      const api = talk.api()
      const moved = await api.post<TerminalAnswer>('ptp', `/terminals/${encodeURIComponent(terminal)}/move`, {
        contract,
      })
      show(talk, await announced(api, moved))
    })
  terminals
    .command('deactivate <id>')
    .description('take it out of use')
    .option(...platform)
    .action(async (id: string, options: { readonly platform: string }) =>
      show(talk, await talk.api().post(sideOf(options.platform), `/terminals/${encodeURIComponent(id)}/deactivate`)),
    )
}

interface ReaderAnswer {
  readonly terminal_id: string
  readonly reader: string | null
}

function addReader(terminals: Command, talk: Talk): void {
  terminals
    .command('reader <id>')
    .description("the payment provider's reader in a terminal: show, name or take away")
    .option('--name <READER>', 'Stripe: tmr_…, Adyen: POIID like V400m-324688179')
    .option('--none', 'take the reader away')
    .action(async (id: string, { name, none }: { readonly name?: string; readonly none?: boolean }) => {
      const path = `/terminals/${encodeURIComponent(id)}/reader`
      const told =
        name === undefined && !none
          ? await talk.api().get<ReaderAnswer>('ptp', path)
          : await talk.api().post<ReaderAnswer>('ptp', path, { reader: name ?? null })
      talk.answer(told, () => pairs({ terminal_id: told.terminal_id, reader: told.reader ?? 'none' }))
    })
}

interface Assign {
  readonly terminal: string
  readonly locations?: string
  readonly evses?: string
}
interface Activate {
  readonly reference: string
  readonly peer?: string
  readonly customerReference?: string
  readonly locations?: string
  readonly evses?: string
  readonly address?: string
  readonly city?: string
  readonly postalCode?: string
  readonly country?: string
}

const places = ({ locations, evses }: Pick<Assign, 'locations' | 'evses'>) => ({
  ...(locations !== undefined && { locations: listed(locations) }),
  ...(evses !== undefined && { evses: listed(evses) }),
})

function addCpoActs(terminals: Command, talk: Talk): void {
  terminals
    .command('assign')
    .description('CPO: say where a terminal sells, by PATCH')
    .requiredOption('--terminal <ID>', 'terminal_id')
    .option('--locations <A,B>', 'all EVSEs of these locations')
    .option('--evses <X,Y>', 'these EVSEs')
    .action(async (options: Assign) => {
      if (options.locations === undefined && options.evses === undefined)
        throw wrongUsage('Nothing to assign: give --locations, --evses or both. An empty text takes all away.')
      show(
        talk,
        await talk.api().post('cpo', `/terminals/${encodeURIComponent(options.terminal)}/assign`, places(options)),
      )
    })
  terminals
    .command('activate')
    .description('CPO: ask the PTP to put a built-in terminal to work')
    .requiredOption('--reference <SN>', 'serial number of the device')
    .option('--peer <ID>', 'the PTP, when there are several')
    .option('--customer-reference <REF>', 'your own name for it')
    .option('--locations <A,B>', 'all EVSEs of these locations')
    .option('--evses <X,Y>', 'these EVSEs')
    .option('--address <TEXT>', 'street')
    .option('--city <TEXT>', 'city')
    .option('--postal-code <TEXT>', 'postal code')
    .option('--country <ISO3>', 'country, three letters')
    .action(async ({ customerReference, postalCode, locations, evses, ...plain }: Activate) => {
      const body = {
        ...plain,
        ...places({ locations, evses }),
        ...(customerReference && { customer_reference: customerReference }),
        ...(postalCode && { postal_code: postalCode }),
      }
      const asked = await talk
        .api()
        .post<{ readonly reference: string; readonly status: string }>('cpo', '/terminals/activate', body)
      talk.answer(asked, () => pairs({ reference: asked.reference, status: asked.status }))
    })
}

function show({ answer }: Talk, terminal: TerminalAnswer): void {
  answer(terminal, () =>
    pairs({
      terminal_id: terminal.terminal_id,
      model: terminal.model,
      state: terminal.state,
      reference: terminal.reference,
      locations: terminal.location_ids?.join(', '),
      evses: terminal.evse_uids?.join(', '),
      peer: terminal.peer,
      ...(terminal.refusal && { refusal: terminal.refusal }),
    }),
  )
}
