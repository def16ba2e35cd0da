/** Pricing reads tariffs as OCPI writes them. */
export type { Tariff } from '@plugtill/ocpi/modules/tariffs'
