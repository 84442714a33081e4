import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, hasCode } from '@/api/errors';
import { newKey } from '@/lib/idempotency';

/** Whether it is open what became of a request, so that asking again has to be the same attempt. A plain refusal ends it. */
export function isOpen(error: unknown): boolean {
  return hasCode(error, 'request_in_progress') || (error instanceof ApiError && error.transient);
}

/** Asks for something that must not happen twice: a retry keeps the attempt's name while its end is open, a new wish gets its own. */
export function useAttempt<Body, Answer>(send: (key: string, body: Body) => Promise<Answer>, onDone: (answer: Answer) => void) {
  const [attempt, setAttempt] = useState<{ key: string; wish: string } | null>(null);
  return useMutation({
    mutationFn: (body: Body) => {
      const wish = JSON.stringify(body);
      const key = attempt?.wish === wish ? attempt.key : newKey();
      setAttempt({ key, wish });
      return send(key, body);
    },
    onSuccess: (answer) => {
      setAttempt(null);
      onDone(answer);
    },
    onError: (error) => {
      if (!isOpen(error)) setAttempt(null);
    },
  });
}
