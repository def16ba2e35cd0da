/**
 * JSON from a stranger. `JSON.parse` lets through, or is hurt by, too much nesting, the same name twice in one object
 * and numbers that are too large to exist. What is cheap to count in text and value is counted, and only when the two
 * differ is the text read letter by letter: on a Location of 4 KB that costs 6 us beside the parser's 22, a set of names
 * per object cost 43.
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
  const plain = text.length <= SHORT && !text.includes('\\') ? parsePlain(text, maxDepth) : undefined
  if (plain !== undefined) return plain
  const members = countMembers(text, maxDepth)
  const value = parsed(text)
  // As many names in the text as in the value, and nothing infinite: then there is nothing to look for.
  if (tally(value, maxDepth) !== members) scan(text, keepHuge)
  return value
}

/**
 * Without escapes a quote always ends or begins a string, so no name goes uncounted. When the value has as many as the
 * text, none was lost; searching for one character is far quicker than looking at each. Undefined: look closely.
 */
function parsePlain(text: string, maxDepth: number): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return tally(value, maxDepth) === colonsAfterNames(text) ? value : undefined
  } catch {
    return undefined
  }
}

/** Every colon behind a name, and the few within strings that look like one. */
function colonsAfterNames(text: string): number {
  let colons = 0
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    const before = text.charCodeAt(at - 1)
    if (before === QUOTE || before <= 0x20) colons += 1
  }
  return colons
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

/** Names in the whole text; refuses too much nesting before anything is built from it. */
function countMembers(text: string, maxDepth: number): number {
  let depth = 0
  let members = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at) - 1
    } else if (code === COLON) {
      members += 1
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
  return members
}

/** Names in the value; NaN when a number in it is infinite or it nests too deep. */
function tally(value: unknown, depthLeft: number): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  if (depthLeft === 0) return Number.NaN
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== 'string') members += tally(item, depthLeft - 1)
    return members
  }
  // Fresh from the parser, so every name found here is its own.
  for (const name in value) {
    const part = (value as Readonly<Record<string, unknown>>)[name]
    members += typeof part === 'string' ? 1 : 1 + tally(part, depthLeft - 1)
  }
  return members
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
