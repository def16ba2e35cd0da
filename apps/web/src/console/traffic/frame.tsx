import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { milliseconds } from '../../look/format.ts'
import { Copy } from '../parts/json.tsx'
import { At, plain } from '../parts/values.tsx'
import { Message } from './exchange.tsx'
import type { FrameInfo } from './info.ts'

/** One OCPP call in the list of all traffic. */
export function FrameView({ frame }: { readonly frame: FrameInfo }): ReactNode {
  const t = texts().traffic
  return (
    <details className="exchange" data-testid="frame">
      <summary>
        <span className="exchange-at">
          <At time={frame.at} />
        </span>
        <span className="way" data-way={frame.direction}>
          {frame.direction === 'in' ? t.received : t.sent}
        </span>
        <b className="method">OCPP</b>
        <span className="exchange-path">
          {plain(frame.action)} · {plain(frame.charger)}
        </span>
        <span className="exchange-status" data-tone={frame.error === null ? 'good' : 'bad'}>
          {frame.error === null ? 'CALLRESULT' : plain(frame.error, 80)}
        </span>
        <span className="exchange-ms number">{milliseconds(frame.duration_ms)}</span>
      </summary>
      <FrameOpen frame={frame} />
    </details>
  )
}

export function FrameOpen({ frame }: { readonly frame: FrameInfo }): ReactNode {
  const t = texts().traffic
  return (
    <div className="exchange-open">
      {frame.error === null ? null : <p className="problem">{plain(frame.error, 500)}</p>}
      <p className="deeds">
        <Copy text={() => JSON.stringify(frame, null, 2)}>{t.copyAll}</Copy>
      </p>
      <div className="messages">
        <Message title={frame.action} headers={undefined} body={frame.request} />
        <Message title={t.response} headers={undefined} body={frame.response} />
      </div>
    </div>
  )
}
