/** Settings as options of a command. */
import type { Command } from 'commander'
import { SETTINGS } from '../config.ts'
import type { Setting } from '../setting.ts'

export function addSettings(
  command: Command,
  names: readonly Setting['name'][] = SETTINGS.filter(({ only }) => only === undefined).map(({ name }) => name),
): Command {
  for (const { name, flag, value, about, env, default: preset } of SETTINGS) {
    if (!names.includes(name)) continue
    command.option(
      value ? `${flag} <${value}>` : flag,
      `${about} (${env}${preset === undefined ? '' : `, default ${preset}`})`,
    )
  }
  return command
}

/** What of the options is a setting, by setting name. */
export function flagsOf(options: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(
    SETTINGS.map(({ name, flag }) => {
      const given = options[camelOf(flag)]
      return [name, given === undefined ? undefined : String(given)]
    }),
  )
}

/** As commander names the option: --start-grace-s -> startGraceS */
const camelOf = (flag: string) =>
  flag.replace(/^--/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

export const listed = (text: string | undefined): readonly string[] | undefined =>
  text === undefined
    ? undefined
    : text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
