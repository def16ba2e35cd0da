import type { Receipt } from '@plugtill/terminal/link'
import { say, sayCharger, sayDate, sayDuration, sayEnergy, sayKnown, sayMoney, sayTime } from '@plugtill/terminal/texts'
import type { ReactNode } from 'react'
import { webUrl } from '../../look/safe-url.ts'
import { Choice, ChoiceList } from '../choice-list.tsx'
import { Frame } from '../frame.tsx'
import { Qr } from '../qr.tsx'
import type { ScreenProps } from '../screen.tsx'

export function ReceiptList({
  receipts,
  ...props
}: ScreenProps & { readonly receipts: readonly Receipt[] }): ReactNode {
  const { language } = props.journey
  return (
    <Frame {...props} testId="screen-receipts">
      <ChoiceList none={props.words.body}>
        {receipts.map((receipt) => (
          <Choice
            key={receipt.reference}
            testId={`receipt-${receipt.reference}`}
            onChoose={() => props.device.send({ type: 'show-receipt', reference: receipt.reference })}
          >
            <strong className="number">{sayMoney(language, receipt.total)}</strong>
            <small>
              {sayTime(language, receipt.at)} · {sayCharger(language, receipt.label)} ·{' '}
              {say(language, `receipt-${receipt.status}`)}
            </small>
          </Choice>
        ))}
      </ChoiceList>
    </Frame>
  )
}

export function ReceiptPage({ receipt, ...props }: ScreenProps & { readonly receipt: Receipt }): ReactNode {
  const { language } = props.journey
  const invoice = webUrl(receipt.invoiceUrl)
  return (
    <Frame {...props} testId="screen-receipt">
      <div className="slip">
        <p className="slip-merchant">{receipt.merchant}</p>
        <p className="fine">
          {receipt.locationName} · {sayCharger(language, receipt.label)}
          <br />
          {sayDate(language, receipt.at)}
        </p>
        <ul className="slip-lines">
          {receipt.lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: printed lines have no other name and never move
            <li key={index}>
              <span>{sayKnown(language, 'receipt-line', line.text)}</span>
              <span className="number">{sayMoney(language, line.amount)}</span>
            </li>
          ))}
        </ul>
        <p className="slip-total">
          <span>{say(language, 'total')}</span>
          <strong className="number" data-testid="receipt-total">
            {sayMoney(language, receipt.total)}
          </strong>
        </p>
        <ul className="slip-lines fine">
          {receipt.taxes.map((tax) => (
            <li key={tax.name}>
              <span>
                {say(language, 'of-which', {
                  name: tax.percentage === undefined ? tax.name : `${tax.name} ${tax.percentage} %`,
                })}
              </span>
              <span className="number">{sayMoney(language, tax.amount)}</span>
            </li>
          ))}
        </ul>
        <p className="slip-state" data-status={receipt.status}>
          {say(language, `receipt-${receipt.status}`)} · {receipt.card.brand}{' '}
          <span className="number">{lastFour(receipt.card.masked)}</span>
        </p>
        <p className="fine">
          <span className="number">{sayEnergy(language, receipt.energyKwh)}</span> ·{' '}
          <span className="number">{sayDuration(receipt.durationS * 1000)}</span>
        </p>
        {invoice ? (
          <a className="slip-link" href={invoice} target="_blank" rel="noreferrer" data-testid="receipt-link">
            <Qr text={invoice} label={say(language, 'receipt-online')} />
            {say(language, 'receipt-online')}
          </a>
        ) : null}
        <p className="slip-eft">
          {[...receipt.eftData, say(language, 'reference', { reference: receipt.reference })].join('\n')}
        </p>
      </div>
    </Frame>
  )
}

/** The brand stands beside it; four digits are enough to know one's own card. */
function lastFour(masked: string): string {
  return `•••• ${masked.slice(-4)}`
}
