import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import { endSession, startSession } from '@/api/session';
import type { User } from '@/api/types';

export type Credentials = { email: string; password: string };

export async function signIn(body: Credentials): Promise<User> {
  const session = unwrap(await api.POST('/api/v1/auth/login', { body }));
  startSession(session);
  return session.user;
}

export async function signUp(body: Credentials & { name: string }): Promise<User> {
  const session = unwrap(await api.POST('/api/v1/auth/register', { body }));
  startSession(session);
  return session.user;
}

/** Ends the session here even when the server cannot be reached; its token ends by itself soon after. */
export async function signOut(): Promise<void> {
  try {
    await api.POST('/api/v1/auth/logout');
  } finally {
    endSession();
  }
}
