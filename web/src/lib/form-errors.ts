import { ApiError, messageOf } from '@/api/errors';

/** One message per field, by the field's name; `form` holds what belongs to none. */
export type FormErrors = { fields: Record<string, string>; form: string | null };

export const NO_ERRORS: FormErrors = { fields: {}, form: null };

/**
 * Sorts a refused request into the form's fields. `names` maps JSON pointers of the request to field
 * names; what the server says about anything else is shown above the form, so nothing is swallowed.
 */
export function errorsFrom(error: unknown, names: Readonly<Record<string, string>>): FormErrors {
  if (!(error instanceof ApiError) || error.fields.length === 0) return { fields: {}, form: messageOf(error) };
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { pointer, detail } of error.fields) {
    const name = names[pointer];
    if (name === undefined) rest.push(detail);
    else fields[name] ??= sentence(detail);
  }
  return { fields, form: rest.length > 0 ? rest.map(sentence).join(' ') : null };
}

/** Server details may come without capital or full stop. */
function sentence(text: string): string {
  const trimmed = text.trim();
  const ended = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

export function hasErrors({ fields, form }: FormErrors): boolean {
  return form !== null || Object.keys(fields).length > 0;
}

/** Something@something; whether the mailbox exists only a mail can tell. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 254;
}
