/** The driver's documents as he opens them: `REFERENCE` is the one that counts now, `REFERENCE/1` the first, each also as PDF. */
import { plainPage, SLIP_HEADERS, type SlipLinks, slipHtml } from '@plugtill/receipt/html'
import { slipPdf } from '@plugtill/receipt/pdf'
import { SIGNED_FILE, signedXml } from '@plugtill/receipt/signed-data'
import type { Slip } from '@plugtill/receipt/slip'

export interface InvoiceAnswer {
  readonly status: 200 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** The part of the address below the reference: which document, and in which form. */
const TAIL = /^(?:([1-9]\d?))?(?:(?:^|\/)(pdf|signed))?$/

export async function invoiceAnswer(
  documents: readonly Slip[],
  tail = '',
  { pdf = slipPdf }: { readonly pdf?: typeof slipPdf } = {},
): Promise<InvoiceAnswer> {
  const [matched, nth, form] = TAIL.exec(tail) ?? []
  const slip = matched === undefined ? undefined : nth === undefined ? documents.at(-1) : documents[Number(nth) - 1]
  if (slip === undefined || (form === 'signed' && slip.signed === undefined)) return notYet()
  // A credit or an advice changes what counts, so nobody keeps it for long.
  const headers = { ...SLIP_HEADERS, 'cache-control': 'private, no-cache' }
  if (form === 'pdf') {
    const named = {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${fileName(slip)}.pdf"`,
    }
    return { status: 200, headers: { ...headers, ...named }, body: await pdf(slip) }
  }
  if (form === 'signed' && slip.signed !== undefined) {
    const named = { 'content-type': 'application/xml', 'content-disposition': `attachment; filename="${SIGNED_FILE}"` }
    return { status: 200, headers: { ...headers, ...named }, body: signedXml(slip.signed) }
  }
  return { status: 200, headers, body: slipHtml(slip, linksOf(documents, slip)) }
}

/** Relative to no base: the reference is part of an address that somebody else may have joined. (E-19) */
function linksOf(documents: readonly Slip[], slip: Slip): SlipLinks {
  const { url } = slip
  if (url === undefined) return {}
  const nth = documents.indexOf(slip) + 1
  const others = documents.flatMap((other, index) =>
    other === slip ? [] : [{ text: other.number, url: `${url}/${index + 1}` }],
  )
  return { pdf: `${url}/${nth}/pdf`, signed: `${url}/${nth}/signed`, ...(others.length === 0 ? {} : { others }) }
}

const fileName = ({ number }: Slip) => number.replaceAll(/[^A-Za-z0-9._-]/g, '_')

function notYet(): InvoiceAnswer {
  const text = 'It appears here when your charging session has ended.'
  return {
    status: 404,
    headers: { ...SLIP_HEADERS, 'cache-control': 'no-store' },
    body: plainPage('en', { title: 'No invoice yet', text }),
  }
}
