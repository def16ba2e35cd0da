/** Which versions a platform speaks and where the modules of each are. (version information endpoint; B-01 to B-06) */
import type { Static } from 'typebox'
import { module, one } from '../module.ts'
import { closedEnum, object, oneOrMore, openEnum, url } from '../types.ts'

/** Version of the protocol; edition 2 of 2.3.0 has no number of its own. (version information endpoint › VersionNumber; B-05) */
export const VersionNumber = openEnum(['2.0', '2.1', '2.1.1', '2.2', '2.2.1', '2.3.0'])
export type VersionNumber = Static<typeof VersionNumber>

/** One version on offer. (version information endpoint › Version; B-02) */
export const Version = object({
  version: VersionNumber,
  url,
})
export type Version = Static<typeof Version>

/** All versions on offer. (version information endpoint; B-02) */
export const Versions = oneOrMore(Version)
export type Versions = Static<typeof Versions>

/** Side of a module: SENDER owns the data, RECEIVER gets the pushes. (version information endpoint › InterfaceRole; B-04) */
export const InterfaceRole = closedEnum(['SENDER', 'RECEIVER'])
export type InterfaceRole = Static<typeof InterfaceRole>

/** Name of a module; `payments` and `invoicereconciliation` are missing from the table of the chapter. (version information endpoint › ModuleID; E-01) */
export const ModuleId = openEnum([
  'cdrs',
  'chargingprofiles',
  'commands',
  'credentials',
  'hubclientinfo',
  'invoicereconciliation',
  'locations',
  'payments',
  'sessions',
  'tariffs',
  'tokens',
])
export type ModuleId = Static<typeof ModuleId>

/** Where one side of a module is. (version information endpoint › Endpoint; B-03) */
export const EndpointEntry = object({
  identifier: ModuleId,
  role: InterfaceRole,
  url,
})
export type EndpointEntry = Static<typeof EndpointEntry>

/** The modules of one version. (version information endpoint › Version details; B-03) */
export const VersionDetails = object({
  version: VersionNumber,
  endpoints: oneOrMore(EndpointEntry),
})
export type VersionDetails = Static<typeof VersionDetails>

/** Both answers are plain, without pagination and without routing headers. (version information endpoint; A-69) */
export const versions = module(
  'versions',
  {
    sender: {
      versions: one('', Versions),
      details: one('/:version', VersionDetails),
    },
    receiver: {},
  },
  { routed: false },
)
