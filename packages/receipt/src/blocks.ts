/** A slip as a sequence of blocks: page and PDF draw the same ones, so neither can say what the other does not. */
import { LINE_WORDS } from '@plugtill/terminal/link'
import { sayKnown, sayMoney } from '@plugtill/terminal/texts'
import { printable, webLink } from './printable.ts'
import { SIGNED_FILE } from './signed-data.ts'
import type { Slip, SlipParty } from './slip.ts'
import { slipNumber, slipTime, slipWord } from './texts.ts'
import type { SlipWord } from './words.en.ts'

export type Block =
  | { readonly is: 'title'; readonly text: string; readonly under: string }
  | { readonly is: 'heading'; readonly text: string }
  | { readonly is: 'lines'; readonly lines: readonly string[] }
  | { readonly is: 'rows'; readonly rows: readonly Row[] }
  | { readonly is: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly is: 'notice'; readonly text: string; readonly tone: 'good' | 'wait' | 'bad' }
  /** Long texts for machines, broken anywhere. */
  | { readonly is: 'code'; readonly lines: readonly string[] }
  | { readonly is: 'link'; readonly text: string; readonly url: string }
  | { readonly is: 'qr'; readonly url: string; readonly caption: string }

export interface Row {
  readonly label: string
  readonly value: string
  readonly strong?: boolean
}

/** A partner may send any number of lines; more than this nobody reads. */
const LINES_AT_MOST = 60

type Say = (word: SlipWord, values?: Readonly<Record<string, string>>) => string

export const titleOf = ({ language, kind, number }: Slip): string =>
  `${slipWord(language, kind)} ${slipWord(language, 'number', { number: printable(number, 60) })}`

export function blocksOf(slip: Slip): readonly Block[] {
  const say: Say = (word, values) => slipWord(slip.language, word, values)
  return [
    { is: 'title', text: say(slip.kind), under: say('number', { number: printable(slip.number, 60) }) },
    ...statusBlocks(slip, say),
    ...correctionBlocks(slip, say),
    ...partyBlocks(slip, say),
    ...sessionBlocks(slip, say),
    ...costBlocks(slip, say),
    ...paymentBlocks(slip, say),
    ...invoiceBlocks(slip, say),
    ...(slip.notes?.length ? [{ is: 'lines', lines: texts(slip.notes) } as const] : []),
    ...(slip.url && webLink(slip.url) ? [{ is: 'qr', url: slip.url, caption: say('scan') } as const] : []),
    ...signedBlocks(slip, say),
  ]
}

const texts = (lines: readonly string[]): readonly string[] =>
  lines
    .slice(0, LINES_AT_MOST)
    .map((line) => printable(line))
    .filter((line) => line !== '')

const TONES = {
  paid: 'good',
  'partly-paid': 'good',
  refunded: 'good',
  'partly-refunded': 'good',
  'not-charged': 'good',
  declined: 'bad',
  failed: 'bad',
  pending: 'wait',
  unconfirmed: 'wait',
} as const

function statusBlocks({ payment }: Slip, say: Say): readonly Block[] {
  return payment ? [{ is: 'notice', text: say(`state-${payment.state}`), tone: TONES[payment.state] }] : []
}

function correctionBlocks({ corrects, correctedBy }: Slip, say: Say): readonly Block[] {
  const lines = [
    ...(corrects === undefined ? [] : [say('corrects', { number: printable(corrects, 60) })]),
    ...(correctedBy === undefined ? [] : [say('corrected-by', { number: printable(correctedBy, 60) })]),
  ]
  return lines.length > 0 ? [{ is: 'lines', lines }] : []
}

function partyBlocks({ seller, issuer, buyer, ...slip }: Slip, say: Say): readonly Block[] {
  const party = (word: SlipWord, { name, lines = [], taxId }: SlipParty): readonly Block[] => [
    { is: 'heading', text: say(word) },
    { is: 'lines', lines: texts([name, ...lines, ...(taxId === undefined ? [] : [say('tax-id', { id: taxId })])]) },
  ]
  return [
    ...party('seller', seller),
    ...(issuer ? party('issuer', issuer) : []),
    ...(buyer?.length
      ? [{ is: 'heading', text: say('buyer') } as const, { is: 'lines', lines: texts(buyer) } as const]
      : []),
    {
      is: 'rows',
      rows: [
        { label: say('date'), value: slipTime(slip.language, slip.issuedAt, slip.timeZone) },
        { label: say('reference'), value: printable(slip.reference, 60) },
      ],
    },
  ]
}

