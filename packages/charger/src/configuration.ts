import { measurable } from './samples.ts'

/**
 * What can be set at the station, by the configuration key of OCPP 1.6 (chapter 9) and by component and variable of
 * 2.0.1; values are text, as the wire wants them.
 */
export interface ConfigurationKey {
  readonly value: string
  readonly readonly?: true
  readonly kind: 'seconds' | 'count' | 'boolean' | 'text' | 'measurands' | 'transaction-points'
  /** `Component.Variable` or `Component.Variable[Instance]`, where 2.0.1 has it. */
  readonly variable?: string
  /** Not known to 1.6. */
  readonly only201?: true
}

export type ConfigurationName = keyof typeof defaults

const usual = 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,SoC'

const defaults = {
  AuthorizeRemoteTxRequests: { value: 'false', kind: 'boolean', variable: 'AuthCtrlr.AuthorizeRemoteStart' },
  AllowOfflineTxForUnknownId: { value: 'false', kind: 'boolean', variable: 'AuthCtrlr.OfflineTxForUnknownIdEnabled' },
  ConnectionTimeOut: { value: '120', kind: 'seconds', variable: 'TxCtrlr.EVConnectionTimeOut' },
  ClockAlignedDataInterval: { value: '0', kind: 'seconds', variable: 'AlignedDataCtrlr.Interval' },
  ConnectorPhaseRotation: { value: 'NotApplicable', kind: 'text' },
  GetConfigurationMaxKeys: { value: '100', kind: 'count', readonly: true },
  HeartbeatInterval: { value: '300', kind: 'seconds', variable: 'OCPPCommCtrlr.HeartbeatInterval' },
  LocalAuthListEnabled: { value: 'true', kind: 'boolean', variable: 'LocalAuthListCtrlr.Enabled' },
  LocalAuthListMaxLength: { value: '10000', kind: 'count', readonly: true },
  LocalAuthorizeOffline: { value: 'false', kind: 'boolean', variable: 'AuthCtrlr.LocalAuthorizeOffline' },
  LocalPreAuthorize: { value: 'false', kind: 'boolean', variable: 'AuthCtrlr.LocalPreAuthorize' },
  MeterValuesAlignedData: { value: '', kind: 'measurands', variable: 'AlignedDataCtrlr.Measurands' },
  MeterValuesSampledData: { value: usual, kind: 'measurands', variable: 'SampledDataCtrlr.TxUpdatedMeasurands' },
  MeterValueSampleInterval: { value: '30', kind: 'seconds', variable: 'SampledDataCtrlr.TxUpdatedInterval' },
  NumberOfConnectors: { value: '1', kind: 'count', readonly: true },
  ResetRetries: { value: '1', kind: 'count', variable: 'OCPPCommCtrlr.ResetRetries' },
  SampledDataSignReadings: { value: 'false', kind: 'boolean', variable: 'SampledDataCtrlr.SignReadings' },
  StopTransactionOnEVSideDisconnect: {
    value: 'true',
    kind: 'boolean',
    readonly: true,
    variable: 'TxCtrlr.StopTxOnEVSideDisconnect',
  },
  StopTransactionOnInvalidId: { value: 'true', kind: 'boolean', variable: 'TxCtrlr.StopTxOnInvalidId' },
  StopTxnAlignedData: { value: '', kind: 'measurands' },
  StopTxnSampledData: { value: '', kind: 'measurands' },
  SupportedFeatureProfiles: {
    value: 'Core,LocalAuthListManagement,RemoteTrigger,Reservation,SmartCharging',
    kind: 'text',
    readonly: true,
  },
  TransactionMessageAttempts: {
    value: '3',
    kind: 'count',
    variable: 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]',
  },
  TransactionMessageRetryInterval: {
    value: '10',
    kind: 'seconds',
    variable: 'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]',
  },
  UnlockConnectorOnEVSideDisconnect: {
    value: 'true',
    kind: 'boolean',
    variable: 'OCPPCommCtrlr.UnlockOnEVSideDisconnect',
  },
  ChargeProfileMaxStackLevel: {
    value: '10',
    kind: 'count',
    readonly: true,
    variable: 'SmartChargingCtrlr.ProfileStackLevel',
  },
  ChargingScheduleAllowedChargingRateUnit: {
    value: 'Current,Power',
    kind: 'text',
    readonly: true,
  },
  ChargingScheduleMaxPeriods: {
    value: '100',
    kind: 'count',
    readonly: true,
    variable: 'SmartChargingCtrlr.PeriodsPerSchedule',
  },
  MaxChargingProfilesInstalled: {
    value: '100',
    kind: 'count',
    readonly: true,
    variable: 'SmartChargingCtrlr.Entries[ChargingProfiles]',
  },
  PublicKeyWithSignedMeterValue: {
    value: 'OncePerTransaction',
    kind: 'text',
    variable: 'OCPPCommCtrlr.PublicKeyWithSignedMeterValue',
  },
  TxStartPoint: {
    value: 'PowerPathClosed',
    kind: 'transaction-points',
    only201: true,
    variable: 'TxCtrlr.TxStartPoint',
  },
  TxStopPoint: {
    value: 'EVConnected,Authorized',
    kind: 'transaction-points',
    only201: true,
    variable: 'TxCtrlr.TxStopPoint',
  },
  TxStartedMeasurands: {
    value: usual,
    kind: 'measurands',
    only201: true,
    variable: 'SampledDataCtrlr.TxStartedMeasurands',
  },
  TxEndedMeasurands: {
    value: usual,
    kind: 'measurands',
    only201: true,
    variable: 'SampledDataCtrlr.TxEndedMeasurands',
  },
} as const satisfies Readonly<Record<string, ConfigurationKey>>

