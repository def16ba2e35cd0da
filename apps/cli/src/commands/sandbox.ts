import { flushCompileCache } from 'node:module'
import process from 'node:process'
import { CAR_PARK } from '@plugtill/world/furnish'
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { type Config, describedSettings, readConfig } from '../config.ts'
import { kioskPath, type Layout } from '../http/terminal-key.ts'
import type { Sandbox } from '../sandbox.ts'
import { addSettings, flagsOf } from './flags.ts'

/** Stopping is to be over in 5 s, whatever hangs. */
const STOP_MS = 4_500

/** `plugtill sandbox`, which is `npm start`: everything in one process until Ctrl-C. */
export function addSandboxCommand(program: Command, talk: Talk): void {
  addSettings(program.command('sandbox').description('both platforms, chargers, terminals and console in one process'))
    .option('--no-cpo', 'only the PTP side; your own CPO registers with it')
    .action(async (options: { readonly cpo: boolean }) => {
      const given = { env: talk.io.env, flags: flagsOf(options as unknown as Record<string, unknown>) }
      const config = readConfig(given)
      // Tokens of partners lie in the databases: new files are for this user only.
      process.umask(0o077)
      const { startSandbox } = await import('../sandbox.ts')
      const sandbox = await startSandbox(config, { cpo: options.cpo, settings: describedSettings(given) })
      // Now, not at the end: who is killed has no end.
      flushCompileCache()
      const shown = recordOf(sandbox, config)
      talk.answer(shown, () => welcome(shown, config))
      await stopAsked(talk.io.stopped)
      if (!talk.json()) talk.io.err('plugtill: stopping …')
      await Promise.race([sandbox.stop(), new Promise((resolve) => setTimeout(resolve, STOP_MS))])
    })
}

const stopAsked = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve())
  })

type Shown = ReturnType<typeof recordOf>

function recordOf({ publicUrl, data, furnished, terminalKeys }: Sandbox, { speed }: Config) {
  const side = (name: 'ptp' | 'cpo') => ({
    versions_url: `${publicUrl}/${name}/ocpi/versions`,
    api_url: `${publicUrl}/${name}/api`,
  })
  return {
    url: `${publicUrl}/`,
    console_url: `${publicUrl}/console/`,
    terminals: (furnished?.terminals ?? []).map((terminal) => ({
      ...terminal,
      url: publicUrl + kioskPath(terminal.terminal_id, terminalKeys, layoutOf(terminal)),
    })),
    ptp: side('ptp'),
    cpo: furnished ? { ...side('cpo'), ocpp_url: `${publicUrl.replace(/^http/, 'ws')}/ocpp` } : null,
    data,
    speed,
  }
}

const layoutOf = ({ reference }: { readonly reference: string }): Layout | undefined =>
  reference === CAR_PARK ? 'tablet' : undefined

function welcome(shown: Shown, { port }: Config): readonly string[] {
  const { terminals, cpo } = shown
  const line = (name: string, text: string) => `  ${name.padEnd(14)}${text}`
  const api =
    new URL(shown.url).origin === 'http://localhost:8080' && port === 8080 ? '' : ` --api ${new URL(shown.url).origin}`
  return [
    'Plugtill sandbox is running.',
    '',
    line('Start here', shown.url),
    line('Console', shown.console_url),
    ...terminals.map(({ url, model, location_ids }) =>
      line('Terminal', `${url}   ${model} at ${location_ids.join(', ') || 'no site'}`),
    ),
    line('PTP, OCPI', shown.ptp.versions_url),
    cpo
      ? line('CPO, OCPI', cpo.versions_url)
      : line('CPO', `none: "npx plugtill peers invite --platform ptp …${api}" makes the token for yours`),
    line('Data', shown.data),
    '',
    ...(terminals[0] ? [`Try: npx plugtill terminals list${api}`] : []),
    'Stop with Ctrl-C.',
  ]
}
