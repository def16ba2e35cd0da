import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { wrongUsage } from '../exit.ts'

interface Options {
  readonly centralSystem: string
  readonly id: string
  readonly ocpp: string
  readonly evses: string
  readonly script?: string
  readonly speed: string
}

/** `plugtill charger`: one station against any central system, until Ctrl-C. */
export function addChargerCommand(program: Command, talk: Talk): void {
  program
    .command('charger')
    .description('one charging station simulator against any OCPP central system')
    .requiredOption(
      '--central-system <URL>',
      'its WebSocket address without the id of the charger, e.g. ws://localhost:8080/ocpp',
    )
    .requiredOption('--id <ID>', 'identity of the charger')
    .option('--ocpp <VERSION>', 'OCPP version: 1.6', '1.6')
    .option('--evses <N>', 'how many connectors', '1')
    .option('--script <FILE>', 'a script of events')
    .option('--speed <N>', 'energy flows N times faster', '1')
    .action(async (options: Options) => {
      const checked = check(options)
      const { runCharger } = await import('../one-charger.ts')
      await runCharger(checked, talk.io.stopped, (event) => {
        const { at, event: name, ...more } = event
        talk.io.out(
          talk.json()
            ? JSON.stringify(event)
            : `${at}  ${name.padEnd(10)}  ${Object.entries(more)
                .map(([key, value]) => `${key}=${value}`)
                .join(' ')}`.trimEnd(),
        )
      })
    })
}

function check({ centralSystem, id, ocpp, evses, script, speed }: Options) {
  if (!URL.canParse(centralSystem) || !/^wss?:$/.test(new URL(centralSystem).protocol)) {
    throw wrongUsage(`--central-system is "${centralSystem}"; it has to be an address like ws://localhost:8080/ocpp.`)
  }
  if (!/^[\x21-\x7e]{1,48}$/.test(id) || id.includes('/'))
    throw wrongUsage(`--id is "${id}"; it has to be 1 to 48 printable characters without spaces and slashes.`)
  if (ocpp !== '1.6') throw wrongUsage(`--ocpp is "${ocpp}"; this simulator speaks 1.6 only. Leave --ocpp out.`)
  if (script !== undefined)
    throw wrongUsage(
      '--script is not possible in this version. Leave it out: cars come by themselves after a remote start.',
    )
  const connectors = /^\d{1,2}$/.test(evses) ? Number(evses) : 0
  if (connectors < 1 || connectors > 20)
    throw wrongUsage(`--evses is "${evses}"; it has to be a whole number from 1 to 20.`)
  const factor = /^\d{1,4}(\.\d+)?$/.test(speed) ? Number(speed) : 0
  if (factor < 0.1 || factor > 3600) throw wrongUsage(`--speed is "${speed}"; it has to be a number from 0.1 to 3600.`)
  return { endpoint: centralSystem.replace(/\/+$/, ''), id, connectors, speed: factor }
}
