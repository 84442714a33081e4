/** The shortest password the shop takes. */
export const PASSWORD_MIN = 8;
export const PASSWORD_HINT = `At least ${PASSWORD_MIN} characters, not easy to guess. A few words you can remember work well.`;

/** What is wrong with a new password before anybody is asked; null when nothing is. */
export function newPasswordProblem(password: string): string | null {
  if (password === '') return 'Enter a new password.';
  return password.length < PASSWORD_MIN ? `Use at least ${PASSWORD_MIN} characters.` : null;
}
