import { screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { endSession, startSession } from '@/api/session';
import { renderApp } from '../render';
import { shop } from '../setup';

function person() {
  shop.db.users.push({ id: 'usr_1', email: 'ada@example.com', name: 'Ada', role: 'customer', created_at: '2026-11-23T10:00:00Z', password: 'the old password' });
}

afterEach(endSession);

test('the answer to a forgotten password is the same for every address', async () => {
  person();
  const answers: (string | null)[] = [];
  for (const email of ['ada@example.com', 'nobody@example.com']) {
    const { user, unmount } = renderApp('/reset-password');
    await user.type(await screen.findByLabelText('Email address'), email);
    await user.click(screen.getByRole('button', { name: 'Send the link' }));
    await screen.findByText('Look into your mailbox');
    answers.push(screen.getByText(/^If there is an account/).textContent?.replace(email, '') ?? null);
    unmount();
  }
  expect(answers[0]).toBe(answers[1]);
  expect(answers[0]).toContain('15 minutes');
});

test('the token leaves the address at once, sets the password, and works once', async () => {
  person();
  shop.db.resets.set('secret', 'usr_1');
  const { user, router } = renderApp('/reset-password#token=secret');
  const field = await screen.findByLabelText('New password');
  expect(router.state.location.href).toBe('/reset-password');
  await user.type(field, 'short');
  await user.click(screen.getByRole('button', { name: 'Set the password' }));
  expect(screen.getAllByText('Use at least 8 characters.').length).toBeGreaterThan(0);
  await user.clear(field);
  await user.type(field, 'a much better one');
  await user.click(screen.getByRole('button', { name: 'Set the password' }));
  expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeTruthy();
  expect(shop.db.users.find(({ id }) => id === 'usr_1')?.password).toBe('a much better one');
});

test('a used link says so and offers a new one', async () => {
  const { user } = renderApp('/reset-password#token=used');
  await user.type(await screen.findByLabelText('New password'), 'a much better one');
  await user.click(screen.getByRole('button', { name: 'Set the password' }));
  expect(await screen.findByText('This link does not work any more')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Send the link' })).toBeTruthy();
});

test('the password is changed in the account, with the one until now', async () => {
  person();
  startSession({ access_token: 'token-usr_1', token_type: 'Bearer', expires_in: 600, user: { id: 'usr_1', email: 'ada@example.com', name: 'Ada', role: 'customer', created_at: '2026-11-23T10:00:00Z' } });
  const { user } = renderApp('/account');
  await user.click(await screen.findByRole('button', { name: 'Change password' }));
  const current = screen.getByLabelText('Password until now');
  await user.type(current, 'not this one');
  await user.type(screen.getByLabelText('New password'), 'a much better one');
  await user.click(screen.getByRole('button', { name: 'Change password' }));
  expect((await screen.findAllByText('This is not your password until now.')).length).toBeGreaterThan(0);
  await user.clear(current);
  await user.type(current, 'the old password');
  await user.click(screen.getByRole('button', { name: 'Change password' }));
  expect(await screen.findByText(/^Your password is changed/)).toBeTruthy();
  expect(shop.db.users.find(({ id }) => id === 'usr_1')?.password).toBe('a much better one');
  expect(screen.queryByLabelText('New password')).toBeNull();
});