function sessionBlocks({ session, language, timeZone }: Slip, say: Say): readonly Block[] {
  if (!session) return []
  const { place, charger, from, until, energyKwh } = session
  const row = (word: SlipWord, value: string | undefined): readonly Row[] =>
    value === undefined || value === '' ? [] : [{ label: say(word), value }]
  const time = (at: number | undefined) => (at === undefined ? undefined : slipTime(language, at, timeZone))
  const rows = [
    ...row('place', texts(place).join(', ')),
    ...row('charger', charger === undefined ? undefined : printable(charger, 60)),
    ...row('from', time(from)),
    ...row('until', time(until)),
    ...row('energy', energyKwh === undefined ? undefined : `${slipNumber(language, energyKwh)} kWh`),
  ]
  return rows.length > 0
    ? [
        { is: 'heading', text: say('session') },
        { is: 'rows', rows },
      ]
    : []
}

function costBlocks({ lines, total, net, taxes, currency, language }: Slip, say: Say): readonly Block[] {
  if (total === undefined) return []
  const money = (amountMinor: number) => sayMoney(language, { amountMinor, currency })
  const lineText = (text: string) =>
    (LINE_WORDS as readonly string[]).includes(text) ? sayKnown(language, 'receipt-line', text) : printable(text)
  const taxed = taxes.slice(0, LINES_AT_MOST)
  const known = taxed.every(({ netMinor }) => netMinor !== undefined)
  return [
    {
      is: 'rows',
      rows: [
        ...lines.slice(0, LINES_AT_MOST).map(({ text, quantity, amountMinor }) => ({
          label: lineText(text) + (quantity ? `, ${slipNumber(language, quantity.amount)} ${quantity.unit}` : ''),
          value: money(amountMinor),
        })),
        { label: say('total'), value: money(total), strong: true },
        ...(net === undefined || taxed.length === 0 ? [] : [{ label: say('net'), value: money(net) }]),
      ],
    },
    ...(taxed.length > 0
      ? [
          {
            is: 'table',
            head: [
              say('tax'),
              ...(known ? [say('tax-net')] : []),
              say('tax-amount'),
              ...(known ? [say('tax-gross')] : []),
            ],
            rows: taxed.map(({ name, percentage, netMinor = 0, amountMinor }) => [
              printable(name, 60) + (percentage === undefined ? '' : ` ${slipNumber(language, String(percentage))} %`),
              ...(known ? [money(netMinor)] : []),
              money(amountMinor),
              ...(known ? [money(netMinor + amountMinor)] : []),
            ]),
          } as const,
        ]
      : total === 0
        ? []
        : [{ is: 'lines', lines: [say('tax-untold')] } as const]),
  ]
}

function paymentBlocks({ payment, language, timeZone }: Slip, say: Say): readonly Block[] {
  if (!payment) return []
  const { card, captured, refunded, at, eftData, message } = payment
  const rows: readonly Row[] = [
    ...(card ? [{ label: say('card'), value: `${printable(card.brand, 30)} ${printable(card.masked, 30)}` }] : []),
    ...(captured ? [{ label: say('captured'), value: sayMoney(language, captured) }] : []),
    ...(refunded ? [{ label: say('refunded'), value: sayMoney(language, refunded) }] : []),
    ...(at === undefined ? [] : [{ label: say('when'), value: slipTime(language, at, timeZone) }]),
  ]
  return [
    { is: 'heading', text: say('payment') },
    ...(message === undefined ? [] : [{ is: 'lines', lines: texts([message]) } as const]),
    ...(rows.length > 0 ? [{ is: 'rows', rows } as const] : []),
    ...(eftData.length > 0 ? [{ is: 'code', lines: texts(eftData) } as const] : []),
  ]
}

function invoiceBlocks({ invoice }: Slip, say: Say): readonly Block[] {
  if (!invoice) return []
  const url = webLink(invoice.url ?? '')
  return [
    { is: 'lines', lines: [say(invoice.later ? 'invoice-later' : 'invoice-by', { name: printable(invoice.by, 100) })] },
    ...(url === undefined ? [] : [{ is: 'link', text: `${say('invoice-at')}: ${new URL(url).host}`, url } as const]),
  ]
}

function signedBlocks({ signed }: Slip, say: Say): readonly Block[] {
  if (!signed) return []
  const { method, version, publicKey, values, url } = signed
  const shown = values.slice(0, LINES_AT_MOST)
  return [
    { is: 'heading', text: say('signed') },
    { is: 'lines', lines: [say('signed-how')] },
    {
      is: 'rows',
      rows: [{ label: say('method'), value: printable(method, 60) + (version === undefined ? '' : ` ${version}`) }],
    },
    ...(publicKey === undefined
      ? []
      : [
          { is: 'lines', lines: [say('public-key')] } as const,
          { is: 'code', lines: [printable(publicKey, 1000)] } as const,
        ]),
    {
      is: 'code',
      lines: shown.map(({ nature, signed: value }) => `${printable(nature, 40)}: ${printable(value, 6000)}`),
    },
    ...(values.length > shown.length
      ? [{ is: 'lines', lines: [say('signed-more', { file: SIGNED_FILE })] } as const]
      : []),
    ...(url === undefined ? [] : [{ is: 'lines', lines: [say('more-at', { url: printable(url) })] } as const]),
  ]
}
