/** The invoice as a page a driver opens by QR code: one file, no script, readable on a phone. */
import type { WireResponse } from '@plugtill/ocpi/wire'
import type { Invoice } from './invoice.ts'

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'referrer-policy': 'no-referrer',
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}' +
  'table{width:100%;border-collapse:collapse}td{padding:.3rem 0;border-bottom:1px solid #ddd}td:last-child{text-align:right}' +
  '.total td{font-weight:bold;border-bottom:0}pre{background:#f4f4f4;padding:1rem;white-space:pre-wrap}'

export function invoiceResponse(invoice: Invoice | undefined): WireResponse {
  if (invoice === undefined)
    return {
      status: 404,
      headers: HEADERS,
      body: page('Invoice', '<h1>No invoice yet</h1><p>It appears here when your charging session has ended.</p>'),
    }
  return { status: 200, headers: HEADERS, body: page(`Invoice ${invoice.number}`, body(invoice)) }
}

function body(invoice: Invoice): string {
  const { place } = invoice
  const rows = invoice.lines.map((line) =>
    row(line.quantity === undefined ? line.text : `${line.text}, ${line.quantity}`, line.amount),
  )
  const taxes = invoice.taxes.map((tax) =>
    row(tax.percentage === undefined ? tax.name : `${tax.name} ${tax.percentage} %`, tax.amount),
  )
  return `<h1>Invoice</h1><p>${safe(invoice.issuer)}<br>No. ${safe(invoice.number)}<br>${safe(day(invoice.issuedAt))}</p>
<p>${safe(place.name)}, ${safe(place.address)}, ${safe(place.city)}<br>${safe(place.evse)}<br>${safe(day(invoice.from))} to ${safe(day(invoice.until))} (UTC)<br>${safe(invoice.energyKwh)} kWh</p>
<table>${rows.join('')}${row('Before taxes', invoice.net)}${taxes.join('')}<tr class="total"><td>Total ${safe(invoice.currency)}</td><td>${safe(invoice.total)}</td></tr></table>
${payment(invoice)}`
}

function payment({ payment: paid }: Invoice): string {
  if (paid === undefined) return '<p>The payment has not been confirmed yet.</p>'
  const told = { SUCCESS: 'Paid by card', PARTIAL_SUCCESS: 'Partly paid by card', FAILED: 'Card payment failed' }[
    paid.status
  ]
  const message = paid.message === undefined ? '' : `<p>${safe(paid.message)}</p>`
  return `<p>${told}: ${safe(paid.currency)} ${safe(paid.captured)}</p>${message}<pre>${paid.eftData.map(safe).join('\n')}</pre>`
}

const page = (title: string, content: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${safe(title)}</title><style>${STYLE}</style></head><body>${content}</body></html>`
const row = (text: string, amount: string) => `<tr><td>${safe(text)}</td><td>${safe(amount)}</td></tr>`
const day = (at: string) => at.replace('T', ' ').replace(/(:\d\d)?(\.\d+)?Z$/, '')
/** Texts come from partners: nothing of them may become markup. */
const safe = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
