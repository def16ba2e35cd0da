/** Further accounts at payment providers, from a file: contracts name them. YAML or JSON, one account below each name. */
import { couldNotRun } from './exit.ts'
import { parsedFile } from './parsed-file.ts'
import { PSP_SETTINGS, type PspConfig, wrongInPsp } from './psp-settings.ts'

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/
const MOST = 100

/** `pspApiKey` is `api_key` there. */
const fieldOf = (name: string) =>
  name === 'psp'
    ? 'psp'
    : name
        .replace(/^psp/, '')
        .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
        .replace(/^_/, '')

const FIELDS = new Map(PSP_SETTINGS.map((setting) => [fieldOf(setting.name), setting]))

/** Every mistake at once; values are not repeated, they may be secrets. */
export async function loadAccounts(file: string): Promise<ReadonlyMap<string, PspConfig>> {
  const read = await parsedFile(file)
  const wrong: string[] = []
  const accounts = new Map<string, PspConfig>()
  if (!isObject(read))
    throw couldNotRun(`${file} has to hold accounts by their names, such as "north: {psp: stripe, …}".`)
  const entries = Object.entries(read)
  if (entries.length > MOST) throw couldNotRun(`${file} holds ${entries.length} accounts; ${MOST} is the most.`)
  for (const [name, given] of entries) {
    const account = NAME.test(name) ? accountOf(given) : { wrong: ['its name has to be a-z, 0-9 and -, 40 at most'] }
    if ('wrong' in account) wrong.push(...account.wrong.map((line) => `${name.slice(0, 60)}: ${line}`))
    else accounts.set(name, account.config)
  }
  if (wrong.length > 0) throw couldNotRun(`${file} cannot be used:\n${wrong.map((line) => `  ${line}`).join('\n')}`)
  return accounts
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function accountOf(given: unknown): { readonly config: PspConfig } | { readonly wrong: readonly string[] } {
  if (!isObject(given)) return { wrong: ['it has to be an object with "psp" and what that provider needs'] }
  const wrong: string[] = []
  if (given['psp'] === undefined) wrong.push('psp: name the payment provider')
  for (const name of Object.keys(given))
    if (!FIELDS.has(name))
      wrong.push(`${name.slice(0, 60)}: nobody knows this; possible are ${[...FIELDS.keys()].join(', ')}`)
  const values = [...FIELDS].map(([field, setting]) => {
    const value = textOf(given[field]) ?? setting.default
    if (value === undefined) return [setting.name, undefined]
    const read = setting.read(value)
    if ('value' in read) return [setting.name, read.value]
    wrong.push(`${field}: it has to be ${read.rule}`)
    return [setting.name, undefined]
  })
  if (wrong.length > 0) return { wrong }
  const config = Object.fromEntries(values) as PspConfig
  const together = wrongInPsp(config, fieldOf)
  return together === undefined ? { config } : { wrong: [together] }
}

/** `webhook_secrets` may be a list. */
function textOf(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined
  return Array.isArray(given) ? given.map(String).join(',') : String(given)
}
