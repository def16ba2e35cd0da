/** A touch on the board, as the touches of a handset one after the other: the journey knows of no tablet. */
import type { Offer } from '@plugtill/terminal/link'
import type { Screen } from '@plugtill/terminal/screens'
import type { Device } from '../device.ts'

type Hands = Pick<Device, 'journey' | 'send'>

export function chooseCharger(device: Hands, { evseUid, connectorId }: Pick<Offer, 'evseUid' | 'connectorId'>): void {
  goHome(device)
  device.send({ type: 'start' })
  device.send({ type: 'choose', evseUid, connectorId })
}

export function stopRunning(device: Hands, reference: string): void {
  goHome(device)
  device.send({ type: 'stop' })
  device.send({ type: 'pick', reference })
}

/** From any screen to one of the four things a driver can want. */
export function wantAtHome(device: Hands, type: 'stop' | 'receipt' | 'languages'): void {
  goHome(device)
  device.send({ type })
}

function goHome({ journey, send }: Hands): void {
  if (journey().screen.kind !== 'home') send({ type: 'home' })
}

/** The board stands there whole as long as nothing is chosen. */
export function isAtBoard({ kind }: Screen): boolean {
  return kind === 'home' || kind === 'choose'
}

/** The charger that the screen beside the board is about. */
export function concerned(screen: Screen): string | undefined {
  if ('payment' in screen) return keyOf(screen.payment)
  const offer =
    'offer' in screen
      ? screen.offer
      : 'purpose' in screen && screen.purpose.kind === 'start'
        ? screen.purpose.offer
        : undefined
  return offer && keyOf(offer)
}

export function keyOf({ evseUid, connectorId }: Pick<Offer, 'evseUid' | 'connectorId'>): string {
  return `${evseUid}/${connectorId}`
}
