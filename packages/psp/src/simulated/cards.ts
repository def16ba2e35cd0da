import type { CardFace } from '../psp.ts'

/** What the simulated provider does when it meets this card. Empty = everything works. */
export interface CardBehaviour {
  /** `lost-answer`: booked, but the caller learns nothing. `lost-request`: neither booked nor answered. */
  readonly authorize?: 'declined' | 'pin-needed' | 'lost-answer' | 'lost-request' | 'half' | 'unavailable'
  readonly increment?: 'declined' | 'lost-answer'
  /**
   * `later`: accepted and captured some time after. `later-refused`: accepted and then refused. `failed-afterwards`:
   * captured and taken back some time after. (F66) `twice`: the provider captures two times. (F64)
   */
  readonly capture?:
    | 'refused'
    | 'unavailable-once'
    | 'lost-answer'
    | 'later'
    | 'later-refused'
    | 'failed-afterwards'
    | 'twice'
  readonly void?: 'refused' | 'unavailable-once'
  /** Instead of the window of the brand. */
  readonly holdWindowMs?: number
}

export interface SimulatedCard {
  /** The token by which the reader hands it over. */
  readonly name: string
  /** What is printed on it. */
  readonly label: string
  readonly brand: 'Visa' | 'Mastercard'
  readonly last4: string
  readonly fingerprint: string
  readonly behaviour: CardBehaviour
  /** One line for the person who picks it. */
  readonly explanation: string
}

const minute = 60_000

/** The cards of the sandbox. The first one is the default. */
export const simulatedCards: readonly SimulatedCard[] = [
  card('approved', 'Visa', '1001', {}, 'Everything works.', 'Approved'),
  card('approved-mastercard', 'Mastercard', '2002', {}, 'Everything works, other brand, shorter hold.', 'Approved'),
  card('declined', 'Visa', '1003', { authorize: 'declined' }, 'The issuer says no.', 'Declined'),
  card(
    'timeout',
    'Visa',
    '1004',
    { authorize: 'lost-answer' },
    'The hold is taken, but the answer gets lost on the way back.',
    'Answer lost',
  ),
  card(
    'timeout-lost',
    'Mastercard',
    '2005',
    { authorize: 'lost-request' },
    'The question gets lost: no answer, and no hold either.',
    'Question lost',
  ),
  card(
    'partial-approval',
    'Mastercard',
    '2006',
    { authorize: 'half' },
    'Half of the amount is approved.',
    'Half approved',
  ),
  card(
    'capture-fails',
    'Visa',
    '1007',
    { capture: 'refused' },
    'The hold works, every capture is refused.',
    'Capture refused',
  ),
  card(
    'capture-fails-once',
    'Visa',
    '1008',
    { capture: 'unavailable-once' },
    'The provider is away at the first capture and back at the second.',
    'Capture on retry',
  ),
  card(
    'capture-timeout',
    'Mastercard',
    '2009',
    { capture: 'lost-answer' },
    'The money is captured, but the answer gets lost on the way back.',
    'Capture answer lost',
  ),
  card(
    'void-fails-once',
    'Visa',
    '1010',
    { void: 'unavailable-once' },
    'The provider is away at the first void and back at the second.',
    'Void on retry',
  ),
  card(
    'void-fails',
    'Mastercard',
    '2011',
    { void: 'refused' },
    'The hold cannot be given back; it runs out.',
    'Void refused',
  ),
  card(
    'hold-expires',
    'Visa',
    '1012',
    { holdWindowMs: 3 * minute },
    'The hold runs out after three minutes.',
    'Short hold',
  ),
  card('unavailable', 'Visa', '1013', { authorize: 'unavailable' }, 'The provider cannot be reached.', 'Provider away'),
  card('pin-needed', 'Visa', '1014', { authorize: 'pin-needed' }, 'The issuer wants the PIN.', 'PIN needed'),
  card('increment-declined', 'Visa', '1015', { increment: 'declined' }, 'The hold is never raised.', 'No increment'),
  card(
    'increment-timeout',
    'Visa',
    '1016',
    { increment: 'lost-answer' },
    'The hold is raised, but the answer gets lost on the way back.',
    'Increment answer lost',
  ),
  card('capture-later', 'Visa', '1017', { capture: 'later' }, 'A capture is accepted and done later.', 'Capture later'),
  card(
    'capture-later-fails',
    'Visa',
    '1018',
    { capture: 'later-refused' },
    'A capture is accepted and refused later.',
    'Capture refused later',
  ),
  card(
    'capture-fails-afterwards',
    'Mastercard',
    '2019',
    { capture: 'failed-afterwards' },
    'Captured, and taken back some time after.',
    'Capture taken back',
  ),
  card('capture-twice', 'Visa', '1020', { capture: 'twice' }, 'The provider captures two times.', 'Captured twice'),
]

/**
 * The card behind a token; undefined when there is none. `approved#7` is a card of its own that behaves like `approved`:
 * enough cards for a thousand drivers.
 */
export function findSimulatedCard(token: string): SimulatedCard | undefined {
  const [name = '', number] = token.split('#')
  const found = simulatedCards.find((one) => one.name === name)
  if (found === undefined || number === undefined) return found
  if (!/^[1-9][0-9]{0,5}$/.test(number)) return undefined
  const last4 = String((Number(found.last4) + Number(number)) % 10_000).padStart(4, '0')
  return { ...found, name: token, last4, fingerprint: `${found.fingerprint}-${number}` }
}

export function faceOf(one: SimulatedCard): CardFace {
  const { fingerprint, brand, last4, name } = one
  return { fingerprint, brand, masked: `**** ${last4}`, ...(!name.includes('#') && { everybodys: true }) }
}

function card(
  name: string,
  brand: 'Visa' | 'Mastercard',
  last4: string,
  behaviour: CardBehaviour,
  explanation: string,
  label: string,
): SimulatedCard {
  return { name, label, brand, last4, fingerprint: `sim-${name}`, behaviour, explanation }
}
