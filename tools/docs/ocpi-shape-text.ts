/** Types of the OCPI shapes in the words of the specification: CiString(36), DateTime, Price *. */

export interface Shape {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly minItems?: number
  readonly anyOf?: readonly Shape[]
  readonly enum?: readonly string[]
  readonly known?: readonly string[]
  readonly maxLength?: number
  readonly caseInsensitive?: boolean
  readonly rule?: string
}

export interface Named {
  readonly name: string
  readonly shape: Shape
}

/** Copies of a shape share what stands in it. */
const same = (a: Shape, b: Shape): boolean =>
  a === b ||
  (a.properties !== undefined && a.properties === b.properties) ||
  (a.known !== undefined && a.known === b.known) ||
  (a.enum !== undefined && a.enum === b.enum)

const anchor = (name: string): string => `[${name}](#${name.toLowerCase()})`

export function typeOf(shape: Shape, names: readonly Named[]): string {
  const named = names.find((one) => same(one.shape, shape))
  if (named !== undefined) return named.name === 'url' ? 'URL' : plain(named.name)
  const choices = shape.anyOf?.filter(({ type }) => type !== 'null')
  if (choices !== undefined) return choices.map((choice) => typeOf(choice, names)).join(' or ')
  if (shape.items !== undefined) return typeOf(shape.items, names)
  if (shape.enum !== undefined) return `enum ${shape.enum.join(', ')}`
  if (shape.known !== undefined) return `OpenEnum ${shape.known.join(', ')}`
  if (shape.properties !== undefined) return fieldsText(shape)
  return scalarText(shape)
}

/** The first letter says whether it is a class or a word of ours for a number. */
const plain = (name: string): string => ({ num: 'number', int: 'int', bool: 'boolean' })[name] ?? anchor(name)

const fieldsText = ({ properties = {} }: Shape): string => `object of ${Object.keys(properties).join(', ')}`

function scalarText({ type, maxLength, caseInsensitive, rule }: Shape): string {
  if (type !== 'string') return type === 'integer' ? 'int' : (type ?? 'any')
  if (caseInsensitive) return `CiString(${maxLength})`
  // Times and URLs are recognised by their lengths in optional copies.
  if (rule === undefined) return maxLength === 40 ? 'DateTime' : 'URL'
  return rule.includes('text without') ? `string(${maxLength})` : rule
}

/** What an older version says instead; empty where the difference lies deeper, in a class of its own. */
export function differenceOf(ours: Shape, theirs: Shape, names: readonly Named[]): string {
  const [a, b] = [elementOf(ours), elementOf(theirs)]
  if (a.known !== undefined && b.enum !== undefined) {
    const missing = a.known.filter((value) => !b.enum?.includes(value))
    return missing.length === 0 ? 'closed' : `closed, without ${missing.join(', ')}`
  }
  const there = names.find(({ shape }) => same(shape, b))
  if (there === undefined) return ''
  const type = typeOf(b, names)
  return type === typeOf(a, names) ? '' : type
}

/** Without cardinality. */
function elementOf(shape: Shape): Shape {
  const choices = shape.anyOf?.filter(({ type }) => type !== 'null')
  const inner = choices?.length === 1 ? choices[0] : shape.items
  return inner === undefined ? shape : elementOf(inner)
}

export function cardinalityOf(part: Shape, required: boolean): string {
  const list = part.items ?? part.anyOf?.find(({ items }) => items !== undefined)
  if (list !== undefined) return required && (part.minItems ?? 0) > 0 ? '+' : '*'
  return required ? '1' : '?'
}
