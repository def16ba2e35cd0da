/** Expressions, from the loosest binding to the tightest. */
import type { Comparison, Expr, Select } from './syntax.ts'
import type { Reader, Token } from './tokens.ts'

/** Selects inside of expressions are read by whoever reads selects. */
export interface ExprParts {
  readonly reader: Reader
  readonly select: () => Select
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

export function parseExpr(parts: ExprParts): Expr {
  const { reader } = parts
  let left = conjunction(parts)
  while (reader.accept('or')) left = { is: 'or', left, right: conjunction(parts) }
  return left
}

function conjunction(parts: ExprParts): Expr {
  let left = negation(parts)
  while (parts.reader.accept('and')) left = { is: 'and', left, right: negation(parts) }
  return left
}

function negation(parts: ExprParts): Expr {
  return parts.reader.accept('not') ? { is: 'not', of: negation(parts) } : comparison(parts)
}

function comparison(parts: ExprParts): Expr {
  const { reader } = parts
  const left = sum(parts)
  for (const by of COMPARISONS)
    if (reader.accept(by)) return { is: 'compare', by: by as Comparison, left, right: sum(parts) }
  if (reader.accept('is', 'not', 'null')) return { is: 'not', of: { is: 'null?', of: left } }
  if (reader.accept('is', 'null')) return { is: 'null?', of: left }
  if (reader.accept('not', 'in')) return { is: 'not', of: { is: 'in', of: left, list: listed(parts) } }
  if (reader.accept('in')) return { is: 'in', of: left, list: listed(parts) }
  return left
}

function listed(parts: ExprParts): readonly Expr[] | Select {
  const { reader } = parts
  if (!reader.at('(', 'select')) return reader.bracketed(() => parseExpr(parts))
  return inBrackets(reader, parts.select)
}

function sum(parts: ExprParts): Expr {
  let left = single(parts)
  while (parts.reader.accept('+')) left = { is: 'sum', left, right: single(parts) }
  return left
}

function single(parts: ExprParts): Expr {
  const { reader, select } = parts
  if (reader.at('(', 'select')) return { is: 'select', select: inBrackets(reader, select) }
  if (reader.at('(')) {
    const items = reader.bracketed(() => parseExpr(parts))
    const [only] = items
    return items.length === 1 && only ? only : { is: 'tuple', of: items }
  }
  if (reader.accept('exists')) return { is: 'exists', select: inBrackets(reader, select) }
  if (reader.accept('coalesce')) return { is: 'coalesce', of: reader.bracketed(() => parseExpr(parts)) }
  if (reader.accept('count', '(', '*', ')')) return { is: 'count' }
  if (reader.accept('cast', '(')) {
    // Whole numbers are all of one kind here.
    const of = parseExpr(parts)
    reader.expect('as')
    reader.expect('bigint')
    reader.expect(')')
    return of
  }
  if (reader.accept('min', '(')) {
    const of = parseExpr(parts)
    reader.expect(')')
    return { is: 'min', of }
  }
  return leaf(reader, reader.take())
}

function leaf(reader: Reader, token: Token): Expr {
  if (token.is === 'text') return { is: 'value', value: token.text }
  if (token.is === 'number') return { is: 'value', value: Number(token.text) }
  if (token.is === 'parameter') return { is: 'parameter', index: Number(token.text) - 1 }
  if (token.is !== 'word') throw reader.refuse()
  if (token.text === 'null') return { is: 'value', value: null }
  return reader.accept('.')
    ? { is: 'column', of: token.text, name: reader.name() }
    : { is: 'column', of: undefined, name: token.text }
}

function inBrackets<T>(reader: Reader, one: () => T): T {
  reader.expect('(')
  const inside = one()
  reader.expect(')')
  return inside
}
