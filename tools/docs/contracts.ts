/** docs/reference/contracts.md, from the table of contract settings and the platform's defaults. */
import {
  CONTRACT_SETTINGS,
  type ContractSetting,
  MOST_COUNT,
} from '../../packages/ptp/src/contracts/contract-settings.ts'
import { effectiveSettings } from '../../packages/ptp/src/contracts/terms-of-contract.ts'
import { defaultSettings } from '../../packages/ptp/src/settings.ts'

const opening = `# Contract settings

What a contract with a CPO may say otherwise than the platform. Frozen into each payment at the tap. On the command line
\`plugtill contracts add|change --set NAME=VALUE\`; in the admin API as JSON. Amounts are minor units by currency: what a
contract sets for one currency leaves the others as the platform has them. Generated from the table in
\`packages/ptp/src/contracts/contract-settings.ts\` by \`npm run docs\`; do not edit.

| Setting | Default | What | On the command line |
|---|---|---|---|
`

function example({ value }: ContractSetting): string {
  switch (value.kind) {
    case 'seconds':
      return `whole seconds from ${value.range.join(' to ')}`
    case 'seconds-list':
      return `seconds from ${value.range.join(' to ')} with commas: \`7200,43200\``
    case 'choice':
      return value.of.map((one) => `\`${one}\``).join(', ')
    case 'yes-no':
      return '`true`, `false`'
    case 'share':
      return '0 to 1'
    case 'text':
      return 'text without spaces'
    case 'count':
      return `a whole number from 0 to ${MOST_COUNT}`
    case 'list':
      return `\`${value.example}\``
    case 'minor':
      return '`EUR:5000,GBP:4000`'
    case 'minor-list':
      return '`EUR:1000/2000,GBP:1000/2000`'
  }
}

function shown(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '–'
  if (Array.isArray(value)) return `\`${value.join(',')}\``
  if (typeof value !== 'object') return `\`${String(value)}\``
  return Object.entries(value as Record<string, unknown>)
    .map(([code, amount]) => `\`${code}:${Array.isArray(amount) ? amount.join('/') : String(amount)}\``)
    .join(' ')
}

export function contractSettings(): string {
  const defaults = effectiveSettings(defaultSettings)
  const rows = CONTRACT_SETTINGS.map(
    (setting) => `| \`${setting.name}\` | ${shown(defaults[setting.name])} | ${setting.about} | ${example(setting)} |`,
  )
  return `${opening}${rows.join('\n')}\n`
}
