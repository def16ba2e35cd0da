import { test } from 'vitest'

/** One row of the failure model: its id, what must hold, and a payment on which it is shown. */
export const row = (id: `F${string}`, rule: string, show: () => Promise<void>): void => test(`${id} ${rule}`, show)
