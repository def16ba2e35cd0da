/** What an audit says of each mistake, the worst first. */
export const auditFindings: Readonly<Record<string, readonly string[]>> = {
  'Wh for kWh (E-65)': [
    'error wh-for-kwh /charging_periods: The ENERGY of all periods is 20000, a thousand times the 20 kWh of /total_energy: it is in Wh.',
  ],
  'minutes for hours': [
    'error hours-unit /charging_periods: The times of all periods are 90, the session lasted 1.5 hours: they are in minutes.',
    'error time-sum /total_parking_time: It is 0.5 h, the periods add up to 30 h.',
  ],
  'more energy than the connector can give': [
    'error energy-beyond-power /charging_periods/0: 200 kWh in 90 min: no AC_3_PHASE connector gives more than 90 kW.',
    'error total-cost /total_cost: It claims 18.9 EUR with tax, periods and tariff give 123.6: 104.7 EUR too little, beyond the tolerance of 0.628.',
    'error partial-cost /total_energy_cost: It claims 12 EUR with tax, periods and tariff give 120: 108 EUR too little, beyond the tolerance of 0.61.',
    'error partial-cost /total_parking_cost: It claims 3.3 EUR with tax, periods and tariff give 0: 3.3 EUR too much, beyond the tolerance of 0.01.',
    'error time-sum /total_parking_time: It is 0.5 h, the periods add up to 0 h.',
    'warning period-gap /charging_periods/0: The period lasts 90 min, but only 60 min of it are told as TIME or PARKING_TIME.',
  ],
  'more energy than its own MAX_POWER allows': [
    'warning energy-beyond-max-power /charging_periods/0: 20 kWh in 60 min is more than its MAX_POWER of 11 kW allows.',
  ],
  'MAX_POWER in W': [
    'warning power-beyond-connector /charging_periods/0: MAX_POWER is 22000 kW, but no AC_3_PHASE connector gives more than 90 kW.',
  ],
  'periods that leave out time': [
    'error total-cost /total_cost: It claims 18.9 EUR with tax, periods and tariff give 17.1: 1.8 EUR too much, beyond the tolerance of 0.0955.',
    'error partial-cost /total_time_cost: It claims 3.6 EUR with tax, periods and tariff give 1.8: 1.8 EUR too much, beyond the tolerance of 0.019.',
    'warning period-gap /charging_periods/0: The period lasts 60 min, but only 30 min of it are told as TIME or PARKING_TIME.',
  ],
  'a first period after the start': [
    'error total-cost /total_cost: It claims 18.9 EUR with tax, periods and tariff give 18.2999: 0.6001 EUR too much, beyond the tolerance of 0.1015.',
    'error partial-cost /total_time_cost: It claims 3.6 EUR with tax, periods and tariff give 2.9999: 0.6001 EUR too much, beyond the tolerance of 0.025.',
    'warning period-gap /charging_periods/0/start_date_time: Nothing is told about the first 10 min.',
  ],
  'a period longer than itself': [
    'error time-beyond-period /charging_periods/0: The period lasts 60 min, but 72 min of it are told.',
    'error total-cost /total_cost: It claims 18.9 EUR with tax, periods and tariff give 19.62: 0.72 EUR too little, beyond the tolerance of 0.1081.',
    'error partial-cost /total_time_cost: It claims 3.6 EUR with tax, periods and tariff give 4.32: 0.72 EUR too little, beyond the tolerance of 0.0316.',
  ],
  'periods out of order': [
    'error not-priceable : It cannot be priced: periods[1].start is 1772442000000: must not be before the period or session before it.',
    'error period-overlap /charging_periods/1/start_date_time: The period begins before the one in front of it; a period lasts until the next one begins.',
    'warning period-gap /charging_periods/0/start_date_time: Nothing is told about the first 60 min.',
    'warning period-gap /charging_periods/1: The period lasts 90 min, but only 60 min of it are told as TIME or PARKING_TIME.',
  ],
  'a period before the session': [
    'error not-priceable : It cannot be priced: periods[0].start is 1772438400000: must not be before the period or session before it.',
    'error period-outside /charging_periods/0/start_date_time: The period begins before the session.',
    'error time-sum /total_parking_time: It is 0.5 h, the periods add up to 0 h.',
    'warning period-gap /charging_periods/0: The period lasts 2 h 30 min, but only 60 min of it are told as TIME or PARKING_TIME.',
  ],
  'a wrong sum of energy': ['error energy-sum /total_energy: It is 21 kWh, the periods add up to 20 kWh.'],
  'a wrong total_time': ['error time-sum /total_time: It is 1 h, from start to end it lasted 1.5 h.'],
  'a wrong total_parking_time': ['error time-sum /total_parking_time: It is 0.7 h, the periods add up to 0.5 h.'],
  'no total_parking_time': [
    'warning parking-time-missing : total_parking_time is missing, the periods hold 0.5 h of it.',
  ],
  'a wrong partial cost': [
    'error sum-of-costs /total_cost: The parts add up to 17.7 EUR with tax, the total is 18.9.',
    'error partial-cost /total_energy_cost: It claims 10.8 EUR with tax, periods and tariff give 12: 1.2 EUR too little, beyond the tolerance of 0.07.',
  ],
  'parts that do not add up': [
    'error sum-of-costs /total_cost: The parts add up to 18.66 EUR with tax, the total is 18.9.',
    'error partial-cost /total_energy_cost: It claims 11.76 EUR with tax, periods and tariff give 12: 0.24 EUR too little, beyond the tolerance of 0.07.',
  ],
  'a missing partial cost': ['hint cost-missing : total_energy_cost is missing; the tariff gives 12 EUR.'],
  'no tax where the tariff has one': [
    'error total-cost /total_cost: It claims 16 EUR with tax, periods and tariff give 18.9: 2.9 EUR too little, beyond the tolerance of 0.1045. It would fit a calculation without taxes.',
    'error sum-of-costs /total_cost: The parts add up to 18.9 EUR with tax, the total is 16.',
    'error tax-missing /total_cost/taxes: The tariff gives a tax of 2.9 EUR, the CDR states none.',
  ],
  'another tax than the tariff’s': [
    'error total-cost /total_cost: It claims 19.4 EUR with tax, periods and tariff give 18.9: 0.5 EUR too much, beyond the tolerance of 0.1045.',
    'error sum-of-costs /total_cost: The parts add up to 18.9 EUR with tax, the total is 19.4.',
    'error wrong-tax /total_cost/taxes: The taxes are 3.4 EUR, the rates of the tariff give 2.9.',
  ],
  'a tax that is not its rate': ['error tax-rate /total_energy_cost/taxes/0/amount: 21 % of 10 is 2.1, stated is 2.'],
  'gross as net': [
    'error gross-as-net /total_cost/before_taxes: 18.9 EUR is the amount with tax; without tax it is 16.',
  ],
  'a dimension twice': [
    'error not-priceable : It cannot be priced: charging_periods[0].ENERGY is 10: must be given once per period.',
    'error dimension-twice /charging_periods/0/dimensions/1: ENERGY is there twice in one period.',
    'error energy-sum /total_energy: It is 20 kWh, the periods add up to 10 kWh.',
    'error time-sum /total_parking_time: It is 0.5 h, the periods add up to 0 h.',
  ],
  'a negative volume': [
    'error not-priceable : It cannot be priced: periods[0].energyKwh is -20: must not be negative.',
    'error negative-volume /charging_periods/0/dimensions/0/volume: ENERGY is -20.',
    'error energy-sum /total_energy: It is 20 kWh, the periods add up to -20 kWh.',
    'error time-sum /total_parking_time: It is 0.5 h, the periods add up to 0 h.',
  ],
  'an end before its start': [
    'error not-priceable : It cannot be priced: end is 1772438400000: must be an instant in whole milliseconds, not before the start.',
    'error period-outside /charging_periods/0/start_date_time: The period begins after the end of the session.',
    'error period-outside /charging_periods/1/start_date_time: The period begins after the end of the session.',
    'error end-before-start /end_date_time: It ends before it starts at 2026-03-02T09:00:00Z.',
    'error time-sum /total_time: It is 1.5 h, from start to end it lasted -1 h.',
  ],
  'no tariff': ['error no-tariff /tariffs: There is no tariff to check the costs with.'],
  'another currency': ['error currency /currency: The CDR is in SEK, tariff t in EUR.'],
  'a tariff nobody knows': [
    'warning unknown-tariff /charging_periods/0/tariff_id: The period names tariff x, which is not there; t is used.',
  ],
  'a positive credit': [
    'error credit-sign /total_cost: A Credit CDR has a positive total.',
    'error total-cost /total_cost: It claims -18.9 EUR with tax, periods and tariff give 18.9: 37.8 EUR too little, beyond the tolerance of 0.1045.',
    'error sum-of-costs /total_cost: The parts add up to 18.9 EUR with tax, the total is -18.9.',
  ],
  'a negative total without credit': [
    'error credit-sign /total_cost: The total is negative, but this is no Credit CDR.',
    'error total-cost /total_cost: It claims -18.9 EUR with tax, periods and tariff give 18.9: 37.8 EUR too little, beyond the tolerance of 0.1045.',
    'error sum-of-costs /total_cost: The parts add up to 18.9 EUR with tax, the total is -18.9.',
  ],
  'a credit without reference': ['error credit-reference : A Credit CDR does not say which CDR it takes back.'],
  'an id that only a credit may have': ['error id-length /id: The id has 37 characters.'],
  'seconds for hours': [
    'error hours-unit /charging_periods: The times of all periods are 5400, the session lasted 1.5 hours: they are in seconds.',
    'error time-sum /total_parking_time: It is 0.5 h, the periods add up to 1800 h.',
  ],
  'two periods at one moment': [
    'hint period-empty /charging_periods/2/start_date_time: Two periods begin at the same moment, so the first one has no length.',
  ],
  'a period after the session': [
    'error not-priceable : It cannot be priced: periods[1].start is 1772449200000: must not be after the end of the session.',
    'error period-outside /charging_periods/1/start_date_time: The period begins after the end of the session.',
    'warning period-gap /charging_periods/0: The period lasts 2 h 0 min, but only 60 min of it are told as TIME or PARKING_TIME.',
  ],
  'a reservation before it': [
    'error total-cost /total_cost: It claims 18.9 EUR with tax, periods and tariff give 18: 0.9 EUR too much, beyond the tolerance of 0.1.',
    'error partial-cost /total_time_cost: It claims 3.6 EUR with tax, periods and tariff give 2.7: 0.9 EUR too much, beyond the tolerance of 0.0235.',
  ],
  'a long gap': [
    'warning period-gap /charging_periods/1: The period lasts 4 h 0 min, but only 30 min of it are told as TIME or PARKING_TIME.',
  ],
  'another currency among the tariffs': ['error currency /currency: The CDR is in EUR, tariff x in SEK.'],
  'a total of nothing': [
    'error total-cost /total_cost: It claims 0 EUR with tax, periods and tariff give 18.9: 18.9 EUR too little, beyond the tolerance of 0.1045.',
    'error sum-of-costs /total_cost: The parts add up to 18.9 EUR with tax, the total is 0.',
  ],
  'a credit of nothing': [
    'error total-cost /total_cost: It claims 0 EUR with tax, periods and tariff give 18.9: 18.9 EUR too little, beyond the tolerance of 0.1045.',
    'error sum-of-costs /total_cost: The parts add up to 18.9 EUR with tax, the total is 0.',
  ],
  'a long id of a credit': [],
  'missing time cost': ['hint cost-missing : total_time_cost is missing; the tariff gives 3.6 EUR.'],
}
