import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endSession, startSession } from '@/api/session';
import { draftSynonymsOf, newSynonymDraft, synonymErrors } from '@/features/admin/synonym-draft';
import { newRuleDraft, ruleErrors, ruleOf, ruleState } from '@/features/admin/rule-draft';
import type { SearchRule } from '@/api/types';
import { STAFF } from '../../mock/handlers/admin';
import { problem } from '../../mock/http';
import { renderApp } from '../render';
import { server, shop } from '../setup';

function staff(permissions: string[]) {
  const user = { ...STAFF, permissions };
  shop.db.users = [...shop.db.users.filter(({ id }) => id !== user.id), user];
  startSession({ access_token: `token-${user.id}`, token_type: 'Bearer', expires_in: 600, user });
}

beforeEach(() => staff(['*']));
afterEach(() => endSession());

const region = (name: string) => screen.findByRole('region', { name });

test('who may only read is offered no change', async () => {
  staff(['search.read']);
  renderApp('/admin/search');
  const queries = within(await region('Queries'));
  expect(queries.queryByRole('link', { name: /Add synonym/ })).toBeNull();
  expect(queries.getByRole('link', { name: 'Preview earbuds' })).toBeTruthy();
  expect(await screen.findByRole('region', { name: 'Embedded index' })).toBeTruthy();
});

test('without the permission the page is not offered', async () => {
  staff(['orders.read']);
  renderApp('/admin/orders');
  const navigation = await screen.findByRole('navigation', { name: 'Back office' });
  expect(within(navigation).queryByRole('link', { name: 'Search' })).toBeNull();
});

test('from a query that found nothing, one press leads to its synonym', async () => {
  const { user, router } = renderApp('/admin/search');
  await region('Queries');
  await user.selectOptions(screen.getByLabelText('Show'), 'zero');
  await waitFor(() => expect(router.state.location.href).toBe('/admin/search?kind=zero'));
  await user.click(await screen.findByRole('link', { name: 'Add synonym for earbuds' }));
  const drawer = within(await screen.findByRole('dialog', { name: 'New synonym' }));
  const terms = drawer.getByLabelText<HTMLTextAreaElement>('Terms', { exact: false });
  expect(terms.value).toBe('earbuds\n');
  await user.click(drawer.getByRole('button', { name: 'Make the synonym' }));
  expect(drawer.getByText('Enter two terms at least.')).toBeTruthy();
  await user.type(terms, 'headphones');
  await user.click(drawer.getByRole('button', { name: 'Make the synonym' }));
  expect(await screen.findByRole('rowheader', { name: 'earbuds, headphones' })).toBeTruthy();
  expect(router.state.location.href).toBe('/admin/search/synonyms');
});

test('a built-in synonym is switched off and on again', async () => {
  const { user } = renderApp('/admin/search/synonyms');
  await user.click(await screen.findByRole('button', { name: 'Switch off tv, television, telly' }));
  await user.click(await screen.findByRole('button', { name: 'Switch on tv, television, telly' }));
  expect(await screen.findByRole('button', { name: 'Switch off tv, television, telly' })).toBeTruthy();
});

