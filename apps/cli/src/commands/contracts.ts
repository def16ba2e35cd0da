import { CONTRACT_SETTINGS, settingFromText, settingNamed } from '@plugtill/ptp/contracts/contract-settings'
import type { Command } from 'commander'
import type { ContractAnswer } from '../answers.ts'
import type { Talk } from '../command-line.ts'
import { wrongUsage } from '../exit.ts'
import { pairs, table } from '../text/table.ts'

interface Change {
  readonly name?: string
  readonly customerReference?: string
  readonly set: readonly string[]
  readonly unset: readonly string[]
}

const gathered = (text: string, before: readonly string[]): readonly string[] => [...before, text]

function withChanges(command: Command): Command {
  return command
    .option('--name <TEXT>', 'for people')
    .option('--customer-reference <REF>', 'as agreed with the CPO')
    .option('--set <NAME=VALUE>', 'a setting; may be given several times', gathered, [])
    .option('--unset <NAME>', "back to the platform's value; may be given several times", gathered, [])
}

/** `plugtill contracts …`: what the platform has agreed with each CPO. */
export function addContractsCommand(program: Command, talk: Talk): void {
  const contracts = program.command('contracts').description('contracts with CPOs: add, list, show, change, settings')
  withChanges(contracts.command('add'))
    .description('a contract with a CPO platform; terminals are put under it')
    .requiredOption('--peer <ID>', 'the CPO, as "plugtill peers list --platform ptp" names it')
    .action(async ({ peer, ...change }: Change & { readonly peer: string }) =>
      show(talk, await talk.api().post('ptp', '/contracts', { peer, ...bodyOf(change) })),
    )
  withChanges(contracts.command('change <id>'))
    .description('for payments that begin from now on')
    .action(async (id: string, change: Change) =>
      show(talk, await talk.api().post('ptp', `/contracts/${encodeURIComponent(id)}`, bodyOf(change))),
    )
  contracts
    .command('list')
    .description('all contracts')
    .action(async () => {
      const found = await talk.api().get<readonly ContractAnswer[]>('ptp', '/contracts')
      talk.answer(found, () =>
        found.length === 0
          ? ["No contracts: the platform's settings count everywhere."]
          : table(found, [
              { title: 'Contract', cell: (contract) => contract.id },
              { title: 'Name', cell: (contract) => contract.name },
              { title: 'Peer', cell: (contract) => contract.peer },
              { title: 'Customer reference', cell: (contract) => contract.customer_reference },
              { title: 'Settings', cell: (contract) => Object.keys(contract.settings).join(', ') },
            ]),
      )
    })
  contracts
    .command('show <id>')
    .description('one contract, every setting that counts, and its terminals')
    .action(async (id: string) => show(talk, await talk.api().get('ptp', `/contracts/${encodeURIComponent(id)}`)))
  contracts
    .command('settings')
    .description('what a contract may set')
    .action(() => {
      const rows = CONTRACT_SETTINGS.map(({ name, about }) => ({ name, about }))
      talk.answer(rows, () =>
        table(rows, [
          { title: 'Setting', cell: (row) => row.name },
          { title: 'What', cell: (row) => row.about },
        ]),
      )
    })
}

function bodyOf({ name, customerReference, set, unset }: Change) {
  const settings = Object.fromEntries([...set.map(settingOf), ...unset.map((one) => [one, null] as const)])
  return {
    ...(name !== undefined && { name }),
    ...(customerReference !== undefined && { customer_reference: customerReference }),
    ...(Object.keys(settings).length > 0 && { settings }),
  }
}

function settingOf(text: string): readonly [string, unknown] {
  const at = text.indexOf('=')
  const name = at < 0 ? text : text.slice(0, at)
  const setting = settingNamed(name)
  if (at < 0 || !setting)
    throw wrongUsage(`--set "${text}" has to be NAME=VALUE. "plugtill contracts settings" lists the names.`)
  return [name, settingFromText(setting, text.slice(at + 1))]
}

function show({ answer }: Talk, contract: ContractAnswer): void {
  answer(contract, () => [
    ...pairs({
      contract: contract.id,
      name: contract.name,
      peer: contract.peer,
      customer_reference: contract.customer_reference,
      terminals: contract.terminals?.join(', '),
    }),
    '',
    ...table(Object.entries(contract.effective ?? {}), [
      { title: 'Setting', cell: ([name]) => name },
      { title: 'Value', cell: ([, value]) => (value === null ? '' : JSON.stringify(value)) },
      { title: 'From', cell: ([name]) => (name in contract.settings ? 'contract' : 'platform') },
    ]),
  ])
}
