/**
 * The payment terminals that the virtual one can stand for. Only what changes the driver's journey is kept here. What
 * the maker states in public is named as such; the rest is a choice of ours, made on the careful side, and is said so
 * wherever a model is described (docs/guides/kiosk.md).
 */

export type ModelId = 'apollo' | 'polar' | 'apollo-max'

export type Fact = 'screen' | 'reads' | 'pin' | 'homeButton'

export interface Model {
  readonly id: ModelId
  readonly name: string
  /** Portrait, touch only. */
  readonly screen: { readonly widthPx: number; readonly heightPx: number; readonly touch: true }
  readonly reads: readonly ('contactless' | 'chip')[]
  /** Where a PIN is typed. `none`: the terminal takes no PIN, and amounts that need one are not sold to a plain card. */
  readonly pin: 'screen' | 'none'
  /** A key outside the screen that always leads home. */
  readonly homeButton: boolean
  /** Shape of the housing around the screen, for drawing. */
  readonly housing: 'handset' | 'slab' | 'wide'
  /** The facts that the maker's public pages state of this very model. */
  readonly published: readonly Fact[]
}

const FAMILY_SCREEN = { widthPx: 320, heightPx: 480, touch: true } as const

export const MODELS: readonly Model[] = [
  {
    id: 'apollo',
    name: 'Apollo',
    screen: FAMILY_SCREEN,
    reads: ['contactless'],
    pin: 'screen',
    homeButton: true,
    housing: 'handset',
    published: ['screen', 'reads', 'homeButton'],
  },
  // Of this one only the family and the touch screen are public. It reads no more than its family does and takes no
  // PIN: the journey that asks least of the device.
  {
    id: 'polar',
    name: 'Polar',
    screen: FAMILY_SCREEN,
    reads: ['contactless'],
    pin: 'none',
    homeButton: true,
    housing: 'slab',
    published: [],
  },
  {
    id: 'apollo-max',
    name: 'Apollo Max',
    screen: FAMILY_SCREEN,
    reads: ['contactless', 'chip'],
    pin: 'screen',
    homeButton: true,
    housing: 'wide',
    published: ['screen'],
  },
]

/** Devices that exist, are asked for, and cannot run this journey. */
const UNFIT: Readonly<Record<string, string>> = {
  p6x: 'The P6X has no touch screen: the driver could neither choose a connector nor accept a price. Take apollo, polar or apollo-max.',
}

/** The model of that name, or why there is none. */
export function modelNamed(name: string): Model | { readonly refused: string } {
  const id = name.trim().toLowerCase()
  const model = MODELS.find((candidate) => candidate.id === id)
  if (model) return model
  return {
    refused: UNFIT[id] ?? `There is no terminal model "${name}". Take one of: ${MODELS.map((m) => m.id).join(', ')}.`,
  }
}
