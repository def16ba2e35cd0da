import { flushCompileCache } from 'node:module'
import process from 'node:process'
import { type Command, InvalidArgumentError } from 'commander'
import type { Talk } from '../command-line.ts'
import { describedSettings, originsOf, readConfig, SETTINGS } from '../config.ts'
import { wrongUsage } from '../exit.ts'
import type { Served } from '../serve.ts'
import { type Platform, wrongInServe } from '../serve-settings.ts'
import { addSettings, flagsOf } from './flags.ts'

/** The log of a platform that runs for real says when it began and ended. */
const PRESETS = { logLevel: 'info' }

/** `plugtill serve ptp|cpo`: one platform alone with production settings, until it is told to stop. */
export function addServeCommand(program: Command, talk: Talk): void {
  const serve = program
    .command('serve')
    .description('one platform alone, with production settings (docs/guides/production.md)')
    .argument('<platform>', 'ptp or cpo', platformIn)
  addSettings(
    serve,
    SETTINGS.map(({ name }) => name),
  ).action(async (platform: Platform, options: Readonly<Record<string, unknown>>) => {
    const given = { env: talk.io.env, flags: flagsOf(options), presets: PRESETS }
    const config = readConfig(given)
    const wrong = wrongInServe(config, originsOf(given), platform)
    if (wrong !== undefined) throw wrongUsage(wrong)
    // Tokens of partners lie in the databases: new files are for this user only.
    process.umask(0o077)
    const { startServe } = await import('../serve.ts')
    const served = await startServe(config, { platform, settings: describedSettings(given) })
    // Now, not at the end: who is killed has no end.
    flushCompileCache()
    begun(served, talk)
    await stopAsked(talk.io.stopped)
    await ended(served, config.stopS)
  })
}

function platformIn(text: string): Platform {
  if (text === 'ptp' || text === 'cpo') return text
  throw new InvalidArgumentError('It has to be ptp or cpo.')
}

const stopAsked = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve())
  })

function begun({ platform, publicUrl, data, node, parts }: Served, talk: Talk): void {
  const { log, config } = parts
  const shown = {
    platform,
    url: `${publicUrl}/`,
    versions_url: `${publicUrl}/${platform}/ocpi/versions`,
    api_url: `${publicUrl}/${platform}/api`,
    console_url: `${publicUrl}/console/`,
    ocpp_url: platform === 'cpo' ? `${publicUrl.replace(/^http/, 'ws')}/ocpp` : null,
    data,
    node,
  }
  talk.answer(shown, () => [
    `Plugtill ${platform.toUpperCase()} platform is running.`,
    `  OCPI     ${shown.versions_url}`,
    `  Console  ${shown.console_url}`,
    ...(shown.ocpp_url === null ? [] : [`  OCPP     ${shown.ocpp_url}/CHARGER`]),
    `  Data     ${data}`,
  ])
  log.info('started', { platform, url: publicUrl, node })
  if (platform === 'ptp' && config.psp === 'simulated') log.warn('The payment provider is simulated: no money moves.')
  if (platform === 'cpo' && config.sites === undefined) log.warn('There are no sites: name a file with PLUGTILL_SITES.')
  if (config.apiKey === undefined) log.warn('No API key is set: whoever reaches this port on this machine is an admin.')
}

/** In the time that is given; what still runs then is taken up by another node, or at the next start. */
async function ended({ stop, parts: { log } }: Served, stopS: number): Promise<void> {
  log.info('stopping', { within_s: stopS })
  let late = false
  const limit = new Promise<void>((resolve) => {
    setTimeout(() => {
      late = true
      resolve()
    }, stopS * 1000).unref()
  })
  await Promise.race([stop(), limit])
  if (late) log.warn(`Not everything ended within ${stopS} s; it is taken up again at the next start.`)
  else log.info('stopped')
}
