/** A slip as PDF/A4 pages. The same slip gives the same bytes: its only time is that of the slip. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { qrCode } from '@plugtill/terminal/qr'
import { type Block, blocksOf, type Row, titleOf } from './blocks.ts'
import { SIGNED_FILE, signedXml } from './signed-data.ts'
import type { Slip } from './slip.ts'

const MARGIN = 56
const WIDTH = 595.28 - 2 * MARGIN
const BOTTOM = 841.89 - MARGIN
const SIZE = { title: 20, heading: 11, text: 10, code: 7 } as const
const GAP = 6
const TONES = { good: '#18794e', wait: '#ad5700', bad: '#c62a2f' } as const
/** What a line of machine text holds in this size, and how many are printed; the attached file has them all. */
const CODE_SIGNS = 110
const CODE_LINES_AT_MOST = 400
const QR_SIDE = 110

type Pen = PDFKit.PDFDocument

/** Read once: they write Latin, Greek, Cyrillic, Arabic and Hebrew; what they lack is drawn as an empty box. */
let fonts: Promise<{ readonly plain: Buffer; readonly bold: Buffer; readonly mono: Buffer }> | undefined

async function loadFonts() {
  const { resolve } = createRequire(import.meta.url)
  const read = (name: string) => readFile(resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))
  const [plain, bold, mono] = await Promise.all([read('DejaVuSans'), read('DejaVuSans-Bold'), read('DejaVuSansMono')])
  return { plain, bold, mono }
}

export async function slipPdf(slip: Slip): Promise<Uint8Array> {
  fonts ??= loadFonts()
  const { plain, bold, mono } = await fonts
  // Loaded when the first one is drawn: a command that draws none need not wait for it.
  const { default: PDFDocument } = await import('pdfkit')
  const at = new Date(slip.issuedAt)
  const pen = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    lang: slip.language,
    displayTitle: true,
    info: { Title: titleOf(slip), Producer: 'Plugtill', Creator: 'Plugtill', CreationDate: at, ModDate: at },
  })
  const bytes = collected(pen)
  pen.registerFont('plain', plain).registerFont('bold', bold).registerFont('mono', mono)
  for (const block of blocksOf(slip)) draw(pen, block)
  if (slip.signed)
    pen.file(Buffer.from(signedXml(slip.signed)), {
      name: SIGNED_FILE,
      type: 'application/xml',
      creationDate: at,
      modifiedDate: at,
    })
  pen.end()
  return bytes
}

/**
 * Draws a slip once for as long as it is asked for again soon. Drawing costs a tenth of a second, and whoever has an
 * address may ask as often as they like.
 */
export function createSlipPdfs(most = 100): (slip: Slip) => Promise<Uint8Array> {
  const drawn = new Map<string, Promise<Uint8Array>>()
  return (slip) => {
    const key = createHash('sha256').update(JSON.stringify(slip)).digest('base64')
    const pdf = drawn.get(key) ?? slipPdf(slip)
    // The one that was asked for last is forgotten last.
    drawn.delete(key)
    drawn.set(key, pdf)
    const [oldest] = drawn.keys()
    if (drawn.size > most && oldest !== undefined) drawn.delete(oldest)
    pdf.catch(() => drawn.delete(key))
    return pdf
  }
}

function collected(pen: Pen): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  return new Promise((resolve, reject) => {
    pen.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    pen.on('end', () => resolve(Buffer.concat(chunks)))
    pen.on('error', reject)
  })
}

function draw(pen: Pen, block: Block): void {
  switch (block.is) {
    case 'title':
      write(pen, block.text, { font: 'bold', size: SIZE.title })
      write(pen, block.under)
      break
    case 'heading':
      pen.y += GAP
      write(pen, block.text, { font: 'bold', size: SIZE.heading, keep: 40 })
      pen.y += 2
      // What it is about follows at once.
      return
    case 'lines':
      for (const line of block.lines) write(pen, line)
      break
    case 'rows':
      for (const row of block.rows) writeRow(pen, row)
      break
    case 'table':
      for (const [index, cells] of [block.head, ...block.rows].entries()) writeCells(pen, cells, index === 0)
      break
    case 'notice':
      pen.fillColor(TONES[block.tone])
      write(pen, block.text, { font: 'bold' })
      pen.fillColor('#000000')
      break
    case 'code':
      writeCode(pen, block.lines)
      break
    case 'link':
      write(pen, block.text, { link: block.url })
      break
    case 'qr':
      drawQr(pen, block.url, block.caption)
      break
  }
  pen.y += GAP
}

