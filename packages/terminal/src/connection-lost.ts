/** What the screen says while the platform cannot be reached: what that means for the driver's money, here and now. */
import type { Screen } from './screens.ts'
import type { Word } from './texts.ts'
import { say, sayMoney } from './texts.ts'
import { waitOf } from './wording.ts'

export function connectionLost(screen: Screen, language: string): string {
  const payment = 'payment' in screen ? screen.payment : undefined
  const most = payment?.holdUpTo ?? payment?.held
  return say(language, wordOf(screen), { most: most ? sayMoney(language, most) : '' })
}

function wordOf(screen: Screen): Word {
  switch (screen.kind) {
    case 'home':
      return 'offline-home'
    case 'choose':
    case 'price':
    case 'pin':
      return 'offline-nothing'
    case 'tap':
    case 'sending': {
      const { kind } = screen.purpose
      if (kind === 'receipt') return 'offline'
      if (kind === 'stop') return 'offline-goes-on'
      return screen.kind === 'tap' ? 'offline-nothing' : 'offline-asking'
    }
    case 'restoring':
      return 'tap' in screen.of ? 'offline-asking' : 'offline-goes-on'
    case 'waiting': {
      const wait = waitOf(screen.payment)
      if (wait === 'void') return 'offline-releasing'
      if (!screen.payment.held) return 'offline-bank'
      return wait === 'cdr' || wait === 'capture' ? 'offline-completing' : 'offline-waiting'
    }
    case 'charging':
      return screen.payment.held ? 'offline-charging' : 'offline-goes-on'
    case 'result':
      return 'offline-over'
    case 'running':
      return 'offline-goes-on'
    case 'notice':
      if (screen.money === 'unknown') return 'offline-asking'
      return screen.money === 'nothing-held' ? 'offline-nothing' : 'offline-goes-on'
    case 'receipts':
    case 'receipt':
    case 'language':
      return 'offline'
  }
}
