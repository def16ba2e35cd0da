/** Enums that Tokens shares with other modules. (tokens › Data types; sessions › Data types) */
import type { Static } from 'typebox'
import { closedEnum, openEnum } from '../types.ts'

/** (tokens › TokenType) */
export const TokenType = openEnum(['AD_HOC_USER', 'APP_USER', 'EMAID', 'OTHER', 'RFID'])
export type TokenType = Static<typeof TokenType>

/** (sessions › ProfileType) */
export const ProfileType = closedEnum(['CHEAP', 'FAST', 'GREEN', 'REGULAR'])
export type ProfileType = Static<typeof ProfileType>

/** (tokens › WhitelistType; C-402) */
export const WhitelistType = closedEnum(['ALWAYS', 'ALLOWED', 'ALLOWED_OFFLINE', 'NEVER'])
export type WhitelistType = Static<typeof WhitelistType>
