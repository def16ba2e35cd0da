import { say } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { Component } from 'react'
import type { Device } from './device.ts'

interface FenceProps {
  readonly device: Device
  readonly children: ReactNode
}

interface FenceState {
  readonly broken: boolean
}

/** Nobody stands by to reload a terminal. */
const LEAVES_MS = 10_000

/** What cannot be drawn leaves no empty screen: it says where the money is found, and tries again with all that is new. */
export class Fence extends Component<FenceProps, FenceState> {
  override state: FenceState = { broken: false }
  private stop: () => void = () => undefined

  static getDerivedStateFromError(): FenceState {
    return { broken: true }
  }

  override componentDidCatch(): void {
    const { device } = this.props
    const drawn = device.journey()
    const timer = setTimeout(this.leave, LEAVES_MS)
    const deaf = device.subscribe(() => {
      if (device.journey() === drawn) return
      this.stop()
      this.setState({ broken: false })
    })
    this.stop()
    this.stop = () => {
      clearTimeout(timer)
      deaf()
    }
  }

  override componentWillUnmount(): void {
    this.stop()
  }

  private readonly leave = (): void => this.props.device.send({ type: 'home' })

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children
    const { language } = this.props.device.journey()
    return (
      <main className="screen" role="alert" data-testid="broken">
        <div className="frame-body moment">
          <h1 className="moment-title">{say(language, 'notice-title')}</h1>
          <p className="money">{say(language, 'money-unknown')}</p>
          <button type="button" className="big" onClick={this.leave}>
            {say(language, 'home')}
          </button>
        </div>
      </main>
    )
  }
}
