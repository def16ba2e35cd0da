/**
 * The cards that lie beside a virtual terminal. Each name is an outcome of the simulated provider; the face says what
 * will happen, so that nobody has to learn test numbers.
 */
export interface CardFace {
  /** Word that the virtual reader sends, and that `--card` takes. */
  readonly name: string
  readonly brand: 'Visa' | 'Mastercard'
  /** What is printed on the face. */
  readonly title: string
  readonly hint: string
  readonly tone: 'good' | 'refused' | 'slow' | 'broken'
}

export const CARDS: readonly CardFace[] = [
  { name: 'approved', brand: 'Visa', title: 'Approved', hint: 'Everything works.', tone: 'good' },
  {
    name: 'approved-mastercard',
    brand: 'Mastercard',
    title: 'Approved',
    hint: 'Everything works, another brand.',
    tone: 'good',
  },
  { name: 'declined', brand: 'Visa', title: 'Declined', hint: 'The bank says no to the hold.', tone: 'refused' },
  {
    name: 'partial-approval',
    brand: 'Mastercard',
    title: 'Partly approved',
    hint: 'The bank holds less than was asked.',
    tone: 'refused',
  },
  { name: 'timeout', brand: 'Visa', title: 'Slow bank', hint: 'The answer is lost, the hold exists.', tone: 'slow' },
  {
    name: 'timeout-lost',
    brand: 'Mastercard',
    title: 'Silent bank',
    hint: 'No answer, and no hold either.',
    tone: 'slow',
  },
  { name: 'unavailable', brand: 'Visa', title: 'Bank is down', hint: 'The provider cannot be reached.', tone: 'slow' },
  {
    name: 'capture-fails-once',
    brand: 'Visa',
    title: 'Capture fails once',
    hint: 'The second attempt works.',
    tone: 'broken',
  },
  {
    name: 'capture-fails',
    brand: 'Mastercard',
    title: 'Capture fails',
    hint: 'The amount cannot be taken.',
    tone: 'broken',
  },
  {
    name: 'capture-timeout',
    brand: 'Visa',
    title: 'Capture unanswered',
    hint: 'Taken, but nobody says so.',
    tone: 'broken',
  },
  {
    name: 'void-fails-once',
    brand: 'Mastercard',
    title: 'Void fails once',
    hint: 'The second attempt works.',
    tone: 'broken',
  },
  { name: 'void-fails', brand: 'Visa', title: 'Void fails', hint: 'The hold cannot be released.', tone: 'broken' },
  {
    name: 'hold-expires',
    brand: 'Mastercard',
    title: 'Hold expires',
    hint: 'The hold is gone before the end.',
    tone: 'broken',
  },
  { name: 'pin-needed', brand: 'Visa', title: 'PIN needed', hint: 'The bank wants the PIN.', tone: 'refused' },
  {
    name: 'increment-declined',
    brand: 'Visa',
    title: 'No increment',
    hint: 'The hold stays as it is.',
    tone: 'refused',
  },
  { name: 'capture-later', brand: 'Visa', title: 'Capture later', hint: 'Accepted, done after a while.', tone: 'slow' },
  { name: 'reader', brand: 'Visa', title: 'Reader', hint: 'Hold your card before the reader.', tone: 'good' },
]

/** A face for any name: a provider may know cards that are not in the list. */
export function cardFace(name: string): CardFace {
  return CARDS.find((card) => card.name === name) ?? { name, brand: 'Visa', title: name, hint: '', tone: 'good' }
}

/** What stands for whatever card is before a reader of the provider: such a reader asks for the PIN by itself. */
export const READER = 'reader'

/** What opens every card of the sandbox, as printed beside them. Real cards are checked by their chip or their bank. */
export const SANDBOX_PIN = '1234'
