/** 2.3.0 is what we speak inside, so there is nothing to translate but one word. */
import { type Codec, isObject } from './codec.ts'

/** The prose of Sessions says RESERVED where its enum says RESERVATION. (E-64) */
export function readSessionStatus(module: string, value: unknown): unknown {
  return module === 'sessions' && isObject(value) && value['status'] === 'RESERVED'
    ? { ...value, status: 'RESERVATION' }
    : value
}

export const codec: Codec = {
  version: '2.3.0',
  readBody: (module, _endpoint, value) => readSessionStatus(module, value),
  writeBody: (_module, _endpoint, value) => value,
  readData: (module, _endpoint, value) => readSessionStatus(module, value),
  writeData: (_module, _endpoint, value) => value,
}
