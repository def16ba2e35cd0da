import type { ContractCards } from '../contract/steps.ts'

/** Which simulated card stands for which kind of card in the suite every provider passes. */
export const cards: ContractCards = {
  approved: 'approved',
  other: 'approved-mastercard',
  declined: 'declined',
  partialApproval: 'partial-approval',
  authorizeAnswerLost: 'timeout',
  authorizeRequestLost: 'timeout-lost',
  unavailable: 'unavailable',
  captureRefused: 'capture-fails',
  captureUnavailableOnce: 'capture-fails-once',
  captureAnswerLost: 'capture-timeout',
  voidRefused: 'void-fails',
  voidUnavailableOnce: 'void-fails-once',
  pinNeeded: 'pin-needed',
  pinOnDevice: 'pin-needed',
  incrementDeclined: 'increment-declined',
  incrementAnswerLost: 'increment-timeout',
  captureLater: 'capture-later',
  captureLaterRefused: 'capture-later-fails',
  captureFailsAfterwards: 'capture-fails-afterwards',
  captureTwice: 'capture-twice',
}
