import type { Address } from '@/api/types';

const regions = new Intl.DisplayNames('en', { type: 'region' });
/** Countries that write the town before the postal code. */
const TOWN_FIRST = new Set(['US', 'CA', 'AU', 'GB', 'IE']);

export function countryName(code: string): string {
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}

/** An address as it is written on a parcel, line by line. */
export function addressLines({ name, line1, line2, city, region, postal_code, country, phone }: Address): string[] {
  const town = TOWN_FIRST.has(country) ? [[city, region].filter(Boolean).join(', '), postal_code] : [postal_code, city, region && `(${region})`];
  return [name, line1, line2, town.filter(Boolean).join(' '), countryName(country), phone].filter((line): line is string => Boolean(line));
}
