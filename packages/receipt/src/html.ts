/** A slip as a page that a driver opens by QR code: one file, no script, readable on a phone and on paper. */
import { createHash } from 'node:crypto'
import { qrCode } from '@plugtill/terminal/qr'
import { type Block, blocksOf, titleOf } from './blocks.ts'
import { escaped, printable, webLink } from './printable.ts'
import type { Slip } from './slip.ts'
import { slipWord } from './texts.ts'

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:0 auto;padding:1.5rem 1rem 3rem;overflow-wrap:anywhere}' +
  'h1{margin:0;font-size:1.7rem}h2{margin:1.4rem 0 .2rem;font-size:1rem}p{margin:.3rem 0}' +
  'table{width:100%;border-collapse:collapse;margin:.6rem 0}td,th{padding:.3rem 0 .3rem .6rem;border-bottom:1px solid #8884;text-align:right;vertical-align:top;font-weight:400}' +
  'td:first-child,th:first-child{text-align:left;padding-left:0}.strong td{font-weight:700;font-size:1.15rem}.number{font-variant-numeric:tabular-nums}.rows{table-layout:fixed}.sum{white-space:nowrap}' +
  '.notice{border-left:.3rem solid;padding:.5rem .8rem;margin:1rem 0}.good{border-color:#18794e}.wait{border-color:#ad5700}.bad{border-color:#c62a2f}' +
  'pre{background:#8882;padding:.8rem;white-space:pre-wrap;word-break:break-all;font-size:.8rem}.qr{width:9rem;height:9rem;background:#fff}' +
  '.links a{display:inline-block;margin-right:1.2rem}@media print{.links{display:none}body{padding:0}}'

/** Nothing runs, nothing is loaded, nobody frames it, no search engine keeps it. */
export const SLIP_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
} as const

/** Where the other forms of this document are found. */
export interface SlipLinks {
  readonly pdf?: string
  readonly signed?: string
  /** Other documents of the same payment, by their numbers. */
  readonly others?: readonly { readonly text: string; readonly url: string }[]
}

export function slipHtml(slip: Slip, { pdf, signed, others = [] }: SlipLinks = {}): string {
  const links = [
    ...(pdf === undefined ? [] : [link(pdf, slipWord(slip.language, 'pdf'))]),
    ...(signed === undefined || !slip.signed ? [] : [link(signed, slipWord(slip.language, 'signed-file'))]),
    ...others.map(({ text, url }) => link(url, printable(text, 60))),
  ]
  const content = blocksOf(slip).map(drawn).join('')
  return slipPage(slip, content + (links.length > 0 ? `<p class="links">${links.join('')}</p>` : ''))
}

/** A page in the same clothes for what is no document, such as "not here". Both texts are printed as text. */
export const plainPage = (language: string, { title, text }: { readonly title: string; readonly text: string }) =>
  page(language, { title, content: `<h1>${safe(title)}</h1><p>${safe(text)}</p>` })

const slipPage = (slip: Slip, content: string) => page(slip.language, { title: titleOf(slip), content })

const page = (language: string, { title, content }: { readonly title: string; readonly content: string }) =>
  `<!doctype html><html lang="${escaped(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>${content}</main></body></html>`

/** A text of another direction stays within its own walls. */
const safe = (text: string) => `<bdi>${escaped(text)}</bdi>`
const link = (url: string, text: string) => `<a href="${escaped(url)}">${escaped(text)}</a>`

function drawn(block: Block): string {
  switch (block.is) {
    case 'title':
      return `<h1>${escaped(block.text)}</h1><p>${safe(block.under)}</p>`
    case 'heading':
      return `<h2>${escaped(block.text)}</h2>`
    case 'lines':
      return `<p>${block.lines.map(safe).join('<br>')}</p>`
    case 'rows':
      return `<table class="rows">${block.rows
        .map(
          ({ label, value, strong }) =>
            `<tr${strong ? ' class="strong"' : ''}><td>${safe(label)}</td><td class="number">${safe(value)}</td></tr>`,
        )
        .join('')}</table>`
    case 'table':
      return `<table><tr>${block.head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('')}</tr>${block.rows
        .map(
          (row) =>
            `<tr>${row.map((cell, index) => `<td class="number${index > 0 ? ' sum' : ''}">${safe(cell)}</td>`).join('')}</tr>`,
        )
        .join('')}</table>`
    case 'notice':
      return `<p class="notice ${block.tone}">${escaped(block.text)}</p>`
    case 'code':
      return `<pre>${block.lines.map(escaped).join('\n')}</pre>`
    case 'link':
      return webLink(block.url) === undefined ? '' : `<p>${link(block.url, block.text)}</p>`
    case 'qr':
      return qr(block.url, block.caption)
  }
}

const QUIET = 4

function qr(url: string, caption: string): string {
  const code = qrCode(url)
  if (!code) return ''
  const side = code.size + 2 * QUIET
  let path = ''
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.dark(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`
  return `<p><svg class="qr" role="img" aria-label="${escaped(caption)}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${path}" fill="#000"/></svg><br>${escaped(caption)}</p>`
}
