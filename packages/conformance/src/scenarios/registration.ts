/** From the invitation to a registered connection, as whoever was invited walks it. (B-12 to B-18) */
import type { Scenario } from '../scenario.ts'

export const registration: readonly Scenario[] = [
  {
    name: 'versions with the wrong token',
    milestone: 'platform-registration',
    kind: 'probe',
    act: async ({ desk, invitation }) => {
      const versions = { place: 'versions.versions', method: 'GET', url: invitation.versionsUrl } as const
      await desk.probe('versions.no-token', { ...versions, token: null })
      await desk.probe('versions.unknown-token', { ...versions, token: desk.parts.randomToken() })
    },
  },
  {
    name: 'register with the token of the invitation',
    milestone: 'platform-registration',
    kind: 'path',
    act: async ({ desk, invitation, say }) => {
      const peer = await desk.handshake.register(invitation)
      say(`registered with ${peer.roles.map((role) => `${role.country_code}-${role.party_id}`).join(', ')}`)
    },
  },
]
