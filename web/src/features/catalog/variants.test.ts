import { expect, test } from 'vitest';
import type { Product, Variant } from '@/api/types';
import { chosenVariant, optionChoices } from './variants';

const money = { amount: 1000, currency: 'USD' };

function variant(id: string, options: Record<string, string>, availability: Variant['availability'] = 'in_stock'): Variant {
  return { id, sku: id, barcode: null, title: id, options, price: money, compare_at: null, availability, available_quantity: 3, max_per_order: 10, media: null } as unknown as Variant;
}

const product = {
  options: [
    { name: 'Colour', values: ['Black', 'Red'] },
    { name: 'Storage', values: ['128 GB', '256 GB'] },
  ],
  variants: [
    variant('b128', { Colour: 'Black', Storage: '128 GB' }, 'out'),
    variant('b256', { Colour: 'Black', Storage: '256 GB' }),
    variant('r256', { Colour: 'Red', Storage: '256 GB' }),
  ],
} as unknown as Product;

const states = (id: string) =>
  optionChoices(product, chosenVariant(product, id)!).map(({ choices }) => choices.map(({ value, state }) => `${value} ${state}`));

test('without a wish the first variant that can be bought is shown', () => {
  expect(chosenVariant(product, undefined)?.id).toBe('b256');
  expect(chosenVariant(product, 'nonsense')?.id).toBe('b256');
});

test('a combination that does not exist is none, a sold-out one stays selectable', () => {
  expect(states('r256')).toEqual([
    ['Black free', 'Red chosen'],
    ['128 GB none', '256 GB chosen'],
  ]);
  expect(states('b256')[1]).toEqual(['128 GB out', '256 GB chosen']);
});

test('changing the first option is never blocked by the second', () => {
  const colours = optionChoices(product, chosenVariant(product, 'b128')!)[0]!.choices;
  expect(colours[1]).toMatchObject({ value: 'Red', state: 'free', variant: { id: 'r256' } });
});
