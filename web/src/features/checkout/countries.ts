/** How an address is written in a country. Fields not asked for there are left out of the form. */
export type CountryRules = {
  name: string;
  postal: { label: string; pattern: RegExp; example: string; numeric?: true };
  /** A state or province; absent where letters go without one. */
  region?: { label: string; values?: readonly (readonly [code: string, name: string])[] };
  city: string;
};

const US_STATES = 'AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming';
const CA_PROVINCES = 'AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NT Northwest Territories|NS Nova Scotia|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon';
const AU_STATES = 'ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia';

const pairs = (text: string) =>
  text.split('|').map((row) => {
    const space = row.indexOf(' ');
    return [row.slice(0, space), row.slice(space + 1)] as const;
  });

const five = { label: 'Postal code', pattern: /^\d{5}$/, numeric: true } as const;
const four = { label: 'Postal code', pattern: /^\d{4}$/, numeric: true } as const;

export const COUNTRIES: Readonly<Record<string, CountryRules>> = {
  US: { name: 'United States', postal: { label: 'ZIP code', pattern: /^\d{5}(-?\d{4})?$/, example: '94103' }, region: { label: 'State', values: pairs(US_STATES) }, city: 'City' },
  CA: { name: 'Canada', postal: { label: 'Postal code', pattern: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/i, example: 'M5V 3L9' }, region: { label: 'Province', values: pairs(CA_PROVINCES) }, city: 'City' },
  GB: { name: 'United Kingdom', postal: { label: 'Postcode', pattern: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i, example: 'SW1A 1AA' }, city: 'Town or city' },
  AU: { name: 'Australia', postal: { ...four, label: 'Postcode', example: '2000' }, region: { label: 'State', values: pairs(AU_STATES) }, city: 'Suburb' },
  AT: { name: 'Austria', postal: { ...four, example: '1010' }, city: 'City' },
  BE: { name: 'Belgium', postal: { ...four, example: '1000' }, city: 'City' },
  DK: { name: 'Denmark', postal: { ...four, example: '1050' }, city: 'City' },
  FI: { name: 'Finland', postal: { ...five, example: '00100' }, city: 'City' },
  FR: { name: 'France', postal: { ...five, example: '75001' }, city: 'City' },
  DE: { name: 'Germany', postal: { ...five, example: '10115' }, city: 'City' },
  IE: { name: 'Ireland', postal: { label: 'Eircode', pattern: /^[A-Z]\d[\dW] ?[A-Z\d]{4}$/i, example: 'D02 X285' }, region: { label: 'County' }, city: 'Town or city' },
  IT: { name: 'Italy', postal: { ...five, example: '00118' }, region: { label: 'Province' }, city: 'City' },
  NL: { name: 'Netherlands', postal: { label: 'Postcode', pattern: /^\d{4} ?[A-Z]{2}$/i, example: '1012 AB' }, city: 'City' },
  ES: { name: 'Spain', postal: { ...five, example: '28001' }, region: { label: 'Province' }, city: 'City' },
  SE: { name: 'Sweden', postal: { label: 'Postal code', pattern: /^\d{3} ?\d{2}$/, example: '111 22', numeric: true }, city: 'City' },
  CH: { name: 'Switzerland', postal: { ...four, example: '8001' }, city: 'City' },
};

/** Rules for an address the table does not know ask for everything and refuse little. */
const ANY: CountryRules = {
  name: 'Other',
  postal: { label: 'Postal code', pattern: /^.{1,20}$/, example: '' },
  region: { label: 'Region' },
  city: 'City',
};

export function rulesOf(country: string): CountryRules {
  return COUNTRIES[country] ?? ANY;
}
