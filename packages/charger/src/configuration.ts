/** Configuration keys of OCPP 1.6, chapter 9, that this station has; values are text, as the wire wants them. */
export interface ConfigurationKey {
  readonly value: string
  readonly readonly?: true
  readonly kind: 'seconds' | 'count' | 'boolean' | 'text'
}

export type ConfigurationName = keyof typeof defaults

const defaults = {
  AuthorizeRemoteTxRequests: { value: 'false', kind: 'boolean' },
  ConnectionTimeOut: { value: '120', kind: 'seconds' },
  ClockAlignedDataInterval: { value: '0', kind: 'seconds' },
  ConnectorPhaseRotation: { value: 'NotApplicable', kind: 'text' },
  GetConfigurationMaxKeys: { value: '100', kind: 'count', readonly: true },
  HeartbeatInterval: { value: '300', kind: 'seconds' },
  LocalAuthorizeOffline: { value: 'false', kind: 'boolean' },
  LocalPreAuthorize: { value: 'false', kind: 'boolean' },
  MeterValuesAlignedData: { value: '', kind: 'text' },
  MeterValuesSampledData: {
    value: 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,SoC',
    kind: 'text',
  },
  MeterValueSampleInterval: { value: '30', kind: 'seconds' },
  NumberOfConnectors: { value: '1', kind: 'count', readonly: true },
  ResetRetries: { value: '1', kind: 'count' },
  StopTransactionOnEVSideDisconnect: { value: 'true', kind: 'boolean' },
  StopTransactionOnInvalidId: { value: 'true', kind: 'boolean' },
  StopTxnAlignedData: { value: '', kind: 'text' },
  StopTxnSampledData: { value: '', kind: 'text' },
  SupportedFeatureProfiles: { value: 'Core,RemoteTrigger', kind: 'text', readonly: true },
  TransactionMessageAttempts: { value: '3', kind: 'count' },
  TransactionMessageRetryInterval: { value: '10', kind: 'seconds' },
  UnlockConnectorOnEVSideDisconnect: { value: 'true', kind: 'boolean' },
} as const satisfies Readonly<Record<string, ConfigurationKey>>

export interface Configuration {
  text(name: ConfigurationName): string
  number(name: ConfigurationName): number
  flag(name: ConfigurationName): boolean
  /** (OCPP 1.6, 5.3 ChangeConfiguration) */
  change(key: string, value: string): 'Accepted' | 'Rejected' | 'NotSupported'
  /** (OCPP 1.6, 5.8 GetConfiguration) No keys asked for: all of them. */
  list(keys?: readonly string[]): {
    readonly configurationKey: readonly { readonly key: string; readonly readonly: boolean; readonly value: string }[]
    readonly unknownKey: readonly string[]
  }
}

export function createConfiguration(initial: Partial<Readonly<Record<ConfigurationName, string>>> = {}): Configuration {
  const keys: Readonly<Record<string, ConfigurationKey>> = defaults
  const values = new Map(Object.entries(keys).map(([name, key]) => [name, key.value]))
  for (const [name, value] of Object.entries(initial)) if (value !== undefined) values.set(name, value)
  const text = (name: string) => values.get(name) ?? ''

  return {
    text,
    number: (name) => Number(text(name)),
    flag: (name) => text(name) === 'true',
    change(name, value) {
      const key = Object.hasOwn(keys, name) ? keys[name] : undefined
      if (!key) return 'NotSupported'
      if (key.readonly || !fits(key, value)) return 'Rejected'
      values.set(name, key.kind === 'boolean' ? value.toLowerCase() : value)
      return 'Accepted'
    },
    list(asked) {
      const wanted = asked && asked.length > 0 ? asked : [...values.keys()]
      const known = wanted.filter((name) => values.has(name))
      return {
        configurationKey: known.map((key) => ({ key, readonly: keys[key]?.readonly ?? false, value: text(key) })),
        unknownKey: wanted.filter((name) => !values.has(name)),
      }
    },
  }
}

function fits(key: ConfigurationKey, value: string): boolean {
  if (key.kind === 'boolean') return /^(true|false)$/i.test(value)
  if (key.kind === 'text') return true
  return /^\d{1,7}$/.test(value)
}
