import { useRef } from 'react';
import { ApiError } from '@/api/errors';

/** 128 random bits; `crypto.randomUUID` is missing on plain HTTP outside of localhost. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Sends a request under an idempotency key of its own. The same request sent again after a lost answer has the
 * same key, so that it is done once; another request, or one after a final refusal, has a new one.
 */
export function useOnce() {
  const kept = useRef<{ text: string; key: string } | null>(null);
  return async <B, T>(body: B, send: (body: B, key: string) => Promise<T>): Promise<T> => {
    const text = JSON.stringify(body);
    if (kept.current?.text !== text) kept.current = { text, key: newKey() };
    try {
      const answer = await send(body, kept.current.key);
      kept.current = null;
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError && error.transient)) kept.current = null;
      throw error;
    }
  };
}
