/** Something the operator or the driver asked for and cannot have: no bug, no fault. `code` is for programs, the text for people. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
  }
}
