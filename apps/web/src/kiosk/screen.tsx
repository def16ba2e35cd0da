import type { Journey } from '@plugtill/terminal/inputs'
import type { Wording } from '@plugtill/terminal/wording'
import type { ReactNode } from 'react'
import type { Device } from './device.ts'
import { Charging } from './screens/charging.tsx'
import { Choose } from './screens/choose.tsx'
import { Home } from './screens/home.tsx'
import { Languages } from './screens/languages.tsx'
import { Notice } from './screens/notice.tsx'
import { PinPad } from './screens/pin-pad.tsx'
import { Price } from './screens/price.tsx'
import { ReceiptList, ReceiptPage } from './screens/receipts.tsx'
import { Result } from './screens/result.tsx'
import { Running } from './screens/running.tsx'
import { Sending } from './screens/sending.tsx'
import { TapCard } from './screens/tap-card.tsx'
import { Waiting } from './screens/waiting.tsx'

export interface ScreenProps {
  readonly journey: Journey
  readonly words: Wording
  readonly device: Device
}

export function ScreenView(props: ScreenProps): ReactNode {
  const { screen } = props.journey
  switch (screen.kind) {
    case 'home':
      return <Home {...props} />
    case 'choose':
      return <Choose {...props} />
    case 'price':
      return <Price {...props} offer={screen.offer} />
    case 'tap':
      return <TapCard {...props} purpose={screen.purpose} />
    case 'pin':
      return <PinPad {...props} typing={screen} />
    case 'sending':
    case 'restoring':
      return <Sending {...props} />
    case 'waiting':
      return <Waiting {...props} payment={screen.payment} />
    case 'charging':
      return <Charging {...props} payment={screen.payment} />
    case 'result':
      return <Result {...props} payment={screen.payment} />
    case 'running':
      return <Running {...props} payments={screen.payments} />
    case 'receipts':
      return <ReceiptList {...props} receipts={screen.receipts} />
    case 'receipt':
      return <ReceiptPage {...props} receipt={screen.receipt} />
    case 'language':
      return <Languages {...props} />
    case 'notice':
      return <Notice {...props} reference={screen.reference} wanted={screen.wanted} />
  }
}
