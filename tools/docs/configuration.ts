/** docs/reference/configuration.md, from the table of settings. */
import { SETTINGS } from '../../apps/cli/src/config.ts'

const opening = `Read once, at the start; a flag beats the environment, an empty variable counts as not set. An unknown \`PLUGTILL_*\`
variable or an impossible value stops the start with one line and exit status 2. \`npx plugtill config\` prints every
setting, its value and where it comes from, with secrets masked. Generated from the table in \`apps/cli/src/config.ts\`
by \`npm run docs\`; do not edit.`

const closing = `Settings that begin with "serve:" are those of [\`plugtill serve\`](../guides/production.md); the sandbox
has no flags for them. There \`PLUGTILL_LOG_LEVEL\` begins at \`info\`, private partners are refused unless they are allowed, and what others can
reach has to be named: key, public URL, party and payment provider.

\`PLUGTILL_PSP_ACCOUNTS\` names a file with [further accounts](../guides/payment-providers.md#several-accounts) at payment
providers.

The waits are frozen into each payment at the tap: a changed setting never moves a payment that runs.

\`PLUGTILL_ALLOW_PRIVATE_PEERS\` not said: a sandbox that listens on loopback allows partners with http and private
addresses; one that others can reach allows no private address but its own. A platform that partners reach from outside
says \`false\`.

With \`PLUGTILL_API_KEY\` set the terminal link is closed as well: each kiosk is opened once by the address with its key,
from the console or from what the sandbox prints at the start, and only the sandbox's own stations may connect as chargers.

The commands that talk to a running platform know two more variables: \`PLUGTILL_API\` (its address, like \`--api\`) and
\`PLUGTILL_API_KEY\`. Tests know \`PLUGTILL_TEST_DATABASE_URL\`, a PostgreSQL server whose schemas they may create and drop,
\`PLUGTILL_TEST_OCPI_SPEC\`, a clone of the specification whose tables are held against our shapes, and \`PLUGTILL_PROPERTY_RUNS\`,
how many random values each shape is tried with. Tests of payment providers know \`PLUGTILL_TEST_STRIPE_…\` and
\`PLUGTILL_TEST_ADYEN_…\` ([guide](../guides/payment-providers.md)).`

/** A bar inside a table cell. */
const cell = (text: string) => text.replaceAll('|', '\\|')

/** What is possible, in the words of the refusal. */
function possible(read: (typeof SETTINGS)[number]['read']): string {
  const refused = read('\0')
  return 'rule' in refused ? refused.rule : ''
}

export const configuration = (): string =>
  [
    '# Configuration',
    '',
    opening,
    '',
    '| Variable | Flag | Default | What | Possible |',
    '|---|---|---|---|---|',
    ...SETTINGS.map(
      ({ env, flag, value, default: preset, about, secret, read }) =>
        `| \`${env}\` | \`${cell(value ? `${flag} ${value}` : flag)}\` | ${preset === undefined ? '–' : `\`${preset}\``} | ${cell(about)}${secret ? ' (secret)' : ''} | ${cell(possible(read))} |`,
    ),
    '',
    closing,
    '',
  ].join('\n')
