import type { CommandOutcome } from './events.ts'
import type { ChargerLink, Payload } from './link.ts'

/** Structural, as engine's clock: time is a parameter. */
interface Timer {
  readonly after: (delayMs: number, task: () => void) => () => void
}

/** Every word a charger may answer a command with. (OCPP 1.6, chapter 7) */
const outcomeOf: Readonly<Record<string, CommandOutcome>> = {
  Accepted: 'accepted',
  Scheduled: 'accepted',
  Unlocked: 'accepted',
  Rejected: 'rejected',
  UnlockFailed: 'rejected',
  NotSupported: 'not-supported',
  NotImplemented: 'not-supported',
}

function outcomeOfFailure(error: unknown): CommandOutcome {
  const { kind, code } = (error ?? {}) as { readonly kind?: unknown; readonly code?: unknown }
  if (kind === 'refused') return code === 'NotImplemented' || code === 'NotSupported' ? 'not-supported' : 'rejected'
  // Closed under way is no better than silence: the charger may have acted on what it got.
  return 'timeout'
}

/** Sends one command and gives it `timeoutMs`, the wait behind earlier calls included. Never rejects. */
export function sendCommand(
  link: ChargerLink,
  call: { readonly action: string; readonly payload: Payload },
  options: { readonly clock: Timer; readonly timeoutMs: number },
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const forget = options.clock.after(options.timeoutMs, () => resolve('timeout'))
    const settle = (outcome: CommandOutcome) => {
      forget()
      resolve(outcome)
    }
    link.call(call.action, call.payload, { timeoutMs: options.timeoutMs }).then(
      (answer) => settle(outcomeOf[String(answer['status'])] ?? 'rejected'),
      (error: unknown) => settle(outcomeOfFailure(error)),
    )
  })
}
