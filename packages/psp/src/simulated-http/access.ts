import { type ClientParts, createClient } from './client.ts'

/** One look that moves nothing: throws `refused` when the key does not fit, `unavailable` when the service is away. */
export async function checkAccess(parts: ClientParts): Promise<void> {
  await createClient(parts).get('/v1/about')
}
