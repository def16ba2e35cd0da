/** Limits for the power or current of a running session: answered at once by the CPO, later by the charge point. (charging profiles; C.10) */
import Type, { type Static } from 'typebox'
import { del, module, one, post, put } from '../module.ts'
import { closedEnum, DateTime, int, listOf, num, object, optional, url } from '../types.ts'

/** Watts of all phases together, or amperes of each phase. (charging profiles › ChargingRateUnit; F-28) */
export const ChargingRateUnit = closedEnum(['W', 'A'])
export type ChargingRateUnit = Static<typeof ChargingRateUnit>

/** Ends where the next one starts; seconds from the start of the profile. (charging profiles › ChargingProfilePeriod) */
export const ChargingProfilePeriod = object({
  start_period: int,
  limit: num,
})
export type ChargingProfilePeriod = Static<typeof ChargingProfilePeriod>

/** Without `start_date_time` relative to the start of charging, without `duration` until the end. (charging profiles › ChargingProfile) */
export const ChargingProfile = object({
  start_date_time: optional(DateTime),
  duration: optional(int),
  charging_rate_unit: ChargingRateUnit,
  min_charging_rate: optional(num),
  charging_profile_period: listOf(ChargingProfilePeriod),
})
export type ChargingProfile = Static<typeof ChargingProfile>

/** The profile as the charge point calculated it. (charging profiles › ActiveChargingProfile) */
export const ActiveChargingProfile = object({
  start_date_time: DateTime,
  charging_profile: ChargingProfile,
})
export type ActiveChargingProfile = Static<typeof ActiveChargingProfile>

/** (charging profiles › SetChargingProfile) */
export const SetChargingProfile = object({
  charging_profile: ChargingProfile,
  response_url: url,
})
export type SetChargingProfile = Static<typeof SetChargingProfile>

/** (charging profiles › ChargingProfileResponseType) */
export const ChargingProfileResponseType = closedEnum([
  'ACCEPTED',
  'NOT_SUPPORTED',
  'REJECTED',
  'TOO_OFTEN',
  'UNKNOWN_SESSION',
])
export type ChargingProfileResponseType = Static<typeof ChargingProfileResponseType>

/** The CPO's immediate word; `timeout` in seconds. (charging profiles › ChargingProfileResponse) */
export const ChargingProfileResponse = object({
  result: ChargingProfileResponseType,
  timeout: int,
})
export type ChargingProfileResponse = Static<typeof ChargingProfileResponse>

/** (charging profiles › ChargingProfileResultType) */
export const ChargingProfileResultType = closedEnum(['ACCEPTED', 'REJECTED', 'UNKNOWN'])
export type ChargingProfileResultType = Static<typeof ChargingProfileResultType>

/** Later word on a PUT. (charging profiles › ChargingProfileResult) */
export const ChargingProfileResult = object({ result: ChargingProfileResultType })
export type ChargingProfileResult = Static<typeof ChargingProfileResult>

/** Later word on a DELETE. (charging profiles › ClearProfileResult) */
export const ClearProfileResult = object({ result: ChargingProfileResultType })
export type ClearProfileResult = Static<typeof ClearProfileResult>

/** Later word on a GET; `profile` when the result is ACCEPTED. (charging profiles › ActiveChargingProfileResult) */
export const ActiveChargingProfileResult = object({
  result: ChargingProfileResultType,
  profile: optional(ActiveChargingProfile),
})
export type ActiveChargingProfileResult = Static<typeof ActiveChargingProfileResult>

/** All that may arrive at a `response_url`; which one it is, the URL tells. (charging profiles › POST) */
export const AnyProfileResult = Type.Union([ActiveChargingProfileResult, ChargingProfileResult, ClearProfileResult])
export type AnyProfileResult = Static<typeof AnyProfileResult>

const SESSION = '/:session_id'

/**
 * GET takes `duration` and `response_url`, DELETE takes `response_url` as query. The caller posts the result to the
 * `response_url` it was given; ours lie below our own endpoint. (charging profiles › Interfaces and endpoints; C.10)
 */
export const chargingProfiles = module('chargingprofiles', {
  sender: {
    result: post('/results/:id', AnyProfileResult),
    putActiveProfile: put(SESSION, ActiveChargingProfile),
  },
  receiver: {
    activeProfile: one(SESSION, ChargingProfileResponse),
    setProfile: put(SESSION, SetChargingProfile, ChargingProfileResponse),
    clearProfile: del(SESSION, ChargingProfileResponse),
  },
})
