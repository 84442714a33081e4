import { useState, type FormEvent, type ReactNode } from 'react';
import { hasCode } from '@/api/errors';
import { errorsFrom, hasErrors, isEmail, NO_ERRORS, type FormErrors } from '@/lib/form-errors';
import { Button } from '@/ui/button';
import { ErrorSummary } from '@/ui/error-summary';
import { PasswordField, TextField } from '@/ui/field';
import { Notice } from '@/ui/states';
import { signIn, signUp } from '../api/account';
import { PASSWORD_HINT, PASSWORD_MIN } from '../passwords';

const NAMES = { '/email': 'email', '/password': 'password', '/name': 'name' };

type Values = { name: string; email: string; password: string };
type Props = { mode: 'sign-in' | 'sign-up'; onDone: () => Promise<void>; other: ReactNode };

function check(mode: Props['mode'], { name, email, password }: Values): FormErrors {
  const fields: Record<string, string> = {};
  if (mode === 'sign-up' && name.trim() === '') fields['name'] = 'Enter your name.';
  if (!isEmail(email.trim())) fields['email'] = 'Enter an email address, such as name@example.com.';
  if (password === '') fields['password'] = 'Enter your password.';
  else if (mode === 'sign-up' && password.length < PASSWORD_MIN) fields['password'] = `Use at least ${PASSWORD_MIN} characters.`;
  return { fields, form: null };
}

function refused(error: unknown): FormErrors {
  if (hasCode(error, 'invalid_credentials')) return { fields: {}, form: 'This email address and password do not belong together.' };
  if (hasCode(error, 'email_taken')) return { fields: { email: 'There is an account with this email address already. Sign in instead.' }, form: null };
  return errorsFrom(error, NAMES);
}

/** Sign in or sign up. Pasting is welcome, values stay after an error. */
export function AccountForm({ mode, onDone, other }: Props) {
  const [values, setValues] = useState<Values>({ name: '', email: '', password: '' });
  const [errors, setErrors] = useState(NO_ERRORS);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const set = (name: keyof Values) => (event: { target: { value: string } }) => {
    setValues((all) => ({ ...all, [name]: event.target.value }));
    setErrors(({ fields: { [name]: _gone, ...fields } }) => ({ fields, form: null }));
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const found = check(mode, values);
    setErrors(found);
    setRound((count) => count + 1);
    if (hasErrors(found)) return;
    setBusy(true);
    const email = values.email.trim();
    try {
      if (mode === 'sign-in') await signIn({ email, password: values.password });
      else await signUp({ email, password: values.password, name: values.name.trim() });
      await onDone();
    } catch (error) {
      setErrors(refused(error));
      setRound((count) => count + 1);
    } finally {
      setBusy(false);
    }
  };
  const { fields } = errors;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="space-y-5">
      <ErrorSummary round={round} errors={Object.entries(fields).map(([name, text]) => ({ id: `account-${name}`, text }))} />
      {errors.form && (
        <Notice tone="danger" live="alert">
          <p>{errors.form}</p>
        </Notice>
      )}
      {mode === 'sign-up' && (
        <TextField label="Your name" id="account-name" autoComplete="name" maxLength={120} value={values.name} onChange={set('name')} error={fields['name']} required />
      )}
      <TextField
        label="Email address"
        id="account-email"
        type="email"
        inputMode="email"
        autoComplete={mode === 'sign-in' ? 'username' : 'email'}
        spellCheck={false}
        maxLength={254}
        value={values.email}
        onChange={set('email')}
        error={fields['email']}
        required
      />
      <PasswordField
        label="Password"
        id="account-password"
        autoComplete={mode === 'sign-in' ? 'current-password' : 'new-password'}
        maxLength={256}
        value={values.password}
        onChange={set('password')}
        error={fields['password']}
        hint={mode === 'sign-up' ? PASSWORD_HINT : undefined}
        required
      />
      <Button type="submit" size="lg" className="w-full" busy={busy}>
        {mode === 'sign-in' ? 'Sign in' : 'Create account'}
      </Button>
      <p className="text-center text-sm text-muted">{other}</p>
    </form>
  );
}
