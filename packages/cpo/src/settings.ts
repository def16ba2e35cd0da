/** Every wait and limit of this platform; what is not given takes the default. */
export interface CpoSettings {
  /** How long the driver may take to plug in after the charger accepted the start. */
  readonly plugInWindowS: number
  /** `timeout` of the CommandResponse: until then the partner may wait for the result. (C-303) */
  readonly commandTimeoutS: number
  /** A running session of which the charger says nothing for so long ends with the last meter value. */
  readonly chargerSilenceS: number
  readonly sessionUpdateS: number
  /** A session is also told after so much energy, and whenever its price changes. (C-509) */
  readonly sessionUpdateWh: number
  /** Chargers of a sandbox give energy so many times faster than their plate says. */
  readonly chargerSpeed: number
  /** What becomes of a charging station that no site names. */
  readonly unknownStations: 'refuse' | 'quarantine'
  /** A charging station may be away for so long before its EVSEs become UNKNOWN; a start is refused meanwhile. */
  readonly stationGraceS: number
  /** Whether charging stations without a secret are let in. */
  readonly stationSecrets: 'optional' | 'required'
  /** Stop a session ourselves when its gross cost nears the tariff's preauthorize_amount. (E-25, stop 3) */
  readonly stopAtPreauthorizeAmount: boolean
  readonly stopMarginPercent: number
  /** Sessions with less energy than this cost nothing. (D-F08) */
  readonly minimumBilledWh: number
  readonly invoiceBy: 'CPO' | 'PTP'
  /** E-57: GET sessions without date_from is 2001 instead of everything. */
  readonly strictDateFrom: boolean
  /** How long a mobility provider may take to say whether its driver may charge. (C-403) */
  readonly authorizationTimeoutS: number
  /** How often terminals are pulled from partners, besides what they push. (E-12) */
  readonly terminalsPollS: number
  /** How long after a registration the first push waits: the partner has to keep our answer first. */
  readonly greetingDelayS: number
  /** Age at which the tokens of a partner are renewed; 0: never. (B-30) */
  readonly tokenRenewalS: number
}

export const DEFAULT_SETTINGS: CpoSettings = {
  plugInWindowS: 300,
  commandTimeoutS: 30,
  chargerSilenceS: 6 * 3600,
  sessionUpdateS: 30,
  sessionUpdateWh: 1000,
  chargerSpeed: 1,
  unknownStations: 'refuse',
  stationGraceS: 15,
  stationSecrets: 'optional',
  stopAtPreauthorizeAmount: true,
  stopMarginPercent: 2,
  minimumBilledWh: 1,
  invoiceBy: 'CPO',
  strictDateFrom: false,
  authorizationTimeoutS: 5,
  terminalsPollS: 3600,
  greetingDelayS: 2,
  tokenRenewalS: 30 * 24 * 3600,
}
