/** 2.3.0 is what we speak inside, so there is nothing to translate but one word. */
import type { TSchema } from 'typebox'
import { Session, SessionPatch } from '../modules/sessions.ts'
import { validatorOf } from '../validate.ts'
import { type Codec, isObject } from './codec.ts'

/** The prose of Sessions says RESERVED where its enum says RESERVATION. (E-64) */
export function readSessionStatus(shape: TSchema, value: unknown): unknown {
  return (shape === Session || shape === SessionPatch) && isObject(value) && value['status'] === 'RESERVED'
    ? { ...value, status: 'RESERVATION' }
    : value
}

export const codec: Codec = {
  version: '2.3.0',
  read: (shape, given, printable = false) => {
    const value = readSessionStatus(shape, given)
    const validator = validatorOf(shape)
    const valid = printable ? validator.checkPrintable(value) : validator.check(value)
    return valid ? { value } : { findings: validator.findings(value) }
  },
  write: (_shape, value) => ({ value, losses: [] }),
  shapeOf: (shape) => shape,
}
