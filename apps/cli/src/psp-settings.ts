/** Which payment provider, and what it needs to know. */
import { wrongInAdyen } from '@plugtill/psp/adyen/config'
import { wrongInStripe } from '@plugtill/psp/stripe/config'
import { address, oneOf, plain } from './read-setting.ts'
import { type Setting, setting } from './setting.ts'

export const PROVIDERS = ['simulated', 'simulated-http', 'stripe', 'adyen'] as const
export type ProviderName = (typeof PROVIDERS)[number]

export interface PspConfig {
  readonly psp: ProviderName
  readonly pspUrl: string | undefined
  readonly pspApiKey: string | undefined
  /** Newest first, separated by commas. */
  readonly pspWebhookSecrets: string | undefined
  readonly pspMerchantAccount: string | undefined
  readonly pspEnvironment: 'test' | 'live'
  readonly pspLivePrefix: string | undefined
  readonly pspRegion: 'EU' | 'AU' | 'US' | 'APSE'
  readonly pspCurrency: string
}

const printable = plain(/^[\x21-\x7e]{1,2000}$/, '1 to 2000 printable characters without spaces')

export const PSP_SETTINGS: readonly Setting[] = [
  setting('psp', PROVIDERS.join('|'), {
    about: 'payment provider',
    default: 'simulated',
    read: oneOf(PROVIDERS),
  }),
  setting('pspUrl', 'URL', {
    about: 'where the simulated provider listens, when it is a service of its own',
    read: address(['http:', 'https:'], 'http://127.0.0.1:8090'),
  }),
  setting('pspApiKey', 'KEY', { about: 'key of the payment provider', secret: true, read: printable }),
  setting('pspWebhookSecrets', 'A,B', {
    about: "what signs the provider's messages, newest first",
    secret: true,
    read: printable,
  }),
  setting('pspMerchantAccount', 'NAME', {
    about: 'Adyen: the merchant account',
    read: plain(/^\w{1,80}$/, 'letters, digits and _'),
  }),
  setting('pspEnvironment', 'test|live', {
    about: 'Adyen: which of its worlds',
    default: 'test',
    read: oneOf(['test', 'live']),
  }),
  setting('pspLivePrefix', 'PREFIX', {
    about: 'Adyen live: prefix of its endpoints',
    read: plain(/^[\w-]{1,100}$/, 'letters, digits, - and _'),
  }),
  setting('pspRegion', 'EU|AU|US|APSE', {
    about: 'Adyen live: region of the terminals',
    default: 'EU',
    read: oneOf(['EU', 'AU', 'US', 'APSE']),
  }),
  setting('pspCurrency', 'CODE', {
    about: 'Stripe: currency of its readers, for recognising a card',
    default: 'EUR',
    read: plain(/^[A-Z]{3}$/, 'three capital letters of ISO 4217'),
  }),
]

/** Not part of one account: the file that holds the others. */
export const ACCOUNTS_SETTING: Setting = setting('pspAccounts', 'FILE', {
  about: 'further accounts at payment providers (YAML or JSON), for contracts that name one',
  read: plain(/^[^\0]{1,4096}$/, 'the path of a file'),
})

const envOf = (name: keyof PspConfig) => PSP_SETTINGS.find((one) => one.name === name)?.env ?? name

const NEEDED: Readonly<Record<ProviderName, readonly (keyof PspConfig)[]>> = {
  simulated: [],
  'simulated-http': ['pspUrl', 'pspApiKey', 'pspWebhookSecrets'],
  stripe: ['pspApiKey', 'pspWebhookSecrets'],
  adyen: ['pspApiKey', 'pspWebhookSecrets', 'pspMerchantAccount'],
}

const OF_A_PROVIDER: readonly (keyof PspConfig)[] = ['pspUrl', 'pspApiKey', 'pspWebhookSecrets', 'pspMerchantAccount']

/** Why these settings cannot work together, in one line that tells no secret; undefined when they may. */
export function wrongInPsp(config: PspConfig, named: (name: keyof PspConfig) => string = envOf): string | undefined {
  const { psp } = config
  const missing = NEEDED[psp].filter((name) => config[name] === undefined)
  if (missing.length > 0) return `The payment provider is ${psp}: set ${missing.map(named).join(', ')} as well.`
  const stray = OF_A_PROVIDER.find((name) => psp === 'simulated' && config[name] !== undefined)
  if (stray !== undefined)
    return `${named(stray)} is set, but the payment provider is simulated: set ${named('psp')} to the provider it belongs to.`
  const wrong =
    psp === 'stripe'
      ? wrongInStripe(stripeConfig(config))
      : psp === 'adyen'
        ? wrongInAdyen(adyenConfig(config))
        : undefined
  return wrong && `The payment provider cannot work like this: ${wrong}.`
}

export const secretsOf = ({ pspWebhookSecrets }: PspConfig): readonly string[] =>
  (pspWebhookSecrets ?? '').split(',').filter((one) => one !== '')

export const stripeConfig = (config: PspConfig) => ({
  apiKey: config.pspApiKey ?? '',
  webhookSecrets: secretsOf(config),
})

export const adyenConfig = (config: PspConfig) => ({
  apiKey: config.pspApiKey ?? '',
  merchantAccount: config.pspMerchantAccount ?? '',
  hmacKeys: secretsOf(config),
  environment: config.pspEnvironment,
  region: config.pspRegion,
  ...(config.pspLivePrefix !== undefined && { livePrefix: config.pspLivePrefix }),
})
