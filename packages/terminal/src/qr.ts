/**
 * QR codes for receipts: byte mode, error correction M, versions 1 to 15 (ISO/IEC 18004). Longer texts get none; the
 * receipt then shows its address as a link only.
 */
import { reedSolomon } from './reed-solomon.ts'

export interface QrCode {
  /** Modules per side, without the quiet zone of four. */
  readonly size: number
  readonly dark: (x: number, y: number) => boolean
}

/** Per version: correction words per block, then [blocks, data words per block] groups. */
const BLOCKS: readonly (readonly [number, readonly (readonly [number, number])[]])[] = [
  [10, [[1, 16]]],
  [16, [[1, 28]]],
  [26, [[1, 44]]],
  [18, [[2, 32]]],
  [24, [[2, 43]]],
  [16, [[4, 27]]],
  [18, [[4, 31]]],
  [
    22,
    [
      [2, 38],
      [2, 39],
    ],
  ],
  [
    22,
    [
      [3, 36],
      [2, 37],
    ],
  ],
  [
    26,
    [
      [4, 43],
      [1, 44],
    ],
  ],
  [
    30,
    [
      [1, 50],
      [4, 51],
    ],
  ],
  [
    22,
    [
      [6, 36],
      [2, 37],
    ],
  ],
  [
    22,
    [
      [8, 37],
      [1, 38],
    ],
  ],
  [
    24,
    [
      [4, 40],
      [5, 41],
    ],
  ],
  [
    24,
    [
      [5, 41],
      [5, 42],
    ],
  ],
]

const ALIGNMENT: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
  [6, 30, 54],
  [6, 32, 58],
  [6, 34, 62],
  [6, 26, 46, 66],
  [6, 26, 48, 70],
]

type Grid = (boolean | undefined)[][]

export function qrCode(text: string): QrCode | undefined {
  const bytes = [...new TextEncoder().encode(text)]
  const version = BLOCKS.findIndex((_, index) => bytes.length + (index + 1 > 9 ? 3 : 2) <= dataWords(index + 1)) + 1
  if (version === 0) return undefined
  const words = codeWords(bytes, version)
  const fixed = fixedPatterns(version)
  const masked = MASKS.map((mask, index) => drawn(fixed, words, mask, index))
  const best = masked.reduce((a, b) => (penalty(b) < penalty(a) ? b : a))
  return { size: best.length, dark: (x, y) => best[y]?.[x] === true }
}

function dataWords(version: number): number {
  return (BLOCKS[version - 1]?.[1] ?? []).reduce((sum, [count, words]) => sum + count * words, 0)
}

/** Data in blocks, each with its correction words, interleaved as they are drawn. */
function codeWords(bytes: readonly number[], version: number): readonly number[] {
  const capacity = dataWords(version)
  const length = bytes.length.toString(2).padStart(version > 9 ? 16 : 8, '0')
  const body = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const open = `0100${length}${body}`
  const bits = open + '0'.repeat(Math.min(4, capacity * 8 - open.length))
  const data = (bits.match(/.{1,8}/g) ?? []).map((octet) => Number.parseInt(octet.padEnd(8, '0'), 2))
  for (let filler = 0; data.length < capacity; filler++) data.push(filler % 2 === 0 ? 0xec : 0x11)

  const [corrections, groups] = BLOCKS[version - 1] ?? [0, []]
  const blocks: number[][] = []
  for (const [count, words] of groups) for (let i = 0; i < count; i++) blocks.push(data.splice(0, words))
  return [...interleaved(blocks), ...interleaved(blocks.map((block) => reedSolomon(block, corrections)))]
}

function interleaved(blocks: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...blocks.map((block) => block.length))
  return Array.from({ length: longest }, (_, i) => blocks.flatMap((block) => block.slice(i, i + 1))).flat()
}

