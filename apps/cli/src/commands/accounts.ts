import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { ROLES } from '../accounts/roles.ts'
import type { Talk } from '../command-line.ts'
import { EXIT, Exit, wrongUsage } from '../exit.ts'
import { randomToken } from '../secrets.ts'
import { table } from '../text/table.ts'

interface AccountAnswer {
  readonly name: string
  readonly role: string
  readonly created_at: string
  readonly password: boolean
  readonly totp: boolean
}

interface TrailAnswer {
  readonly broken: string | null
  readonly entries: readonly {
    readonly seq: number
    readonly at: string
    readonly who: string
    readonly method: string
    readonly path: string
    readonly status: number
  }[]
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no')

/** `plugtill accounts …`: who may use console and APIs, and what was done by whom. */
export function addAccountsCommand(program: Command, talk: Talk): void {
  const accounts = program.command('accounts').description('people who may log in: add, change, list, remove, trail')
  addWriters(accounts, talk)
  accounts
    .command('list')
    .description('all accounts')
    .action(async () => {
      const all = await talk.api().get<readonly AccountAnswer[]>('account', '/accounts')
      talk.answer(all, () =>
        all.length === 0
          ? ['No accounts: whoever reaches this platform may use it, or whoever has the API key.']
          : table(all, [
              { title: 'Name', cell: (account) => account.name },
              { title: 'Role', cell: (account) => account.role },
              { title: 'Second factor', cell: (account) => yesNo(account.totp) },
              { title: 'Since', cell: (account) => account.created_at },
            ]),
      )
    })
  accounts
    .command('trail')
    .description('who did what, newest first; exit 1 when somebody changed it')
    .action(async () => {
      const trail = await talk.api().get<TrailAnswer>('account', '/trail')
      talk.answer(trail, () => [
        ...table(trail.entries, [
          { title: 'At', cell: (entry) => entry.at },
          { title: 'Who', cell: (entry) => entry.who },
          { title: 'What', cell: (entry) => `${entry.method} ${entry.path}` },
          { title: 'Status', cell: (entry) => String(entry.status), align: 'right' },
        ]),
        trail.broken ?? 'The trail is whole.',
      ])
      if (trail.broken !== null) throw new Exit(EXIT.no, trail.broken)
    })
}

interface Changes {
  readonly role?: string
  readonly passwordFile?: string
  readonly totp: boolean
}

interface Addition {
  readonly role: string
  readonly passwordFile?: string
  readonly company?: boolean
}

function addWriters(accounts: Command, talk: Talk): void {
  const one = (name: string) => `/accounts/${encodeURIComponent(name)}`
  const show = (account: AccountAnswer, password?: string) =>
    talk.answer({ ...account, ...(password !== undefined && { password }) }, () => [
      `${account.name}: ${account.role}${account.totp ? ', second factor on' : ''}.`,
      ...(password === undefined ? [] : [`Password, shown this once: ${password}`]),
    ])
  accounts
    .command('add <name>')
    .description('an account; without --password-file a password is made and shown once')
    .requiredOption(`--role <${ROLES.join('|')}>`, 'what it may do; the first one has to be an admin')
    .option('--password-file <FILE>', 'first line of this file is the password; - is standard input')
    .option('--company', "no password: it is opened by the company's own login")
    .action(async (name: string, { role, passwordFile, company = false }: Addition) => {
      if (company && passwordFile !== undefined) throw wrongUsage('Give --company or --password-file, not both.')
      const made = company || passwordFile !== undefined ? undefined : randomToken().slice(0, 24)
      const password = passwordFile === undefined ? made : passwordIn(passwordFile)
      const given = { name, role: roleIn(role), ...(password !== undefined && { password }) }
      show(await talk.api().post<AccountAnswer>('account', '/accounts', given), made)
    })
  accounts
    .command('change <name>')
    .description('another role or password, or no second factor; ends every session of the account')
    .option(`--role <${ROLES.join('|')}>`, 'what it may do')
    .option('--password-file <FILE>', 'first line of this file is the new password; - is standard input')
    .option('--no-totp', 'takes the second factor away')
    .action(async (name: string, { role, passwordFile, totp }: Changes) => {
      const change = {
        ...(role !== undefined && { role: roleIn(role) }),
        ...(passwordFile !== undefined && { password: passwordIn(passwordFile) }),
        ...(!totp && { totp: 'off' }),
      }
      if (Object.keys(change).length === 0)
        throw wrongUsage('Say what to change: --role, --password-file or --no-totp.')
      show(await talk.api().post<AccountAnswer>('account', one(name), change))
    })
  accounts
    .command('remove <name>')
    .description('it can no longer log in, and is logged out')
    .action(async (name: string) => {
      await talk.api().delete('account', one(name))
      talk.answer({ removed: name }, () => [`${name} is removed.`])
    })
}

function roleIn(text: string): string {
  if ((ROLES as readonly string[]).includes(text)) return text
  throw wrongUsage(`--role is "${text}"; it has to be one of ${ROLES.join(', ')}.`)
}

function passwordIn(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/, 1)[0] ?? ''
  } catch (error) {
    throw wrongUsage(`--password-file is "${file}"; it cannot be read: ${(error as Error).message}`)
  }
}
