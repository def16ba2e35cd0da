/**
 * The payment terminals that the virtual one can stand for. Only what changes the driver's journey is kept here.
 * Facts that the maker has not published are left out rather than guessed.
 */

export type ModelId = 'apollo' | 'polar' | 'apollo-max'

export interface Model {
  readonly id: ModelId
  readonly name: string
  readonly screen: { readonly widthPx: number; readonly heightPx: number; readonly touch: true }
  readonly reads: readonly ('contactless' | 'chip' | 'magstripe')[]
  /** A key outside the screen that always leads home. */
  readonly homeButton: boolean
  /** Shape of the housing around the screen, for drawing. */
  readonly housing: 'handset' | 'slab' | 'wide'
}

export const MODELS: readonly Model[] = [
  {
    id: 'apollo',
    name: 'Apollo',
    screen: { widthPx: 320, heightPx: 480, touch: true },
    reads: ['contactless'],
    homeButton: true,
    housing: 'handset',
  },
  {
    id: 'polar',
    name: 'Polar',
    screen: { widthPx: 320, heightPx: 480, touch: true },
    reads: ['contactless'],
    homeButton: true,
    housing: 'slab',
  },
  {
    id: 'apollo-max',
    name: 'Apollo Max',
    screen: { widthPx: 320, heightPx: 480, touch: true },
    reads: ['contactless', 'chip'],
    homeButton: true,
    housing: 'wide',
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
