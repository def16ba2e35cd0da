import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { describedSettings, readConfig } from '../config.ts'
import { table } from '../text/table.ts'
import { addSettings, flagsOf } from './flags.ts'

/** `plugtill config`: what would be used now, and where each value comes from. */
export function addConfigCommand(program: Command, { io, answer }: Talk): void {
  addSettings(
    program.command('config').description('show every setting, its value and where it comes from; secrets are masked'),
  ).action((options) => {
    const given = { env: io.env, flags: flagsOf(options) }
    readConfig(given)
    const rows = describedSettings(given)
    answer(Object.fromEntries(rows.map(({ name, value, from }) => [name, { value, from }])), () =>
      table(rows, [
        { title: 'Variable', cell: ({ name }) => name },
        { title: 'Flag', cell: ({ flag }) => flag },
        { title: 'Value', cell: ({ value }) => value },
        { title: 'From', cell: ({ from }) => from },
        { title: 'What', cell: ({ about }) => about },
      ]),
    )
  })
}
