/** `plugtill cdrs`, `invoices` and `tokens`: what the CPO has billed, to whom, and whose cards it knows. */
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { wrongUsage } from '../exit.ts'
import { pairs, table } from '../text/table.ts'
import { listed } from './flags.ts'

interface Credit {
  readonly reason: string
  readonly by?: string
  readonly energyKwh?: string
  readonly end?: string
  readonly tariff?: string
}
interface CdrAnswer {
  readonly id: string
  readonly end_date_time: string
  readonly authorization_reference?: string
  readonly total_energy: number
  readonly total_cost: { readonly before_taxes: number }
  readonly currency: string
  readonly credit_reference_id?: string
}
interface CorrectionAnswer {
  readonly credit_cdr_id: string
  readonly replacement_cdr_id: string | null
  readonly state: string
}

export function addCpoBooksCommands(program: Command, talk: Talk): void {
  const cdrs = program.command('cdrs').description("the CPO's bills: list, credit")
  cdrs
    .command('list')
    .description('the newest bills')
    .action(async () => {
      const found = await talk.api().get<readonly CdrAnswer[]>('cpo', '/cdrs')
      talk.answer(found, () =>
        table(found, [
          { title: 'CDR', cell: (one) => one.id },
          { title: 'Ended', cell: (one) => one.end_date_time },
          { title: 'Reference', cell: (one) => one.authorization_reference ?? '' },
          { title: 'kWh', cell: (one) => String(one.total_energy) },
          { title: 'Net', cell: (one) => `${one.total_cost.before_taxes} ${one.currency}` },
          { title: 'Credits', cell: (one) => one.credit_reference_id ?? '' },
        ]),
      )
    })
  cdrs
    .command('credit <ID>')
    .description('take a CDR back by a credit CDR; with one of the last three options a corrected CDR takes its place')
    .requiredOption('--reason <TEXT>', 'why; the partner reads it')
    .option('--by <NAME>', 'who decided it')
    .option('--energy-kwh <N>', 'so much energy it was')
    .option('--end <TIME>', 'the session was over then, as 2030-01-15T10:00:00Z')
    .option('--tariff <ID>', 'this tariff would have been right')
    .action(async (id: string, options: Credit) => {
      const body = { reason: options.reason, ...(options.by && { by: options.by }), ...replacementOf(options) }
      const path = `/cdrs/${encodeURIComponent(id)}/credit`
      const answer = await talk.api().post<CorrectionAnswer>('cpo', path, body)
      talk.answer(answer, () =>
        pairs({
          Credit: answer.credit_cdr_id,
          Replacement: answer.replacement_cdr_id ?? 'none',
          State: answer.state,
        }),
      )
    })
  addInvoices(program, talk)
  addTokens(program, talk)
}

function replacementOf({ energyKwh, end, tariff }: Credit) {
  if (energyKwh === undefined && end === undefined && tariff === undefined) return {}
  if (energyKwh !== undefined && !/^\d{1,6}(\.\d{1,4})?$/.test(energyKwh))
    throw wrongUsage(`--energy-kwh is "${energyKwh}"; it has to be a number with at most four decimals.`)
  return {
    replacement: {
      ...(energyKwh === undefined ? {} : { energy_kwh: Number(energyKwh) }),
      ...(end === undefined ? {} : { end_date_time: end }),
      ...(tariff === undefined ? {} : { tariff_id: tariff }),
    },
  }
}

interface Covered {
  readonly id: string
  readonly invoice_id: string
  readonly cdrs: readonly string[]
  readonly partner?: string
  readonly state?: string
}
interface Cover {
  readonly partner: string
  readonly invoice: string
  readonly cdrs?: string
  readonly from?: string
  readonly until?: string
}

function addInvoices(program: Command, talk: Talk): void {
  const invoices = program
    .command('invoices')
    .description('which CDRs the invoices between the CPO and its partners cover: list, cover, withdraw')
  invoices
    .command('list')
    .description('ours, and what partners say of theirs')
    .action(async () => {
      const found = await talk
        .api()
        .get<{ readonly ours: readonly Covered[]; readonly received: readonly Covered[] }>('cpo', '/reconciliations')
      const all = [...found.ours, ...found.received]
      talk.answer(found, () =>
        all.length === 0
          ? ['No invoice covers any CDR yet.']
          : table(all, [
              { title: 'Record', cell: (one) => one.id },
              { title: 'Invoice', cell: (one) => one.invoice_id },
              { title: 'Partner', cell: (one) => one.partner ?? 'theirs' },
              { title: 'State', cell: (one) => one.state ?? 'received' },
              { title: 'CDRs', cell: (one) => String(one.cdrs.length) },
            ]),
      )
    })
  const show = (answer: Covered) =>
    talk.answer(answer, () => [
      `${answer.invoice_id}: ${answer.cdrs.length === 1 ? 'one CDR' : `${answer.cdrs.length} CDRs`}, ${answer.state}.`,
    ])
  invoices
    .command('cover')
    .description('say which CDRs an invoice covers: those named, or all of a period that none covers yet')
    .requiredOption('--partner <CC-PID>', 'whose')
    .requiredOption('--invoice <ID>', 'the number of the invoice')
    .option('--cdrs <A,B>', 'these')
    .option('--from <TIME>', 'or all that ended from then on')
    .option('--until <TIME>', 'and before then')
    .action(async ({ partner, invoice, cdrs, from, until }: Cover) => {
      const body = { partner, invoice_id: invoice, ...(from && { from }), ...(until && { until }) }
      const named = cdrs === undefined ? {} : { cdrs: listed(cdrs) }
      show(await talk.api().post<Covered>('cpo', '/reconciliations', { ...body, ...named }))
    })
  invoices
    .command('withdraw <RECORD>')
    .description('take back a record that was a mistake')
    .action(async (id: string) =>
      show(await talk.api().post<Covered>('cpo', `/reconciliations/${encodeURIComponent(id)}/withdraw`)),
    )
}

interface TokenAnswer {
  readonly country_code: string
  readonly party_id: string
  readonly uid: string
  readonly type: string
  readonly contract_id: string
  readonly valid: boolean
  readonly whitelist: string
}

function addTokens(program: Command, talk: Talk): void {
  program
    .command('tokens')
    .description('cards that mobility providers have told the CPO of')
    .option('--uid <UID>', 'only this one')
    .option('--limit <N>', 'at most so many (default: 100)')
    .action(async ({ uid, limit }: { readonly uid?: string; readonly limit?: string }) => {
      if (limit !== undefined && !/^[1-9]\d{0,3}$/.test(limit))
        throw wrongUsage(`--limit is "${limit}"; it has to be a whole number from 1 to 9999.`)
      const query = new URLSearchParams({ ...(uid && { uid }), ...(limit && { limit }) }).toString()
      const path = query === '' ? '/tokens' : `/tokens?${query}`
      const found = await talk
        .api()
        .get<{ readonly total: number; readonly tokens: readonly TokenAnswer[] }>('cpo', path)
      talk.answer(found, () => [
        ...table(found.tokens, [
          { title: 'Card', cell: (one) => one.uid },
          { title: 'Type', cell: (one) => one.type },
          { title: 'Provider', cell: (one) => `${one.country_code}-${one.party_id}` },
          { title: 'Contract', cell: (one) => one.contract_id },
          { title: 'Valid', cell: (one) => (one.valid ? 'yes' : 'no') },
          { title: 'Whitelist', cell: (one) => one.whitelist },
        ]),
        ...(found.total > found.tokens.length ? [`${found.total - found.tokens.length} more.`] : []),
      ])
    })
}
