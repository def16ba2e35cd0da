import { fileURLToPath } from 'node:url'

/** Where the catalogue of the judge lies. */
export const SPEC = fileURLToPath(new URL('../../../../spec', import.meta.url))
