/** What holds the plug in the station while energy flows. A jammed one does not let go. */
export class CableLock {
  private closed = false
  private stuck = false

  get locked(): boolean {
    return this.closed
  }

  get jammed(): boolean {
    return this.stuck
  }

  /** Closed and jammed: the plug cannot be pulled. */
  get holds(): boolean {
    return this.closed && this.stuck
  }

  close(): void {
    this.closed = true
  }

  /** False when it is jammed. */
  open(): boolean {
    if (this.holds) return false
    this.closed = false
    return true
  }

  jam(): void {
    this.stuck = true
  }

  free(): void {
    this.stuck = false
  }
}