test('a synonym that was changed meanwhile is read again, and what was typed stays', async () => {
  const { user } = renderApp('/admin/search/synonyms?add=slate');
  const made = within(await screen.findByRole('dialog', { name: 'New synonym' }));
  await user.type(made.getByLabelText('Terms', { exact: false }), 'tablet');
  await user.click(made.getByRole('button', { name: 'Make the synonym' }));
  await user.click(await screen.findByRole('button', { name: 'Change slate, tablet' }));
  const drawer = within(await screen.findByRole('dialog', { name: 'Synonym slate, tablet' }));
  server.use(http.patch('*/api/v1/admin/search/synonyms/:id', () => problem(412, 'version_mismatch', 'It has changed.'), { once: true }));
  await user.type(drawer.getByLabelText('Note', { exact: false }), 'asked by many');
  await user.click(drawer.getByRole('button', { name: 'Save' }));
  expect((await drawer.findByRole('alert')).textContent).toContain('changed meanwhile');
  await user.click(drawer.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('asked by many')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Delete slate, tablet' }));
  await user.click(within(await screen.findByRole('dialog', { name: 'Delete the synonym' })).getByRole('button', { name: 'Delete' }));
  expect(await screen.findByText('No synonyms')).toBeTruthy();
});

test('a rule pins products that the search finds, in the order that staff choose', async () => {
  const { user } = renderApp('/admin/search/rules?add=audio');
  const drawer = within(await screen.findByRole('dialog', { name: 'New rule' }));
  await user.click(drawer.getByRole('button', { name: 'Make the rule' }));
  expect(drawer.getByText(/a rule does something/)).toBeTruthy();
  const pinned = within(drawer.getByRole('group', { name: /^Pinned/ }));
  await user.type(pinned.getByLabelText('Find a product'), 'quiet');
  await user.click(await pinned.findByRole('button', { name: 'Add Norrland Quiet One' }));
  await user.type(pinned.getByLabelText('Find a product'), 'quiet');
  await user.click(await pinned.findByRole('button', { name: 'Add Solis Quiet One Lite' }));
  await user.click(await pinned.findByRole('button', { name: 'Move Solis Quiet One Lite up' }));
  const titles = within(pinned.getByRole('list', { name: 'Pinned' })).getAllByRole('listitem').map(({ textContent }) => textContent);
  expect(titles).toEqual(['1Solis Quiet One Lite', '2Norrland Quiet One']);
  const buried = within(drawer.getByRole('group', { name: /^Buried/ }));
  await user.type(buried.getByLabelText('Find a product'), 'quiet one lite');
  expect(await buried.findByRole('button', { name: 'Add Solis Quiet One Lite' })).toHaveProperty('disabled', true);
  await user.click(drawer.getByRole('button', { name: 'Make the rule' }));
  expect(await screen.findByText('Pins 2')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Disable audio' }));
  expect(await screen.findByRole('button', { name: 'Enable audio' })).toBeTruthy();
});

test('a preview shows what a draft would change', async () => {
  const { user } = renderApp('/admin/search/preview?q=quiet');
  await screen.findByRole('group', { name: 'With changes' });
  const second = within(screen.getByRole('group', { name: 'With changes' }));
  await user.selectOptions(second.getByLabelText('Rule'), 'draft');
  const pinned = within(second.getByRole('group', { name: /^Pinned/ }));
  await user.type(pinned.getByLabelText('Find a product'), 'lite');
  await user.click(await pinned.findByRole('button', { name: 'Add Solis Quiet One Lite' }));
  await user.click(screen.getByRole('button', { name: 'Compare' }));
  const rows = within(await screen.findByRole('list', { name: 'Results of With changes' })).getAllByRole('listitem');
  expect(rows[0]!.textContent).toContain('Solis Quiet One Lite');
  expect(rows[0]!.textContent).toContain('Pinned');
  expect(rows[0]!.textContent).toContain('1 up');
  expect(rows[1]!.textContent).toContain('1 down');
});

test('synonyms of a preview are read line by line', () => {
  expect(draftSynonymsOf('laptop, notebook\n\nusbc => usb c')).toEqual([
    { kind: 'equivalent', from: ['laptop', 'notebook'], to: [], note: '', enabled: true },
    { kind: 'one_way', from: ['usbc'], to: ['usb c'], note: '', enabled: true },
  ]);
  expect(draftSynonymsOf('alone')).toBeNull();
  expect(synonymErrors({ ...newSynonymDraft('a b c d e f g\nh') }).from).toContain('a b c d e f g');
});

test('a rule leads to pages of the shop only, and knows whether it applies', () => {
  const draft = { ...newRuleDraft('laptop'), redirect: 'https://elsewhere.example/' };
  expect(ruleErrors(draft).redirect).toBeTruthy();
  expect(ruleErrors({ ...draft, redirect: '//elsewhere.example' }).redirect).toBeTruthy();
  const own = { ...draft, redirect: `${location.origin}/c/laptops?brand=x` };
  expect(ruleErrors(own)).toEqual({});
  expect(ruleOf(own).redirect).toBe('/c/laptops?brand=x');
  const rule = { enabled: true, starts_at: '2026-11-02T00:00:00Z', ends_at: '2026-11-03T00:00:00Z' } as SearchRule;
  const at = (day: number) => ruleState(rule, Date.parse(`2026-11-0${day}T12:00:00Z`));
  expect([at(1), at(2), at(3)]).toEqual(['waiting', 'active', 'expired']);
  expect(ruleState({ ...rule, enabled: false })).toBe('disabled');
});
