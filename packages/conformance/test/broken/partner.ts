/** The correct platforms that faults are planted into. */
import { createHandshake, type Invitation } from '@plugtill/ocpi/handshake'
import { memoryPeers, type Party } from '@plugtill/ocpi/peers'
import { createOcpiServer } from '@plugtill/ocpi/server'
import type { Send, Serve } from '@plugtill/ocpi/wire'
import type { Target, Version } from '../../src/catalogue.ts'
import type { OperatorStep } from '../../src/scenario.ts'
import { numbered } from '../network.ts'
import type { TestClock } from '../test-clock.ts'

export interface PartnerParts {
  readonly target: Target
  readonly version: Version
  readonly clock: TestClock
  readonly send: Send
  /** Options of the lean platform. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A platform under test. */
export interface Partner {
  readonly serve: Serve
  readonly invite: () => Promise<Pick<Invitation, 'versionsUrl' | 'token'>>
  /** What a person does at this platform when the judge asks for it. */
  readonly operator: (step: OperatorStep) => Promise<void>
}

export const PARTIES: Readonly<Record<Target, Party>> = {
  cpo: { countryCode: 'NL', partyId: 'ABC', role: 'CPO', name: 'ABC Charging' },
  ptp: { countryCode: 'DE', partyId: 'PAY', role: 'PTP', name: 'Pay at the Kerb' },
}

export const ORIGIN = 'https://partner.example'

export function partnerOf({ target, version, clock, send }: PartnerParts): Partner {
  const parts = {
    party: PARTIES[target],
    baseUrl: `${ORIGIN}/ocpi`,
    peers: memoryPeers(),
    clock,
    send,
    needs: {},
    versions: version === '2.3.0' ? undefined : [version],
  }
  const handshake = createHandshake({ ...parts, ...numbered('partner') })
  return {
    serve: createOcpiServer({ ...parts, ...numbered('partner answers'), handshake, modules: [] }),
    invite: () => handshake.invite({ countryCode: 'DE', partyId: 'JDG' }),
    operator: async ({ id, details }) => {
      if (id !== 'register') return
      await handshake.register({ versionsUrl: details['versions_url'] ?? '', token: details['token'] ?? '' })
    },
  }
}
