/**
 * JSON from a stranger. `JSON.parse` lets through, or is hurt by, too much nesting, the same name twice in one object
 * and numbers that are too large to exist. What is cheap to count in text and value is counted, and only when the two
 * differ is the text read letter by letter: on a Location of 4 KB that costs 2 us beside the parser's 10, a set of names
 * per object costs 15.
 */

/** Why a text was refused; answered with HTTP 400. */
export type JsonRefusal = 'not-json' | 'too-deep' | 'too-large' | 'duplicate-name' | 'number-too-large'

export class JsonRefused extends Error {
  readonly reason: JsonRefusal

  constructor(reason: JsonRefusal, message: string) {
    super(message)
    this.name = 'JsonRefused'
    this.reason = reason
  }
}

export interface JsonLimits {
  /** How many objects and lists may be open at once. */
  readonly maxDepth?: number
  /** In characters; whoever reads from the network limits the bytes before. */
  readonly maxLength?: number
  /** Reads a number that is too large to exist as Infinity, which fits no shape: only what it stands in is refused. */
  readonly keepHuge?: boolean
}

const DEPTH = 32

/** A text as short as this is parsed before its nesting is counted: that takes no more than a millisecond. */
const SHORT = 8_192

/** The value of a JSON text; throws `JsonRefused`. Names such as `__proto__` are data like any other. */
export function parseJson(text: string, limits: JsonLimits = {}): unknown {
  const { maxDepth = DEPTH, maxLength = Number.POSITIVE_INFINITY, keepHuge = false } = limits
  if (text.length > maxLength) {
    throw new JsonRefused('too-large', `The JSON text has ${text.length} characters. Send at most ${maxLength}.`)
  }
  const short = text.length <= SHORT ? parseShort(text, maxDepth) : undefined
  if (short !== undefined) return short
  refuseDeep(text, maxDepth)
  const value = parsed(text)
  if (!isWhole(text, value, maxDepth)) scan(text, keepHuge)
  return value
}

/** Undefined: look closely. */
function parseShort(text: string, maxDepth: number): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return isWhole(text, value, maxDepth) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * In an object each name but the first stands behind a comma. A name that got lost in the parser took one with it, and
 * nothing makes up for it: a text can only have more of them than its value needs, never fewer. Names with escapes are always
 * read letter by letter: V8 13.6 takes some of them for others, and then none is lost.
 */
const isWhole = (text: string, value: unknown, maxDepth: number): boolean =>
  !text.includes('\\') && commasNeeded(value, maxDepth) === commasIn(text)

/** Commas before a quote: those before names and strings, and the few with which a string ends. */
function commasIn(text: string): number {
  let commas = 0
  for (let at = text.indexOf(','); at >= 0; at = text.indexOf(',', at + 1)) {
    let next = at + 1
    while (text.charCodeAt(next) <= 0x20) next += 1
    if (text.charCodeAt(next) === QUOTE) commas += 1
  }
  return commas
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new JsonRefused('not-json', `The text is not JSON: ${(error as Error).message}`)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/** Refuses too much nesting before anything is built from it. */
function refuseDeep(text: string, maxDepth: number): void {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at) - 1
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1
      if (depth > maxDepth) {
        throw new JsonRefused(
          'too-deep',
          `The JSON text nests deeper than ${maxDepth} levels at character ${at}. Send flatter data.`,
        )
      }
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1
    }
  }
}

/** Commas before names and strings that it takes to write the value; NaN when a number in it is infinite or it nests too deep. */
function commasNeeded(value: unknown, depthLeft: number): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  if (depthLeft === 0) return Number.NaN
  if (Array.isArray(value)) {
    let commas = typeof value[0] === 'string' ? -1 : 0
    for (const item of value) commas += typeof item === 'string' ? 1 : commasNeeded(item, depthLeft - 1)
    return commas
  }
  let commas = -1
  // Fresh from the parser, so every name found here is its own.
  for (const name in value) {
    const part = (value as Readonly<Record<string, unknown>>)[name]
    commas += typeof part === 'string' ? 1 : 1 + commasNeeded(part, depthLeft - 1)
  }
  return Math.max(commas, 0)
}

/** Only for a text in which something is wrong: says what and where. */
function scan(text: string, keepHuge: boolean): void {
  /** Names seen in each open object; undefined for a list. */
  const open: (Set<string> | undefined)[] = []
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at)
      const names = open.at(-1)
      if (names && nextIsColon(text, end)) addName(names, text.slice(at, end), at)
      at = end
    } else if (code === 0x7b || code === 0x5b) {
      open.push(code === 0x7b ? new Set() : undefined)
      at += 1
    } else if (code === 0x7d || code === 0x5d) {
      open.pop()
      at += 1
    } else if (isDigit(code)) {
      at = endOfNumber(text, at, keepHuge)
    } else {
      at += 1
    }
  }
}

/** Position after the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    at += code === BACKSLASH ? 2 : 1
  }
  return text.length
}

function nextIsColon(text: string, from: number): boolean {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1
  return text.charCodeAt(at) === COLON
}

function addName(names: Set<string>, quoted: string, at: number): void {
  const name = quoted.includes('\\') ? unescaped(quoted) : quoted.slice(1, -1)
  if (names.has(name)) {
    throw new JsonRefused(
      'duplicate-name',
      `The name ${quoted.slice(0, 60)} at character ${at} is there twice in one object. Send it once.`,
    )
  }
  names.add(name)
}

function unescaped(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted
  }
}

function endOfNumber(text: string, start: number, keepHuge: boolean): number {
  let at = start + 1
  let exponent = false
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x65 || code === 0x45) exponent = true
    else if (!isDigit(code) && code !== 0x2e && code !== 0x2b && code !== 0x2d) break
  }
  // Without exponent and with fewer than 300 digits a number is always finite.
  if (keepHuge) return at
  if ((exponent || at - start >= 300) && Math.abs(Number(text.slice(start, at))) === Number.POSITIVE_INFINITY) {
    throw new JsonRefused(
      'number-too-large',
      `The number ${text.slice(start, Math.min(at, start + 40))} at character ${start} is too large.`,
    )
  }
  return at
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
