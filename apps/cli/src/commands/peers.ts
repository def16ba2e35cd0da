import type { Command } from 'commander'
import type { InvitationAnswer, PeerAnswer } from '../answers.ts'
import type { Api, Side } from '../api.ts'
import type { Talk } from '../command-line.ts'
import { EXIT, Exit, wrongUsage } from '../exit.ts'
import { pairs, table } from '../text/table.ts'

const SIDES: readonly Side[] = ['ptp', 'cpo']

export function sideOf(text: string): Side {
  const side = SIDES.find((one) => one === text.toLowerCase())
  if (!side) throw wrongUsage(`--platform is "${text}"; it has to be ptp or cpo.`)
  return side
}

interface Invite {
  readonly platform: string
  readonly countryCode: string
  readonly partyId: string
  readonly role?: string
  readonly version?: string
}
interface Register {
  readonly platform: string
  readonly versionsUrl: string
  readonly token: string
  readonly version?: string
}

/** `plugtill peers …`: partners of a platform of ours. */
export function addPeersCommand(program: Command, talk: Talk): void {
  const peers = program.command('peers').description('partners: invite, register, list, show, rotate, remove')
  peers
    .command('invite')
    .description('make token A for a partner who will start the handshake')
    .requiredOption('--platform <ptp|cpo>', 'which platform of ours')
    .requiredOption('--country-code <CC>', "the partner's country code")
    .requiredOption('--party-id <PID>', "the partner's party id")
    .option('--role <ROLE>', "the partner's role")
    .option('--version <V>', 'only this OCPI version')
    .action(async ({ platform, countryCode, partyId, role, version }: Invite) => {
      const invitation = await talk.api().post<InvitationAnswer>(sideOf(platform), '/peers/invite', {
        country_code: countryCode,
        party_id: partyId,
        ...(role && { role }),
        ...(version && { version }),
      })
      invited(talk, invitation)
    })
  peers
    .command('register')
    .description('start the handshake with a partner who gave us a token')
    .requiredOption('--platform <ptp|cpo>', 'which platform of ours')
    .requiredOption('--versions-url <URL>', "the partner's versions endpoint")
    .requiredOption('--token <T>', "the partner's token A")
    .option('--version <V>', 'only this OCPI version')
    .action(async ({ platform, versionsUrl, token, version }: Register) => {
      show(
        talk,
        await talk.api().post<PeerAnswer>(sideOf(platform), '/peers/register', {
          versions_url: versionsUrl,
          token,
          ...(version && { version }),
        }),
      )
    })
  addPeerLookups(peers, talk)
}

function addPeerLookups(peers: Command, talk: Talk): void {
  const platform = ['--platform <ptp|cpo>', 'which platform of ours (default: both)'] as const
  peers
    .command('list')
    .description('all partners')
    .option(...platform)
    .action(async (options: { readonly platform?: string }) => {
      const found = await everywhere(talk.api(), options.platform)
      talk.answer(found, () =>
        found.length === 0
          ? ['No partners yet.']
          : table(found, [
              { title: 'Platform', cell: (peer) => peer.platform },
              { title: 'Id', cell: (peer) => peer.id },
              { title: 'Status', cell: (peer) => peer.status },
              { title: 'Version', cell: (peer) => peer.version },
              { title: 'Roles', cell: rolesText },
              { title: 'Versions URL', cell: (peer) => peer.versions_url },
            ]),
      )
    })
  const one = (name: string, about: string, act: (api: Api, side: Side, path: string) => Promise<PeerAnswer>) =>
    peers
      .command(`${name} <id>`)
      .description(about)
      .option(...platform)
      .action(async (id: string, options: { readonly platform?: string }) => {
        const api = talk.api()
        const path = `/peers/${encodeURIComponent(id)}`
        const side = options.platform === undefined ? await sideWith(api, path) : sideOf(options.platform)
        show(talk, await act(api, side, path))
      })
  peers
    .command('invite-again <id>')
    .description('make a new token A for a partner whose tokens are lost; the connection keeps its id')
    .option(...platform)
    .action(async (id: string, options: { readonly platform?: string }) => {
      const api = talk.api()
      const path = `/peers/${encodeURIComponent(id)}`
      const side = options.platform === undefined ? await sideWith(api, path) : sideOf(options.platform)
      invited(talk, await api.post<InvitationAnswer>(side, `${path}/invite`))
    })
  one('show', 'one partner', (api, side, path) => api.get(side, path))
  one('rotate', 'renew both tokens by PUT credentials', (api, side, path) => api.post(side, `${path}/rotate`))
  one('remove', 'unregister by DELETE credentials', (api, side, path) => api.delete(side, path))
}

function invited({ answer }: Talk, invitation: InvitationAnswer): void {
  answer(invitation, () => [
    ...pairs({ id: invitation.id, versions_url: invitation.versions_url, token: invitation.token }),
    '',
    'Give URL and token to the partner; the token works once.',
  ])
}

/** Where the partner is; when nowhere, the PTP platform says so. */
async function sideWith(api: Api, path: string): Promise<Side> {
  for (const side of SIDES) if ((await api.ask('GET', side, path)).status !== 404) return side
  return 'ptp'
}

/** With one platform running (`--no-cpo`) the other one is no error, unless it was asked for. */
async function everywhere(api: Api, platform: string | undefined): Promise<readonly PeerAnswer[]> {
  if (platform !== undefined) return api.get(sideOf(platform), '/peers')
  const found: PeerAnswer[] = []
  let absent: unknown
  let present = 0
  for (const side of SIDES) {
    try {
      found.push(...(await api.get<readonly PeerAnswer[]>(side, '/peers')))
      present++
    } catch (error) {
      if (!(error instanceof Exit) || error.status !== EXIT.couldNotRun || !/does not run at/.test(error.message))
        throw error
      absent = error
    }
  }
  if (present === 0) throw absent
  return found
}

const rolesText = ({ roles }: PeerAnswer) =>
  roles.map((role) => `${role.role} ${role.country_code}-${role.party_id}`).join(', ')

function show({ answer }: Talk, peer: PeerAnswer): void {
  answer(peer, () =>
    pairs({
      id: peer.id,
      platform: peer.platform,
      status: peer.status,
      version: peer.version,
      versions_url: peer.versions_url,
      roles: rolesText(peer),
    }),
  )
}
