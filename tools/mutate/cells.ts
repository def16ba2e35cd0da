/**
 * What can be wrong in a state table: a cell that says what stands beside it, nothing at all, or what the row it was made
 * from says. Type and lint let most of it pass, and no operator for expressions makes it: a cell is a name.
 */
import { type Node, nameOf, textOf } from '../tidy/source.ts'

/** Which files hold rows of a state table. */
export interface Cells {
  /** By the end of their path. */
  readonly files: readonly string[]
  /**
   * What every cell could say besides its neighbours: the text, and the pattern of those that say the same in other words.
   * Two that match one pattern are not exchanged, because sentences are for people.
   */
  readonly also: Readonly<Record<string, string>>
}

export interface Cell {
  /** As it is written: a shorthand has the same text. */
  readonly key: string
  readonly value: Node
  /** Name of the row. */
  readonly row: string
  readonly others: readonly string[]
  /** Something was spread into the row before it, which holds when it is taken out. */
  readonly covers: boolean
}

const list = (value: unknown) => value as readonly Node[]
const isSpread = ({ type }: Node) => type === 'SpreadElement'
const saidBy = (property: Node) => property['value'] as Node
const raw = (text: string, { start, end }: Node) => text.slice(start, end)

/** A literal outside of all functions in which everything is a name, a function or what a call gives. */
export function isRow(one: Node, parents: readonly Node[]): boolean {
  if (one.type !== 'ObjectExpression' || parents.some(({ type }) => type.includes('Function'))) return false
  const all = list(one['properties'])
  return all.length > 1 && all.every((each) => isSpread(each) || /Identifier|Arrow|Call/.test(saidBy(each).type))
}

/** The cell that this property of a row is; undefined for all else. */
export function cellOf(one: Node, parents: readonly Node[], { text, cells }: { text: string; cells: Cells }) {
  const row = parents.at(-1)
  if (one.type !== 'Property' || row === undefined || !isRow(row, parents.slice(0, -1))) return undefined
  const all = list(row['properties'])
  const at = all.indexOf(one)
  const own = raw(text, saidBy(one))
  const words = (from: readonly Node[]) => from.filter((each) => !isSpread(each)).map((each) => raw(text, saidBy(each)))
  const differs = (other: string) => !alike(own, other, cells)
  const beside = [words(all.slice(0, at)).findLast(differs), words(all.slice(at + 1)).find(differs)]
  const others = [...beside.filter((other) => other !== undefined), ...Object.keys(cells.also).filter(differs)]
  const cell: Cell = {
    key: raw(text, one['key'] as Node),
    value: saidBy(one),
    row: rowName(parents),
    others: others.filter((other, index) => !others.slice(0, index).some((before) => alike(before, other, cells))),
    covers: all.slice(0, at).some(isSpread),
  }
  return cell
}

/** A part of a row that may overrule one before it. */
export function isLaterSpread(one: Node, parents: readonly Node[]): boolean {
  const row = parents.at(-1)
  if (!isSpread(one) || row === undefined || !isRow(row, parents.slice(0, -1))) return false
  const all = list(row['properties'])
  return all.slice(0, all.indexOf(one)).some(isSpread)
}

function alike(a: string, b: string, { also }: Cells): boolean {
  if (a === b) return true
  return Object.values(also).some((pattern) => [a, b].every((one) => new RegExp(`^(?:${pattern})`, 's').test(one)))
}

/** The constant it stands in, and the key of the row there. */
export function rowName(parents: readonly Node[]): string {
  const constant = nameOf(parents.find(({ type }) => type === 'VariableDeclarator')?.['id']) ?? 'module'
  const key = parents.findLast(({ type }) => type === 'Property')?.['key']
  const name = nameOf(key) ?? textOf(key)
  return name === undefined ? constant : `${constant}.${name}`
}
