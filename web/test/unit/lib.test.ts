import { describe, expect, test } from 'vitest';
import { ApiError } from '@/api/errors';
import { validateList } from '@/lib/filters';
import { errorsFrom } from '@/lib/form-errors';
import { formatMoney, inputToMinor, minorToInput, percentOff } from '@/lib/money';
import { taxLabel } from '@/lib/totals';
import { parseSearch, stringifySearch } from '@/lib/search-params';

describe('money', () => {
  test('minor units follow the currency', () => {
    expect(formatMoney({ amount: 199900, currency: 'USD' })).toBe('$1,999.00');
    expect(formatMoney({ amount: 1999, currency: 'JPY' })).toBe('¥1,999');
  });

  test.each([
    ['19.99', 1999],
    ['1,250', 125_000],
    [' 7 ', 700],
    ['', null],
    ['-3', null],
    ['12abc', null],
    ['1e5', null],
  ])('what a person types: "%s"', (text, minor) => {
    expect(inputToMinor(text, 'USD')).toBe(minor);
  });

  test('a round trip keeps the price', () => {
    expect(inputToMinor(minorToInput(1999, 'USD'), 'USD')).toBe(1999);
  });

  test('a saving is rounded down and never made up', () => {
    const usd = (amount: number) => ({ amount, currency: 'USD' });
    expect(percentOff(usd(800), usd(1000))).toBe(20);
    expect(percentOff(usd(999), usd(1000))).toBeNull();
    expect(percentOff(usd(1000), usd(900))).toBeNull();
    expect(percentOff(usd(1000), null)).toBeNull();
  });
});

test('tax that the prices hold already is not shown as if it came on top', () => {
  const usd = (amount: number) => ({ amount, currency: 'USD' });
  const base = { subtotal: usd(1000), discount: usd(100), shipping: usd(50) };
  expect(taxLabel({ ...base, tax: usd(80), total: usd(1030) })).toBe('Tax');
  expect(taxLabel({ ...base, tax: usd(152), total: usd(950) })).toBe('Tax, included');
  expect(taxLabel({ ...base, tax: usd(0), total: usd(950) })).toBe('Tax');
});

describe('addresses', () => {
  test('lists are repeated keys, without JSON', () => {
    const text = stringifySearch({ q: 'head phones', brand: ['a', 'b'], in_stock: true, page: undefined });
    expect(text).toBe('?q=head+phones&brand=a&brand=b&in_stock=true');
    expect(parseSearch(text)).toEqual({ q: 'head phones', brand: ['a', 'b'], in_stock: 'true' });
  });

  test('nonsense in an address counts as absent', () => {
    expect(validateList({ price_min: '-5', price_max: 'x', sort: 'drop table', page: '0', brand: ['', 'a', 'a'], in_stock: 'maybe' })).toEqual({
      q: undefined,
      category: undefined,
      brand: ['a'],
      price_min: undefined,
      price_max: undefined,
      in_stock: undefined,
      sort: undefined,
      page: undefined,
    });
  });

  test('an address survives being read twice', () => {
    const once = validateList(parseSearch('?brand=a&price_min=100&in_stock=true&page=3&sort=price_asc'));
    expect(validateList(once)).toEqual(once);
  });

  test('the number of pages has an end', () => {
    expect(validateList({ page: '100000' }).page).toBe(40);
  });
});

describe('errors of a form', () => {
  test('pointers become fields, the rest is not swallowed', () => {
    const error = new ApiError(422, {
      code: 'validation_failed',
      errors: [
        { pointer: '/email', code: 'invalid', detail: 'not an address' },
        { pointer: '/email', code: 'invalid', detail: 'second' },
        { pointer: '/other', code: 'invalid', detail: 'something else' },
      ],
    });
    expect(errorsFrom(error, { '/email': 'email' })).toEqual({ fields: { email: 'Not an address.' }, form: 'Something else.' });
  });

  test('an unexpected exception shows no inner text', () => {
    expect(errorsFrom(new Error('secret stack'), {}).form).not.toContain('secret');
  });
});
