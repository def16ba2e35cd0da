/** What one setting is, and how its variable and its flag follow from its name. */
import type { Config } from './config.ts'
import type { Read } from './read-setting.ts'

export interface Setting {
  readonly name: keyof Config
  readonly env: string
  readonly flag: string
  /** Placeholder of the value in the usage; absent for a switch. */
  readonly value?: string
  readonly about: string
  readonly default: string | undefined
  readonly secret?: true
  /** Only this command knows it; others leave it aside. */
  readonly only?: 'serve'
  /** The value, or why there is none: "has to be …". */
  readonly read: Read
}

type Described = Pick<Setting, 'about' | 'read'> & Partial<Pick<Setting, 'default' | 'secret'>>

/** `pspApiKey` is PLUGTILL_PSP_API_KEY and --psp-api-key. */
export function setting(name: keyof Config, value: string, described: Described): Setting {
  const words = name.replace(/[A-Z]/g, (letter) => `_${letter}`)
  const flag = `--${words.toLowerCase().replaceAll('_', '-')}`
  return { default: undefined, ...described, name, value, env: `PLUGTILL_${words.toUpperCase()}`, flag }
}
