import { expect, test } from 'vitest';
import type { Suggestions } from '@/api/types';
import { appliedFilters, chosenOf, priceText, rangeOf, toggled, withValues } from './filter-values';
import { aroundTyped, groupsFor } from './suggest-options';

const NONE: Suggestions = { queries: [], categories: [], products: [] };

test('what was typed is set off where a word begins with it', () => {
  expect(aroundTyped('usb hub', 'usb')).toEqual(['', 'usb', ' hub']);
  expect(aroundTyped('Norrland Quiet One', 'quie')).toEqual(['Norrland ', 'Quie', 't One']);
  expect(aroundTyped('laptop', 'top')).toEqual(['laptop', '', '']);
  expect(aroundTyped('anything', '')).toEqual(['anything', '', '']);
  // Its small letters are longer than it is.
  expect(aroundTyped('İstanbul case', 'case')).toEqual(['İstanbul case', '', '']);
});

test('own searches come first and are not offered twice', () => {
  const [group] = groupsFor('lap', { ...NONE, queries: ['laptop', 'laptop bag'] }, ['Laptop', 'phone']);
  expect(group?.options.map(({ kind, text }) => `${kind} ${text}`)).toEqual(['recent Laptop', 'query laptop bag']);
});

test('there are at most eight rows while typing', () => {
  const product = { id: 'prd_1', slug: 'a', title: 'A', image: {}, price: { amount: 1, currency: 'USD' } } as Suggestions['products'][number];
  const category = { slug: 'c', name: 'C' } as Suggestions['categories'][number];
  const many = { queries: ['a', 'b', 'c', 'd'], categories: [category, category, category], products: Array.from({ length: 9 }, () => product) };
  const groups = groupsFor('x', many, ['x1', 'x2', 'x3']);
  expect(groups.flatMap(({ options }) => options)).toHaveLength(8);
});

test('nothing is offered before the answer, and nothing to clear without own searches', () => {
  expect(groupsFor('lap', undefined, [])).toEqual([]);
  expect(groupsFor('', { ...NONE, queries: ['tv'] }, []).map(({ title }) => title)).toEqual(['Popular searches']);
  expect(groupsFor('', undefined, ['tv']).flatMap(({ options }) => options.map(({ kind }) => kind))).toEqual(['recent', 'forget']);
});

test('a range is told from a value', () => {
  expect(rangeOf('8..16')).toEqual({ min: '8', max: '16' });
  expect(rangeOf('15.6..')).toEqual({ min: '15.6', max: '' });
  expect(['..', '16', 'a..b', '16:9'].map(rangeOf)).toEqual([null, null, null, null]);
});

test('values of an attribute leave those of others alone', () => {
  const attr = ['ram:16', 'ratio:16:9', 'ram:32'];
  expect(chosenOf(attr, 'ratio')).toEqual(['16:9']);
  expect(withValues(attr, 'ram', ['8..'])).toEqual(['ratio:16:9', 'ram:8..']);
  expect(withValues(['ram:16'], 'ram', [])).toBeUndefined();
  expect(toggled(['a'], 'a', false)).toBeUndefined();
  expect(toggled(['a'], 'b', true)).toEqual(['a', 'b']);
});

test('prices are said shortly', () => {
  expect(priceText(undefined, 50_000, 'USD')).toBe('Up to $500');
  expect(priceText(9990, undefined, 'USD')).toBe('From $99.90');
  expect(priceText(10_000, 20_000, 'USD')).toBe('$100 – $200');
  expect(priceText(0, undefined, 'USD')).toBe('Any price');
});

test('filters that the answer does not know are named as they stand in the address', () => {
  const chips = appliedFilters({ brand: ['acme'], attr: ['ram:16', 'size:..15'], in_stock: true }, undefined, 'USD');
  expect(chips.map(({ text }) => text)).toEqual(['acme', 'ram: 16', 'size: up to 15', 'In stock']);
  expect(chips[1]?.off).toEqual({ attr: ['size:..15'] });
});