/** Everything that does not depend on the text; what stays undefined carries data. */
function fixedPatterns(version: number): Grid {
  const size = version * 4 + 17
  const grid: Grid = Array.from({ length: size }, () => new Array<boolean | undefined>(size).fill(undefined))
  const put = (x: number, y: number, dark: boolean): void => {
    const row = grid[y]
    if (row && x >= 0 && x < size) row[x] = dark
  }
  for (let i = 0; i < size; i++) {
    put(i, 6, i % 2 === 0)
    put(6, i, i % 2 === 0)
  }
  const places = ALIGNMENT[version - 1] ?? []
  for (const cy of places) {
    for (const cx of places) {
      const onFinder = (cx === 6 && cy === 6) || (cx === 6 && cy === size - 7) || (cx === size - 7 && cy === 6)
      if (onFinder) continue
      square(2, (dx, dy) => put(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1))
    }
  }
  for (const [cx, cy] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const) {
    square(4, (dx, dy) => put(cx + dx, cy + dy, ![2, 4].includes(Math.max(Math.abs(dx), Math.abs(dy)))))
  }
  writeFormat(grid, 0)
  if (version >= 7) writeVersion(put, size, version)
  return grid
}

function square(reach: number, draw: (dx: number, dy: number) => void): void {
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) draw(dx, dy)
}

/** Remainder of a BCH code, by polynomial division. */
function bch(value: number, generator: number, bits: number): number {
  let rest = value << bits
  for (let i = 31 - Math.clz32(rest); i >= bits; i--) if ((rest >> i) & 1) rest ^= generator << (i - bits)
  return (value << bits) | rest
}

/** Correction level M is 00; the mask pattern keeps a code of zeros from vanishing. */
export function formatBits(mask: number): number {
  return bch(mask, 0x537, 10) ^ 0x5412
}

export function versionBits(version: number): number {
  return bch(version, 0x1f25, 12)
}

function writeFormat(grid: Grid, mask: number): void {
  const size = grid.length
  const bits = formatBits(mask)
  const put = (x: number, y: number, i: number): void => {
    const row = grid[y]
    if (row) row[x] = ((bits >> i) & 1) === 1
  }
  for (let i = 0; i < 15; i++) {
    // Around the upper left finder, stepping over the timing lines.
    if (i < 8) put(8, i < 6 ? i : i + 1, i)
    else put(i === 8 ? 7 : 14 - i, 8, i)
    if (i < 8) put(size - 1 - i, 8, i)
    else put(8, size - 15 + i, i)
  }
  const row = grid[size - 8]
  if (row) row[8] = true
}

function writeVersion(put: (x: number, y: number, dark: boolean) => void, size: number, version: number): void {
  const bits = versionBits(version)
  for (let i = 0; i < 18; i++) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)]
    put(a, b, ((bits >> i) & 1) === 1)
    put(b, a, ((bits >> i) & 1) === 1)
  }
}

type Mask = (x: number, y: number) => boolean

const MASKS: readonly Mask[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

/** Two columns at a time from the right, up and down in turn, past everything fixed. */
function drawn(fixed: Grid, words: readonly number[], mask: Mask, index: number): boolean[][] {
  const size = fixed.length
  const grid = fixed.map((row) => [...row])
  let bit = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    const upward = ((right + 1) & 2) === 0
    for (let step = 0; step < size; step++) {
      const y = upward ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (fixed[y]?.[x] !== undefined) continue
        const dark = (((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
        bit++
        const row = grid[y]
        if (row) row[x] = dark !== mask(x, y)
      }
    }
  }
  writeFormat(grid, index)
  return grid.map((row) => row.map((dark) => dark === true))
}

/** How hard a pattern is to read: runs, blocks, look-alikes of finders, imbalance. */
function penalty(grid: readonly (readonly boolean[])[]): number {
  const size = grid.length
  const columns = grid.map((_, x) => grid.map((row) => row[x] === true))
  const lines = [...grid, ...columns].map((line) => line.map((dark) => (dark ? '1' : '0')).join(''))
  let points = 0
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2
    points += 40 * ((line.match(/(?=10111010000)/g)?.length ?? 0) + (line.match(/(?=00001011101)/g)?.length ?? 0))
  }
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const dark = grid[y]?.[x]
      if (dark === grid[y]?.[x - 1] && dark === grid[y - 1]?.[x] && dark === grid[y - 1]?.[x - 1]) points += 3
    }
  }
  const share = grid.flat().filter(Boolean).length / (size * size)
  return points + 10 * Math.floor(Math.abs(share * 100 - 50) / 5)
}
