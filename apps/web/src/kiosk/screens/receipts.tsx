import type { Receipt } from '@plugtill/terminal/link'
import { ownWords } from '@plugtill/terminal/own-words'
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
            <strong className="number">
              {isPending(receipt) ? statusText(language, receipt) : sayMoney(language, receipt.total)}
            </strong>
            <small>
              {sayTime(language, receipt.at)} ·{isPending(receipt) ? '' : ` ${statusText(language, receipt)} ·`}{' '}
              {sayCharger(language, receipt.label)}
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
        <p className="slip-merchant">{ownWords(receipt.merchant)}</p>
        <p className="fine">
          {ownWords(receipt.locationName)} · {sayCharger(language, receipt.label)}
          <br />
          {sayDate(language, receipt.at)}
        </p>
        {isPending(receipt) ? null : <Amounts receipt={receipt} language={language} />}
        <p className="slip-state" data-status={receipt.status}>
          {statusText(language, receipt)} · {ownWords(receipt.card.brand, 30)}{' '}
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
          {[
            ...receipt.eftData.map((line) => ownWords(line)),
            say(language, 'reference', { reference: receipt.reference }),
          ].join('\n')}
        </p>
      </div>
    </Frame>
  )
}

function Amounts({ receipt, language }: { readonly receipt: Receipt; readonly language: string }): ReactNode {
  return (
    <>
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
        {receipt.taxes.map((tax, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two taxes may have one name
          <li key={index}>
            <span>{say(language, 'of-which', { name: taxText(tax) })}</span>
            <span className="number">{sayMoney(language, tax.amount)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** An amount that may still change is not shown. */
const isPending = ({ status }: Receipt): boolean => status === 'pending'
const statusText = (language: string, { status }: Receipt): string => sayKnown(language, 'receipt', status)

function taxText({ name, percentage }: Receipt['taxes'][number]): string {
  const own = ownWords(name, 60)
  return percentage === undefined ? own : `${own} ${percentage} %`
}

/** The brand stands beside it; four digits are enough to know one's own card. */
function lastFour(masked: string): string {
  return `•••• ${ownWords(masked).slice(-4)}`
}
