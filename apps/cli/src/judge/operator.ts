/** What only a person can do at the platform under test is asked for live; a program can do it instead. */
import { spawn } from 'node:child_process'
import type { Operator, OperatorStep } from '@plugtill/conformance/scenario'

const HOOK_MS = 60_000

/** Says the step; with a hook, a command is run with the step in its environment as well. */
export function operatorOf(say: (line: string) => void, hook: string | undefined): Operator {
  return async (step) => {
    const details = Object.entries(step.details).map(([name, value]) => `${name}=${value}`)
    say(`▶ ${step.text}${details.length === 0 ? '' : `  (${details.join(', ')})`}`)
    if (hook !== undefined) await runHook(hook, step, say)
  }
}

/** `PLUGTILL_STEP=plug-in`, and each detail in capitals: `PLUGTILL_EVSE_UID=…`. A hook that fails is said, and waited on no longer. */
function runHook(hook: string, { id, text, details }: OperatorStep, say: (line: string) => void): Promise<void> {
  const named = Object.entries(details).map(([name, value]) => [`PLUGTILL_${name.toUpperCase()}`, value])
  const env = { ...process.env, PLUGTILL_STEP: id, PLUGTILL_STEP_TEXT: text, ...Object.fromEntries(named) }
  return new Promise((resolve) => {
    // The user's own command line, given as an option: it is meant to be read by a shell.
    const child = spawn(hook, { shell: true, env, stdio: ['ignore', 'ignore', 'inherit'], timeout: HOOK_MS })
    child.on('error', (error) => {
      say(`the operator hook could not run: ${error.message}`)
      resolve()
    })
    child.on('close', (code) => {
      if (code !== 0) say(`the operator hook ended with ${code ?? 'a signal'} for the step ${id}`)
      resolve()
    })
  })
}
