import { useState } from 'react';
import { hasCode } from '@/api/errors';
import { errorsFrom, isEmail } from '@/lib/form-errors';
import { Button } from '@/ui/button';
import { ErrorSummary } from '@/ui/error-summary';
import { PasswordField, TextField } from '@/ui/field';
import { Notice } from '@/ui/states';
import { completeReset, requestReset } from '../api/passwords';
import { newPasswordProblem, PASSWORD_HINT } from '../passwords';
import { useForm } from '../use-form';

const listed = (fields: Record<string, string>) => Object.entries(fields).map(([name, text]) => ({ id: `reset-${name}`, text }));

/** Asks for a link. Whether the address has an account stays between its mailbox and us. */
export function RequestResetForm() {
  const [sent, setSent] = useState<{ email: string; minutes: number } | null>(null);
  const form = useForm({
    initial: { email: '' },
    check: ({ email }): Record<string, string> => (isEmail(email.trim()) ? {} : { email: 'Enter an email address, such as name@example.com.' }),
    send: async ({ email }) => {
      const { expires_in_minutes } = await requestReset(email.trim());
      setSent({ email: email.trim(), minutes: expires_in_minutes });
    },
    refused: (error) => errorsFrom(error, { '/email': 'email' }),
  });
  if (sent) {
    return (
      <Notice
        tone="ok"
        title="Look into your mailbox"
        action={
          <Button size="sm" look="secondary" onClick={() => setSent(null)}>
            Use another address
          </Button>
        }
      >
        <p>
          If there is an account for <strong className="break-all">{sent.email}</strong>, a link to set a new password is on its way. It works once and for {sent.minutes} minutes.
        </p>
        <p>Nothing there after a few minutes? Look into the spam folder, and check the address.</p>
      </Notice>
    );
  }
  const { fields } = form.errors;
  return (
    <form noValidate onSubmit={form.onSubmit} className="space-y-5">
      <ErrorSummary round={form.round} errors={listed(fields)} />
      {form.errors.form && (
        <Notice tone="danger" live="alert">
          <p>{form.errors.form}</p>
        </Notice>
      )}
      <p className="text-muted">Enter the address of your account. We send you a link with which you set a new password.</p>
      <TextField
        label="Email address"
        id="reset-email"
        type="email"
        inputMode="email"
        autoComplete="username"
        spellCheck={false}
        maxLength={254}
        value={form.values.email}
        onChange={form.set('email')}
        error={fields['email']}
        required
      />
      <Button type="submit" size="lg" className="w-full" busy={form.busy}>
        Send the link
      </Button>
    </form>
  );
}

type CompleteProps = { token: string; onDone: () => void; onInvalid: () => void };

/** Sets the new password with the token of a link. */
export function CompleteResetForm({ token, onDone, onInvalid }: CompleteProps) {
  const form = useForm({
    initial: { password: '' },
    check: ({ password }): Record<string, string> => {
      const problem = newPasswordProblem(password);
      return problem === null ? {} : { password: problem };
    },
    send: async ({ password }) => {
      await completeReset(token, password);
      onDone();
    },
    refused: (error) => {
      if (hasCode(error, 'reset_token_invalid')) onInvalid();
      return errorsFrom(error, { '/password': 'password' });
    },
  });
  const { fields } = form.errors;
  return (
    <form noValidate onSubmit={form.onSubmit} className="space-y-5">
      <ErrorSummary round={form.round} errors={listed(fields)} />
      {form.errors.form && (
        <Notice tone="danger" live="alert">
          <p>{form.errors.form}</p>
        </Notice>
      )}
      <PasswordField
        label="New password"
        id="reset-password"
        autoComplete="new-password"
        maxLength={256}
        value={form.values.password}
        onChange={form.set('password')}
        error={fields['password']}
        hint={PASSWORD_HINT}
        required
      />
      <Button type="submit" size="lg" className="w-full" busy={form.busy}>
        Set the password
      </Button>
      <p className="text-sm text-muted">You are then signed out everywhere else.</p>
    </form>
  );
}
