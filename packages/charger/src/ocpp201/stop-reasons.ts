/** Why energy stopped, in the words of OCPP 2.0.1. (ReasonEnumType, TriggerReasonEnumType) */
import type { StopReason } from '../dialect.ts'

interface Stopped {
  readonly trigger: string
  readonly stoppedReason: string
}

const reasons: Readonly<Record<StopReason, Stopped>> = {
  DeAuthorized: { trigger: 'Deauthorized', stoppedReason: 'DeAuthorized' },
  EmergencyStop: { trigger: 'AbnormalCondition', stoppedReason: 'EmergencyStop' },
  EVDisconnected: { trigger: 'EVCommunicationLost', stoppedReason: 'EVDisconnected' },
  HardReset: { trigger: 'ResetCommand', stoppedReason: 'ImmediateReset' },
  Local: { trigger: 'StopAuthorized', stoppedReason: 'Local' },
  Other: { trigger: 'AbnormalCondition', stoppedReason: 'Other' },
  PowerLoss: { trigger: 'AbnormalCondition', stoppedReason: 'PowerLoss' },
  Remote: { trigger: 'RemoteStop', stoppedReason: 'Remote' },
  SoftReset: { trigger: 'ResetCommand', stoppedReason: 'ImmediateReset' },
  UnlockCommand: { trigger: 'UnlockCommand', stoppedReason: 'Other' },
}

const faults: Readonly<Record<string, string>> = {
  GroundFailure: 'GroundFault',
  OverCurrentFailure: 'OvercurrentFault',
  OverVoltage: 'PowerQuality',
  UnderVoltage: 'PowerQuality',
}

export function stoppedOf(reason: StopReason, errorCode: string): Stopped {
  const stopped = reasons[reason]
  const fault = reason === 'Other' ? faults[errorCode] : undefined
  return fault === undefined ? stopped : { ...stopped, stoppedReason: fault }
}

const byDriverOrCentralSystem: readonly StopReason[] = ['Local', 'Remote', 'DeAuthorized']

/** Whether the transaction ends with the energy. One that ends with the plug waits for it, unless something broke. */
export function endOf(reason: StopReason, stopPoints: readonly string[]): boolean {
  if (!byDriverOrCentralSystem.includes(reason)) return true
  return stopPoints.includes('Authorized') || stopPoints.includes('PowerPathClosed')
}
