import { api } from '@/api/client';
import { unwrap } from '@/api/errors';

/** Asks for a link by mail. The answer is the same for every address; it says how long the link works. */
export async function requestReset(email: string): Promise<{ expires_in_minutes: number }> {
  return unwrap(await api.POST('/api/v1/auth/password-resets', { body: { email } }));
}

/** Sets a new password with the token of a link. All sessions of the account end. */
export async function completeReset(token: string, password: string): Promise<void> {
  unwrap(await api.POST('/api/v1/auth/password-resets/complete', { body: { token, password } }));
}

/** Changes the password of who is signed in. This session goes on, all others end. */
export async function changePassword(current_password: string, new_password: string): Promise<void> {
  unwrap(await api.PUT('/api/v1/me/password', { body: { current_password, new_password } }));
}
