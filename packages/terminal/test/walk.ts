/** The way of a driver through the screens, for the tests of the journey. */
import type { Input, Journey, Step } from '@plugtill/terminal/inputs'
import { step } from '@plugtill/terminal/journey'
import { NOW, offers } from './examples.ts'

export const home: Journey = { screen: { kind: 'home' }, language: 'en', offers, online: true }

export function play(inputs: readonly Input[], from: Journey = home): Step {
  return inputs.reduce<Step>((so, input) => step(so.journey, input, NOW), { journey: from, requests: [] })
}

export const toTap: readonly Input[] = [
  { type: 'start' },
  { type: 'choose', evseUid: 'evse-1', connectorId: '1' },
  { type: 'accept' },
]
export const tapped: readonly Input[] = [...toTap, { type: 'card', card: 'approved', id: 'tap-1' }]
