/** Why the command ends before its end. The status is what scripts see. (docs/reference/interfaces.md) */
export const EXIT = {
  done: 0,
  /** Done, and the answer is no. */
  no: 1,
  wrongUsage: 2,
  couldNotRun: 3,
} as const

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]

export class Exit extends Error {
  readonly status: ExitStatus
  /** What a program reading stdout gets, when the answer has a shape of its own. */
  readonly answer: object | undefined

  constructor(status: ExitStatus, message: string, answer?: object) {
    super(message)
    this.name = 'Exit'
    this.status = status
    this.answer = answer
  }
}

export const wrongUsage = (message: string): Exit => new Exit(EXIT.wrongUsage, message)
export const couldNotRun = (message: string): Exit => new Exit(EXIT.couldNotRun, message)
