import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, expect, test } from 'vitest';
import { endSession, startSession } from '@/api/session';
import { STAFF } from '../../mock/handlers/admin';
import { renderApp } from '../render';
import { server, shop } from '../setup';

afterEach(() => endSession());

/** A message of this minute. */
const letter = (id: string, minute: number) => ({
  id, template: 't', recipient: 'ada@example.com', subject: id, secret: false, progress: 'waiting', attempts: 0, last_error: null, sent_at: null,
  created_at: `2026-11-23T10:${String(minute).padStart(2, '0')}:00Z`,
});

/** Answers these messages two at a time. */
function answer(source: string, letters: ReturnType<typeof letter>[]) {
  return http.get(`*/api/v1/admin/messages/${source}`, ({ request }) => {
    const from = Number(new URL(request.url).searchParams.get('cursor') ?? 0);
    return HttpResponse.json({ items: letters.slice(from, from + 2), next_cursor: from + 2 < letters.length ? String(from + 2) : null });
  });
}

function signIn() {
  shop.db.users = [{ ...STAFF }];
  startSession({ access_token: `token-${STAFF.id}`, token_type: 'Bearer', expires_in: 600, user: STAFF });
}

const subjects = () => screen.getAllByRole('listitem').map((item) => item.querySelector('.font-medium')?.textContent);

test('messages of both services come in one order, page by page', async () => {
  signIn();
  server.use(
    answer('orders', [letter('o9', 9), letter('o8', 8), letter('o2', 2), letter('o1', 1)]),
    answer('auth', [letter('a7', 7), letter('a6', 6), letter('a5', 5)]),
  );
  const { user } = renderApp('/admin/mailbox');
  await screen.findByText('o9');
  // What lies beyond the end of either page waits: something newer may come before it.
  expect(subjects()).toEqual(['o9', 'o8']);
  await user.click(screen.getByRole('button', { name: 'Show more' }));
  await screen.findByText('o1');
  expect(subjects()).toEqual(['o9', 'o8', 'a7', 'a6', 'a5', 'o2', 'o1']);
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
});

test('a message is shown in a frame without scripts, and as text', async () => {
  signIn();
  const body = { text: 'Thank you, plainly.', html: '<p style="color: red">Thank you.</p><script>alert(1)</script>' };
  server.use(
    answer('orders', [letter('o1', 1)]),
    answer('auth', []),
    http.get('*/api/v1/admin/messages/orders/o1', () => HttpResponse.json({ ...letter('o1', 1), body })),
  );
  const { user } = renderApp('/admin/mailbox?source=orders&message=o1');
  const frame = await screen.findByTitle<HTMLIFrameElement>('o1');
  expect(frame.getAttribute('sandbox')).not.toContain('allow-scripts');
  expect(frame.srcdoc).toContain('Thank you.');
  expect(frame.srcdoc).not.toMatch(/<script|\sstyle=/);
  await user.click(screen.getByRole('button', { name: 'Text' }));
  expect(screen.getByText('Thank you, plainly.')).toBeTruthy();
});
