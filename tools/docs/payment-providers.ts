/** docs/reference/payment-providers.md: what each provider can do, from the capabilities of its adapter. */
import { adyenCapabilities } from '../../packages/psp/src/adyen/capabilities.ts'
import type { Capabilities } from '../../packages/psp/src/psp.ts'
import { simulatedCapabilities } from '../../packages/psp/src/simulated/capabilities.ts'
import { simulatedCards } from '../../packages/psp/src/simulated/cards.ts'
import { misbehaviours } from '../../packages/psp/src/simulated/standalone/misbehaviours.ts'
import { simulatedHttpCapabilities } from '../../packages/psp/src/simulated-http/capabilities.ts'
import { stripeCapabilities } from '../../packages/psp/src/stripe/capabilities.ts'

const providers: Readonly<Record<string, Capabilities>> = {
  simulated: simulatedCapabilities,
  'simulated-http': simulatedHttpCapabilities,
  stripe: stripeCapabilities,
  adyen: adyenCapabilities,
}

const HOUR = 3_600_000
const yes = (can: boolean) => (can ? 'yes' : 'no')
const span = (ms: number) => (ms % (24 * HOUR) === 0 ? `${ms / (24 * HOUR)} d` : `${ms / HOUR} h`)

const rows: readonly (readonly [string, (can: Capabilities) => string])[] = [
  ['raise a hold', (can) => (can.incremental === 'none' ? 'no' : `to a new total, at most ${can.maxIncrements} times`)],
  ['raising moves the end of the hold', (can) => yes(can.extendsValidity)],
  ['lower a hold', (can) => yes(can.partialReversal)],
  ['approve a part', (can) => yes(can.partialApproval)],
  ['the rest is released with the capture', (can) => yes(can.autoReleaseOnCapture)],
  ['captures are decided', (can) => (can.captureMode === 'sync' ? 'at once' : 'by a message')],
  ['other changes are decided', (can) => (can.modifications === 'sync' ? 'at once' : 'by a message')],
  ['smallest capture, minor units', (can) => String(can.minCaptureMinor)],
  [
    'a hold lives',
    (can) =>
      Object.entries(can.holdWindowMs)
        .map(([brand, ms]) => `${brand} ${span(ms)}`)
        .join(', '),
  ],
  ['a key is safe for', (can) => span(can.idempotency.retentionSafeMs)],
  ['longest key', (can) => String(can.idempotency.maxKeyLength)],
  ['query by our reference', (can) => yes(can.queryByOurRef)],
  ['refund', (can) => yes(can.refund)],
  ['signed messages', (can) => yes(can.webhooks)],
  [
    'recognise a card (stop, receipt)',
    (can) => ({ token: 'by its token', reader: 'at the reader', none: 'no' })[can.identify],
  ],
  ['settlement report', (can) => yes(can.settlementReport)],
]

const intro = `What each provider behind the port can do, and what is therefore refused there: an operation a provider cannot do is
answered \`not-supported\`. The platform reads the same table. Generated from \`packages/psp/src/*/capabilities.ts\`, the
cards and the misbehaviours of the simulated provider by \`npm run docs\`; do not edit. How to connect one:
[Payment providers](../guides/payment-providers.md).`

const refusals = `## What an operation answers

Every provider answers in these words; [psp.ts](../../packages/psp/src/psp.ts) is the port.

| Kind | Means | The same key again |
|---|---|---|
| \`declined\` | the issuer said no: the old hold stays as it was | no |
| \`unknown-outcome\` | it may have happened, or is accepted and not decided: ask with query | yes, within the safe time of a key |
| \`unavailable\` | it did not happen; a pause may be asked for | yes |
| \`refused\` | wrong for this payment, wrong key, wrong signature, or it carries a card number | no |
| \`not-supported\` | this provider cannot do it | no |

A declined authorization says why: \`issuer\`, \`pin-needed\` (the same card may succeed with its PIN), \`no-card\` (none was held
before the reader in time) or \`cancelled\` (by the driver). A payment is \`pending\`, \`authorized\`, \`declined\`,
\`capture-pending\`, \`capture-failed\`, \`captured\`, \`void-pending\`, \`voided\` or \`expired\`.`

export const paymentProviders = (): string => {
  const names = Object.keys(providers)
  return [
    '# What payment providers can do',
    '',
    intro,
    '',
    `| | ${names.map((name) => `\`${name}\``).join(' | ')} |`,
    `|---|${names.map(() => '---').join('|')}|`,
    ...rows.map(([what, cell]) => `| ${what} | ${Object.values(providers).map(cell).join(' | ')} |`),
    '',
    refusals,
    '',
    '## Cards of the simulated provider',
    '',
    '| Card | What happens |',
    '|---|---|',
    ...simulatedCards.map(({ name, explanation }) => `| \`${name}\` | ${explanation} |`),
    '',
    '## Misbehaviours of the simulated service',
    '',
    'Switched by `plugtill psp serve --misbehave A,B` or, while it runs, by `plugtill psp misbehave A,B`.',
    '',
    '| Name | What happens |',
    '|---|---|',
    ...misbehaviours.map(({ name, about }) => `| \`${name}\` | ${about} |`),
    '',
  ].join('\n')
}
