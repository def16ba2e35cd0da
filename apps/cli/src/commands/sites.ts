import { chargerIds } from '@plugtill/cpo/sites/configuration'
import { sitesSchema } from '@plugtill/cpo/sites/shape'
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { loadSites } from '../sites-file.ts'

/** `plugtill sites`: what an operator writes down of his locations and tariffs. */
export function addSitesCommand(program: Command, { io, answer }: Talk): void {
  const sites = program.command('sites').description('the file with the locations and tariffs of a CPO')
  sites
    .command('check')
    .argument('<file>')
    .description('say every mistake in such a file; the sandbox starts with it by --sites')
    .action(async (file: string) => {
      const { locations, tariffs, ...rest } = await loadSites(file)
      const evses = locations.flatMap((site) => site.evses)
      const counted = {
        file,
        locations: locations.length,
        evses: evses.length,
        chargers: chargerIds({ locations, tariffs, ...rest }).length,
        tariffs: tariffs.length,
      }
      answer(counted, () => [
        `${file}: ${counted.locations} locations, ${counted.evses} EVSEs at ${counted.chargers} chargers, ${counted.tariffs} tariffs. It can be used.`,
      ])
    })
  sites
    .command('schema')
    .description('the JSON Schema of such a file, for the completion of an editor')
    .action(() => io.out(JSON.stringify(sitesSchema(), undefined, 2)))
}
