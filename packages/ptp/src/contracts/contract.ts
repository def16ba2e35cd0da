/** Contracts: one connection may carry several, each with settings of its own; a terminal stands under one. (platform › contract › terminal) */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { ciKey, formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { Refusal } from '../refusal.ts'
import { CONTRACT_SETTINGS, readSetting, settingNamed } from './contract-settings.ts'

export interface Contract {
  readonly id: string
  /** The CPO platform it is a contract with. */
  readonly peerId: string
  readonly name: string
  /** Agreed with the CPO before terminals are assigned; the link between terminal and CSMS. (C.7) */
  readonly customerReference?: string
  /** As the outside spells them (contract-settings.ts); what is absent is the platform's. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly lastUpdated: string
}

export interface ContractChange {
  readonly name?: string
  readonly customerReference?: string
  /** `null` takes a setting back. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export interface Contracts {
  readonly add: (wanted: { readonly peerId: string } & ContractChange) => Promise<Contract>
  readonly find: (id: string | undefined) => Promise<Contract | undefined>
  readonly list: () => Promise<readonly Contract[]>
  readonly change: (id: string, change: ContractChange) => Promise<Contract>
  /** The contract of this connection that goes by a customer_reference. */
  readonly referred: (peerId: string, customerReference: string) => Promise<Contract | undefined>
}

export interface ContractParts {
  readonly documents: Documents
  readonly clock: Clock
  readonly ids: () => string
  readonly peers: Pick<PeerStore, 'get'>
  /** Names of the provider accounts that are configured. */
  readonly accounts: readonly string[]
}

const SHELF = 'contracts'

export function createContracts(parts: ContractParts): Contracts {
  const { documents, clock } = parts
  const find = async (id: string | undefined) => {
    const doc = id === undefined ? undefined : await documents.get(SHELF, ciKey(id))
    return doc && (JSON.parse(doc.body) as Contract)
  }
  const list = async () => (await documents.all(SHELF)).map(({ body }) => JSON.parse(body) as Contract)
  const referred = async (peerId: string, reference: string) =>
    (await list()).find((one) => one.peerId === peerId && sameCi(one.customerReference ?? '', reference))
  const keep = async (contract: Contract, { customerReference }: ContractChange) => {
    const other = customerReference ? await referred(contract.peerId, customerReference) : undefined
    if (other && other.id !== contract.id)
      throw new Refusal(
        'reference-taken',
        `Contract ${other.id} has the customer_reference "${customerReference}" already.`,
      )
    await documents.put(SHELF, ciKey(contract.id), JSON.stringify(contract), contract.lastUpdated)
    return contract
  }
  const now = () => formatDateTime(clock.now())
  return {
    find,
    list,
    referred,
    add: async ({ peerId, ...wanted }) => {
      if (!(await parts.peers.get(peerId)))
        throw new Refusal('unknown-peer', `No partner "${peerId}". "plugtill peers list --platform ptp" names them.`)
      const id = `C-${parts.ids().slice(0, 8).toUpperCase()}`
      const bare: Contract = { id, peerId, name: id, settings: {}, lastUpdated: now() }
      return keep(changed(parts, bare, wanted), wanted)
    },
    change: async (id, change) => {
      const before = await find(id)
      if (!before) throw new Refusal('unknown-contract', `No contract "${id}". "plugtill contracts list" names them.`)
      return keep({ ...changed(parts, before, change), lastUpdated: now() }, change)
    },
  }
}

function changed(
  parts: ContractParts,
  before: Contract,
  { name, customerReference, settings = {} }: ContractChange,
): Contract {
  const next: Record<string, unknown> = { ...before.settings }
  for (const [key, given] of Object.entries(settings)) {
    checkSetting(parts, key, given)
    if (given === null) delete next[key]
    else next[key] = given
  }
  return {
    ...before,
    ...(name !== undefined && { name }),
    ...(customerReference !== undefined && { customerReference }),
    settings: next,
  }
}

function checkSetting({ accounts }: ContractParts, name: string, given: unknown): void {
  const setting = settingNamed(name)
  if (!setting) {
    const names = CONTRACT_SETTINGS.map((one) => one.name).join(', ')
    throw new Refusal('bad-setting', `A contract has no setting "${name}". It may set: ${names}.`)
  }
  const read = given === null ? { value: null } : readSetting(setting, given)
  if ('rule' in read)
    throw new Refusal('bad-setting', `${name} is ${JSON.stringify(given)}; it has to be ${read.rule}.`)
  if (name === 'psp_account' && typeof given === 'string' && !accounts.includes(given))
    throw new Refusal(
      'bad-setting',
      `No provider account "${given}" is configured. There are: ${accounts.join(', ') || 'none'}.`,
    )
}