interface Style {
  readonly font?: 'plain' | 'bold' | 'mono'
  readonly size?: number
  /** What has to fit below it on the same page. */
  readonly keep?: number
  readonly link?: string
}

/** Starts a new page where the next thing would be cut. */
function room(pen: Pen, height: number): void {
  if (pen.y + height > BOTTOM) pen.addPage()
}

function write(pen: Pen, text: string, { font = 'plain', size = SIZE.text, keep = 0, link }: Style = {}) {
  pen.font(font, size)
  room(pen, pen.heightOfString(text, { width: WIDTH }) + keep)
  pen.text(text, MARGIN, pen.y, { width: WIDTH, ...(link && { link, underline: true }) })
}

function writeRow(pen: Pen, { label, value, strong }: Row): void {
  writeAcross(pen, [label, value], { font: strong ? 'bold' : 'plain', shares: [0.48, 0.52] })
}

function writeCells(pen: Pen, cells: readonly string[], head: boolean): void {
  const rest = 0.6 / Math.max(1, cells.length - 1)
  writeAcross(pen, cells, { font: head ? 'bold' : 'plain', shares: [0.4, ...cells.slice(1).map(() => rest)] })
}

/** Cells of one height beside each other, the first to the left and the others to the right, with a line below. */
function writeAcross(
  pen: Pen,
  cells: readonly string[],
  { font, shares }: { readonly font: 'plain' | 'bold'; readonly shares: readonly number[] },
): void {
  pen.font(font, SIZE.text)
  const widths = shares.map((share, index) => share * WIDTH - (index < shares.length - 1 ? GAP : 0))
  const height = Math.max(...cells.map((cell, index) => pen.heightOfString(cell, { width: widths[index] ?? WIDTH })))
  room(pen, height + 4)
  const top = pen.y
  let left = MARGIN
  for (const [index, cell] of cells.entries()) {
    const width = widths[index] ?? WIDTH
    pen.text(cell, left, top, { width, align: index === 0 ? 'left' : 'right' })
    left += width + GAP
  }
  pen.y = top + height + 2
  pen
    .moveTo(MARGIN, pen.y)
    .lineTo(MARGIN + WIDTH, pen.y)
    .lineWidth(0.4)
    .strokeColor('#bbbbbb')
    .stroke()
  pen.y += 2
}

/** Broken anywhere: signatures have no words. */
function writeCode(pen: Pen, lines: readonly string[]): void {
  const broken = lines.flatMap((line) => {
    const signs = Array.from(line)
    return Array.from({ length: Math.max(1, Math.ceil(signs.length / CODE_SIGNS)) }, (_, index) =>
      signs.slice(index * CODE_SIGNS, (index + 1) * CODE_SIGNS).join(''),
    )
  })
  for (const line of broken.slice(0, CODE_LINES_AT_MOST)) {
    pen.font('mono', SIZE.code)
    room(pen, SIZE.code * 1.4)
    pen.text(line, MARGIN, pen.y, { lineBreak: false })
    pen.y += SIZE.code * 1.4
  }
  if (broken.length > CODE_LINES_AT_MOST) write(pen, `… ${SIGNED_FILE}`)
}

function drawQr(pen: Pen, url: string, caption: string): void {
  const code = qrCode(url)
  room(pen, QR_SIDE + 40)
  if (code) {
    const [top, step] = [pen.y + GAP, QR_SIDE / code.size]
    for (let y = 0; y < code.size; y++)
      for (let x = 0; x < code.size; x++) if (code.dark(x, y)) pen.rect(MARGIN + x * step, top + y * step, step, step)
    pen.fill('#000000')
    pen.y = top + QR_SIDE + GAP
    write(pen, caption)
  }
  write(pen, url, { size: SIZE.code, link: url })
}