const keys: Readonly<Record<string, ConfigurationKey>> = defaults

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
  /** What 2.0.1 calls variables, with the name each has here. */
  variables(): readonly StationVariable[]
}

export interface StationVariable extends ConfigurationKey {
  readonly name: ConfigurationName
  readonly component: string
  readonly variableName: string
  readonly instance: string | undefined
}

export interface ConfigurationOptions {
  /** Keys of this station alone, e.g. the public key of its meter. */
  readonly more?: Readonly<Record<string, string>>
}

export function createConfiguration(
  initial: Partial<Readonly<Record<ConfigurationName, string>>> = {},
  { more = {} }: ConfigurationOptions = {},
): Configuration {
  const values = new Map(Object.entries(keys).map(([name, key]) => [name, key.value]))
  for (const [name, value] of Object.entries({ ...initial, ...more })) if (value !== undefined) values.set(name, value)
  const text = (name: string) => values.get(name) ?? ''
  const isKeyOf16 = (name: string) => values.has(name) && keys[name]?.only201 !== true

  return {
    text,
    number: (name) => Number(text(name)),
    flag: (name) => text(name) === 'true',
    change(name, value) {
      const key = Object.hasOwn(keys, name) ? keys[name] : undefined
      if (!key) return values.has(name) ? 'Rejected' : 'NotSupported'
      if (key.readonly || !fits(key, value)) return 'Rejected'
      values.set(name, key.kind === 'boolean' ? value.toLowerCase() : value)
      return 'Accepted'
    },
    list(asked) {
      const wanted = asked && asked.length > 0 ? asked : [...values.keys()].filter(isKeyOf16)
      return {
        configurationKey: wanted
          .filter(isKeyOf16)
          .map((key) => ({ key, readonly: keys[key]?.readonly ?? !Object.hasOwn(keys, key), value: text(key) })),
        unknownKey: wanted.filter((name) => !isKeyOf16(name)),
      }
    },
    variables: () => Object.entries(keys).flatMap(([name, key]) => variableOf(name, key) ?? []),
  }
}

function variableOf(name: string, key: ConfigurationKey): StationVariable | undefined {
  const [, component, variableName, instance] = /^(\w+)\.(\w+)(?:\[(\w+)\])?$/.exec(key.variable ?? '') ?? []
  if (component === undefined || variableName === undefined) return undefined
  return { ...key, name: name as ConfigurationName, component, variableName, instance }
}

const points = ['EVConnected', 'Authorized', 'PowerPathClosed']

function fits(key: ConfigurationKey, value: string): boolean {
  switch (key.kind) {
    case 'boolean':
      return /^(true|false)$/i.test(value)
    case 'text':
      return true
    case 'measurands':
      return measurable(value)
    case 'transaction-points':
      return value.split(',').every((point) => points.includes(point))
    case 'seconds':
    case 'count':
      return /^\d{1,7}$/.test(value)
  }
}
