/** Who may charge. A terminal platform needs the object only: it travels inside StartSession. (tokens; C-401 to C-403) */
import Type, { type Static } from 'typebox'
import { list, module, one, patch, post, put } from '../module.ts'
import { bool, ciString, closedEnum, DateTime, DisplayText, listOf, object, optional, patchOf, text } from '../types.ts'
import { ProfileType, TokenType, WhitelistType } from './tokens-parts.ts'

/** (tokens › EnergyContract) */
export const EnergyContract = object({
  supplier_name: text(64),
  contract_id: optional(text(64)),
})
export type EnergyContract = Static<typeof EnergyContract>

/** (tokens › Token; E-21 for the token of a card payment) */
export const Token = object({
  country_code: ciString(2),
  party_id: ciString(3),
  uid: ciString(36),
  type: TokenType,
  contract_id: ciString(36),
  visual_number: optional(text(64)),
  issuer: text(64),
  group_id: optional(ciString(36)),
  valid: bool,
  whitelist: WhitelistType,
  language: optional(text(2)),
  default_profile_type: optional(ProfileType),
  energy_contract: optional(EnergyContract),
  last_updated: DateTime,
})
export type Token = Static<typeof Token>

/** Changed fields of a Token. (tokens › PATCH; A-22) */
export const TokenPatch = patchOf(Token)
export type TokenPatch = Static<typeof TokenPatch>

/** (tokens › LocationReferences) */
export const LocationReferences = object({
  location_id: ciString(36),
  evse_uids: listOf(ciString(36)),
})
export type LocationReferences = Static<typeof LocationReferences>

/** (tokens › AuthorizationInfo) */
export const AuthorizationInfo = object({
  allowed: closedEnum(['ALLOWED', 'BLOCKED', 'EXPIRED', 'NO_CREDIT', 'NOT_ALLOWED']),
  token: Token,
  location: optional(LocationReferences),
  authorization_reference: optional(ciString(36)),
  info: optional(DisplayText),
})
export type AuthorizationInfo = Static<typeof AuthorizationInfo>

/** The body of a real-time authorization is optional: an empty one reads as null. (tokens › Real-time authorization) */
export const AuthorizeBody = Type.Union([LocationReferences, Type.Null()])
export type AuthorizeBody = Static<typeof AuthorizeBody>

const TOKEN = '/:country_code/:party_id/:token_uid'

/** Sender: eMSP. Receiver: CPO; `?type=` selects the token type, RFID when absent. (tokens › Interfaces and endpoints; C.4) */
export const tokens = module('tokens', {
  sender: {
    list: list('', Token),
    authorize: post('/:token_uid/authorize', AuthorizeBody, AuthorizationInfo),
  },
  receiver: {
    token: one(TOKEN, Token),
    putToken: put(TOKEN, Token),
    patchToken: patch(TOKEN, TokenPatch),
  },
})
