import { useState } from 'react';
import { hasCode } from '@/api/errors';
import { errorsFrom } from '@/lib/form-errors';
import { Button } from '@/ui/button';
import { ErrorSummary } from '@/ui/error-summary';
import { PasswordField } from '@/ui/field';
import { Notice } from '@/ui/states';
import { toast } from '@/ui/toast';
import { changePassword } from '../api/passwords';
import { newPasswordProblem, PASSWORD_HINT } from '../passwords';
import { useForm } from '../use-form';

const WRONG = 'This is not your password until now.';

/** Changes the password of who is signed in; folded away until it is wanted. */
export function ChangePassword() {
  const [open, setOpen] = useState(false);
  if (open) return <Form onDone={() => setOpen(false)} />;
  return (
    <Button look="secondary" onClick={() => setOpen(true)}>
      Change password
    </Button>
  );
}

function Form({ onDone }: { onDone: () => void }) {
  const form = useForm({
    initial: { current: '', next: '' },
    check: ({ current, next }) => {
      const problem = newPasswordProblem(next);
      const fields: Record<string, string> = {};
      if (current === '') fields['current'] = 'Enter your password until now.';
      if (problem !== null) fields['next'] = problem;
      return fields;
    },
    send: async ({ current, next }) => {
      await changePassword(current, next);
      toast('Your password is changed. You are signed out everywhere else.');
      onDone();
    },
    refused: (error) => {
      const found = errorsFrom(error, { '/current_password': 'current', '/new_password': 'next' });
      const wrong = hasCode(error, 'validation_failed') && error.fields.some(({ pointer, code }) => pointer === '/current_password' && code === 'wrong');
      return wrong ? { ...found, fields: { ...found.fields, current: WRONG } } : found;
    },
  });
  const { fields } = form.errors;
  return (
    <form noValidate onSubmit={form.onSubmit} className="max-w-md space-y-5">
      <ErrorSummary round={form.round} errors={Object.entries(fields).map(([name, text]) => ({ id: `password-${name}`, text }))} />
      {form.errors.form && (
        <Notice tone="danger" live="alert">
          <p>{form.errors.form}</p>
        </Notice>
      )}
      <PasswordField
        label="Password until now"
        id="password-current"
        autoComplete="current-password"
        autoFocus
        maxLength={256}
        value={form.values.current}
        onChange={form.set('current')}
        error={fields['current']}
        required
      />
      <PasswordField
        label="New password"
        id="password-next"
        autoComplete="new-password"
        maxLength={256}
        value={form.values.next}
        onChange={form.set('next')}
        error={fields['next']}
        hint={PASSWORD_HINT}
        required
      />
      <div className="flex gap-3">
        <Button type="submit" busy={form.busy}>
          Change password
        </Button>
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
