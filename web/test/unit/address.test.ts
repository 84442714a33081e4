import { expect, test } from 'vitest';
import { addressOf, checkAddress, formOf } from '@/features/checkout/address';

const filled = { ...formOf(null, 'Robin'), line1: '1 Market Street', city: 'San Francisco', region: 'CA', postal_code: '94105' };

test('a complete address has no errors', () => {
  expect(checkAddress(filled)).toEqual({});
});

test('the country decides what is asked for', () => {
  expect(checkAddress({ ...filled, region: '' })).toEqual({ region: 'Choose the state.' });
  expect(checkAddress({ ...filled, country: 'DE', region: '', postal_code: '10115' })).toEqual({});
  expect(checkAddress({ ...filled, country: 'GB', region: '', postal_code: 'sw1a1aa' })).toEqual({});
  expect(checkAddress({ ...filled, country: 'DE', postal_code: '9410' })).toEqual({ postal_code: 'Enter it in the form 10115.' });
});

test('a postal code may have a space or none', () => {
  for (const postal_code of ['M5V3L9', 'm5v 3l9']) expect(checkAddress({ ...filled, country: 'CA', region: 'ON', postal_code })).toEqual({});
});

test('what is sent is trimmed and leaves out what is empty', () => {
  expect(addressOf({ ...filled, name: ' Robin ', line2: ' ', country: 'NL', postal_code: '1012 ab' })).toEqual({
    name: 'Robin',
    line1: '1 Market Street',
    city: 'San Francisco',
    postal_code: '1012 AB',
    country: 'NL',
  });
});
