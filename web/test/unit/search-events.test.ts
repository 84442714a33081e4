import { afterEach, beforeEach, expect, test, vi } from 'vitest';

type Sent = { events: { kind: string; product_id: string; query?: string; position?: number; search_id?: string }[] };
const beacon = vi.fn<(path: string, body: Blob) => boolean>();
let body: (call: number) => Promise<Sent>;

/** The module anew, since it keeps what waits. */
async function sender() {
  vi.resetModules();
  return import('@/features/search/events');
}

beforeEach(() => {
  vi.useFakeTimers();
  beacon.mockReset().mockReturnValue(true);
  body = async (call) => JSON.parse(await beacon.mock.calls[call]![1].text()) as Sent;
  vi.stubGlobal('navigator', { sendBeacon: beacon, doNotTrack: null });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('events are sent together after a pause, with the search that they came from', async () => {
  const { sent } = await sender();
  sent.view('prd_1');
  sent.click('prd_2', { query: 'quiet', position: 3 });
  sent.cart('prd_2');
  sent.cart('prd_3');
  expect(beacon).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(5000);
  expect(beacon).toHaveBeenCalledTimes(1);
  expect(beacon.mock.calls[0]![0]).toBe('/api/v1/search/events');
  expect((await body(0)).events).toEqual([
    { kind: 'view', product_id: 'prd_1' },
    { kind: 'click', product_id: 'prd_2', query: 'quiet', position: 3, search_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    { kind: 'cart', product_id: 'prd_2', query: 'quiet', position: 3, search_id: expect.any(String) },
    { kind: 'cart', product_id: 'prd_3' },
  ]);
});

test('clicks after the same words are of one search, after others of another', async () => {
  const { sent, flushEvents } = await sender();
  sent.click('prd_1', { query: 'quiet' });
  sent.click('prd_2', { query: 'quiet' });
  sent.click('prd_3', { query: 'loud' });
  flushEvents();
  const [first, second, third] = (await body(0)).events.map(({ search_id }) => search_id);
  expect(first).toBe(second);
  expect(third).not.toBe(first);
});

test('leaving the page sends what waits, at most fifty at a time', async () => {
  const { sent } = await sender();
  for (let at = 0; at < 60; at += 1) sent.view(`prd_${at}`);
  globalThis.dispatchEvent(new Event('pagehide'));
  expect(beacon).toHaveBeenCalledTimes(2);
  expect((await body(0)).events).toHaveLength(50);
  expect((await body(1)).events).toHaveLength(10);
});

test.each([{ doNotTrack: '1' }, { globalPrivacyControl: true }])('nothing is sent against a wish for privacy: %o', async (wish) => {
  vi.stubGlobal('navigator', { sendBeacon: beacon, ...wish });
  const { sent } = await sender();
  sent.view('prd_1');
  globalThis.dispatchEvent(new Event('pagehide'));
  expect(beacon).not.toHaveBeenCalled();
});

test('a failure is not noticed by the page', async () => {
  beacon.mockReturnValue(false);
  const asked = vi.fn<typeof fetch>().mockRejectedValue(new TypeError('offline'));
  vi.stubGlobal('fetch', asked);
  const { sent, flushEvents } = await sender();
  sent.view('prd_1');
  flushEvents();
  expect(asked).toHaveBeenCalledWith('/api/v1/search/events', expect.objectContaining({ method: 'POST', keepalive: true }));
  await vi.advanceTimersByTimeAsync(10_000);
});
