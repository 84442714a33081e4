import type { Address } from '@/api/types';
import { rulesOf } from './countries';

/** An address as it stands in the form: every field is text, absent ones are empty. */
export type AddressForm = Record<'name' | 'line1' | 'line2' | 'city' | 'region' | 'postal_code' | 'country' | 'phone', string>;
export type AddressField = keyof AddressForm;

export const ADDRESS_FIELDS: readonly AddressField[] = ['country', 'name', 'line1', 'line2', 'city', 'region', 'postal_code', 'phone'];

export function formOf(address: Address | null | undefined, name = ''): AddressForm {
  return {
    name: address?.name ?? name,
    line1: address?.line1 ?? '',
    line2: address?.line2 ?? '',
    city: address?.city ?? '',
    region: address?.region ?? '',
    postal_code: address?.postal_code ?? '',
    country: address?.country ?? 'US',
    phone: address?.phone ?? '',
  };
}

/** What is sent: trimmed, without empty optional fields and without a region where the country has none. */
export function addressOf(form: AddressForm): Address {
  const text = (field: AddressField) => form[field].trim();
  const region = rulesOf(form.country).region ? text('region') : '';
  return {
    name: text('name'),
    line1: text('line1'),
    city: text('city'),
    postal_code: text('postal_code').toUpperCase(),
    country: form.country,
    ...(text('line2') === '' ? {} : { line2: text('line2') }),
    ...(region === '' ? {} : { region }),
    ...(text('phone') === '' ? {} : { phone: text('phone') }),
  };
}

/** What is missing or cannot be right, by field. The server has the last word. */
export function checkAddress(form: AddressForm): Partial<Record<AddressField, string>> {
  const errors: Partial<Record<AddressField, string>> = {};
  const { postal, region, city } = rulesOf(form.country);
  const empty = (field: AddressField) => form[field].trim() === '';
  if (empty('name')) errors.name = 'Enter the name of the person who receives the parcel.';
  if (empty('line1')) errors.line1 = 'Enter the street and house number.';
  if (empty('city')) errors.city = `Enter the ${city.toLowerCase()}.`;
  if (region?.values && empty('region')) errors.region = `Choose the ${region.label.toLowerCase()}.`;
  if (empty('postal_code')) errors.postal_code = `Enter the ${postal.label.replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase())}.`;
  else if (!postal.pattern.test(form.postal_code.trim())) errors.postal_code = `Enter it in the form ${postal.example}.`;
  return errors;
}
