import { useState, type FormEvent } from 'react';
import { hasErrors, NO_ERRORS, type FormErrors } from '@/lib/form-errors';

type Options<V> = {
  initial: V;
  check: (values: V) => Record<string, string>;
  send: (values: V) => Promise<void>;
  refused: (error: unknown) => FormErrors;
};

/** A short form: what was typed, what is wrong with it, and one send at a time. */
export function useForm<V extends Record<string, string>>({ initial, check, send, refused }: Options<V>) {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState(NO_ERRORS);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const show = (found: FormErrors) => {
    setErrors(found);
    setRound((count) => count + 1);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const found = { fields: check(values), form: null };
    show(found);
    if (hasErrors(found)) return;
    setBusy(true);
    try {
      await send(values);
    } catch (error) {
      show(refused(error));
    } finally {
      setBusy(false);
    }
  };
  const set = (name: keyof V & string) => (event: { target: { value: string } }) => {
    setValues((all) => ({ ...all, [name]: event.target.value }));
    setErrors(({ fields: { [name]: _gone, ...fields } }) => ({ fields, form: null }));
  };
  const clear = () => setValues(initial);
  return { values, errors, round, busy, set, clear, onSubmit: (event: FormEvent) => void submit(event) };
}
