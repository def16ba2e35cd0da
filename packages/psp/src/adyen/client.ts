/** Adyen's own library, loaded when the first request needs it: it takes seconds to load. */
import type ClientModule from '@adyen/api-library/lib/src/client.js'
import type { ModificationsApi } from '@adyen/api-library/lib/src/services/checkout/modificationsApi.js'
import type { CloudDeviceApi } from '@adyen/api-library/lib/src/services/clouddevice/cloudDeviceApi.js'
import type ValidatorModule from '@adyen/api-library/lib/src/utils/hmacValidator.js'
import type { HttpAsk, HttpSend } from '../http/client.ts'
import type { AdyenConfig } from './config.ts'
import { errorOf } from './errors.ts'

export interface AdyenClient {
  readonly modifications: ModificationsApi
  readonly devices: CloudDeviceApi
  readonly hmac: ValidatorModule.default
}

export const TIMEOUT_MS = 20_000
export const CARD_WAIT_MS = 45_000
/** Above the wait for a card, so that the terminal's own answer comes first. */
const SYNC_MARGIN_MS = 15_000

/** The library writes and reads; the way is ours, so that a failure says whether the request can have arrived. */
export function adyenClient(config: AdyenConfig, send: HttpSend): () => Promise<AdyenClient> {
  let client: Promise<AdyenClient> | undefined
  return () => {
    client ??= open(config, send)
    return client
  }
}

async function open(config: AdyenConfig, send: HttpSend): Promise<AdyenClient> {
  const [library, modifications, devices, validator] = await Promise.all([
    import('@adyen/api-library/lib/src/client.js'),
    import('@adyen/api-library/lib/src/services/checkout/modificationsApi.js'),
    import('@adyen/api-library/lib/src/services/clouddevice/cloudDeviceApi.js'),
    import('@adyen/api-library/lib/src/utils/hmacValidator.js'),
  ])
  const Library = plain(library)
  const Validator = plain(validator)
  const client = new Library(
    {
      apiKey: config.apiKey,
      environment: (config.environment === 'live' ? 'LIVE' : 'TEST') as never,
      ...(config.livePrefix !== undefined && { liveEndpointUrlPrefix: config.livePrefix }),
      ...(config.region !== undefined && { region: config.region as never }),
    },
    wayOf(config, send),
  )
  return {
    modifications: new modifications.ModificationsApi(client),
    devices: new devices.CloudDeviceApi(client),
    hmac: new Validator(),
  }
}

/** The default of a CommonJS module: Node puts it below its own default, a bundler does not. */
const plain = <T>({ default: one }: { readonly default: { readonly default: T } }): T =>
  one.default ?? (one as unknown as T)

function wayOf(
  config: AdyenConfig,
  send: HttpSend,
): NonNullable<ConstructorParameters<typeof ClientModule.default>[1]> {
  return {
    request: async (endpoint, json, _config, _required, options) => {
      const url = new URL(endpoint)
      const slow = /\/sync$/.test(url.pathname)
      const ask: HttpAsk = {
        method: (options?.method as HttpAsk['method'] | undefined) ?? 'POST',
        url: config.baseUrl === undefined ? endpoint : config.baseUrl + url.pathname + url.search,
        headers: {
          'content-type': 'application/json',
          'x-api-key': config.apiKey,
          ...(options?.idempotencyKey !== undefined && { 'idempotency-key': options.idempotencyKey }),
        },
        body: json.toString(),
        timeoutMs: slow ? (config.cardWaitMs ?? CARD_WAIT_MS) + SYNC_MARGIN_MS : (config.timeoutMs ?? TIMEOUT_MS),
      }
      const answer = await send(ask)
      if (answer.status >= 200 && answer.status < 300) return answer.body
      throw errorOf(answer)
    },
  }
}
