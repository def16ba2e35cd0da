/** SQL text as a row of tokens, with a place to read at. */
import { Fault } from '../fault.ts'

export interface Token {
  readonly is: 'word' | 'text' | 'number' | 'parameter' | 'sign' | 'end'
  /** Words in lower case; texts without their quotes. */
  readonly text: string
}

export interface Reader {
  /** The next token is this word or sign. */
  readonly at: (...texts: readonly string[]) => boolean
  /** Takes these words or signs if they are next, all of them or none. */
  readonly accept: (...texts: readonly string[]) => boolean
  readonly expect: (...texts: readonly string[]) => void
  readonly take: () => Token
  /** The next token is a word. */
  readonly isWord: () => boolean
  /** A name: of a table, a column, an alias. */
  readonly name: () => string
  /** One or more, with commas between them. */
  readonly list: <T>(one: () => T) => readonly T[]
  /** The same in brackets. */
  readonly bracketed: <T>(one: () => T) => readonly T[]
  readonly refuse: () => Fault
}

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(\d+)|\$(\d+)|([A-Za-z_]\w*)|(<=|>=|<>|[(),.*=<>+;]))/y
const END: Token = { is: 'end', text: '' }

function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = []
  const trimmed = sql.trimEnd()
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < trimmed.length; ) {
    const [all, text, digits, place, word, sign] = TOKEN.exec(trimmed) ?? []
    if (all === undefined) throw unreadable(sql)
    if (text !== undefined) tokens.push({ is: 'text', text: text.replaceAll("''", "'") })
    else if (digits !== undefined) tokens.push({ is: 'number', text: digits })
    else if (place !== undefined) tokens.push({ is: 'parameter', text: place })
    else if (word !== undefined) tokens.push({ is: 'word', text: word.toLowerCase() })
    else if (sign !== undefined && sign !== ';') tokens.push({ is: 'sign', text: sign })
  }
  return tokens
}

const unreadable = (sql: string) =>
  new Fault('STORE_SQL', `The store in memory does not read this SQL: ${sql}. Say it in the words of memory/parse.ts.`)

export function readerOf(sql: string): Reader {
  const tokens = tokensOf(sql)
  let next = 0
  const isAt = (offset: number, text: string) => {
    const token = tokens[next + offset] ?? END
    return token.text === text && (token.is === 'word' || token.is === 'sign')
  }
  const reader: Reader = {
    at: (...texts) => texts.every((text, index) => isAt(index, text)),
    accept: (...texts) => {
      if (!reader.at(...texts)) return false
      next += texts.length
      return true
    },
    expect: (...texts) => {
      if (!reader.accept(...texts)) throw unreadable(sql)
    },
    take: () => tokens[next++] ?? END,
    isWord: () => tokens[next]?.is === 'word',
    name: () => {
      const token = reader.take()
      if (token.is !== 'word') throw unreadable(sql)
      return token.text
    },
    list: (one) => {
      const all = [one()]
      while (reader.accept(',')) all.push(one())
      return all
    },
    bracketed: (one) => {
      reader.expect('(')
      const all = reader.list(one)
      reader.expect(')')
      return all
    },
    refuse: () => unreadable(sql),
  }
  return reader
}
