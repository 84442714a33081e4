import { useState, type FormEvent } from 'react';
import type { Checkout, User } from '@/api/types';
import { addressLines } from '@/lib/address-lines';
import { errorsFrom, hasErrors, isEmail, NO_ERRORS } from '@/lib/form-errors';
import { Button } from '@/ui/button';
import { ErrorSummary } from '@/ui/error-summary';
import { TextField } from '@/ui/field';
import { Notice } from '@/ui/states';
import { ADDRESS_FIELDS, addressOf, checkAddress, formOf, type AddressField } from '../address';
import type { CheckoutPatch } from '../api/checkout';
import { AddressFields } from './address-fields';
import { Section } from './section';

const POINTERS: Record<string, string> = {
  '/email': 'email',
  ...Object.fromEntries(ADDRESS_FIELDS.map((field) => [`/shipping_address/${field}`, field])),
};
const ORDER = ['email', ...ADDRESS_FIELDS];

type Props = {
  checkout: Checkout;
  user: User | null;
  open: boolean;
  onEdit: () => void;
  onSave: (patch: CheckoutPatch) => Promise<void>;
};

/** Step one: who it is for and where it goes. */
export function ContactSection({ checkout, user, open, onEdit, onSave }: Props) {
  if (open) {
    return (
      <Section number={1} title="Contact and delivery" state="open">
        <ContactForm {...{ checkout, user, onSave }} />
      </Section>
    );
  }
  const address = checkout.shipping_address;
  return (
    <Section
      number={1}
      title="Contact and delivery"
      state="done"
      action={
        <Button look="quiet" size="sm" onClick={onEdit}>
          Edit<span className="sr-only"> contact and delivery</span>
        </Button>
      }
    >
      <p className="text-sm text-muted sm:pl-11">
        {checkout.email}
        <br />
        {address && addressLines(address).join(', ')}
      </p>
    </Section>
  );
}

function ContactForm({ checkout, user, onSave }: Pick<Props, 'checkout' | 'user' | 'onSave'>) {
  const [email, setEmail] = useState(checkout.email ?? user?.email ?? '');
  const [address, setAddress] = useState(() => formOf(checkout.shipping_address, user?.name));
  const [errors, setErrors] = useState(NO_ERRORS);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const clear = (name: string) => setErrors(({ fields: { [name]: _gone, ...fields } }) => ({ fields, form: null }));
  const setField = (field: AddressField, value: string) => {
    setAddress((all) => ({ ...all, [field]: value, ...(field === 'country' ? { region: '' } : {}) }));
    clear(field);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const fields: Record<string, string> = { ...checkAddress(address) };
    if (!isEmail(email.trim())) fields['email'] = 'Enter an email address, such as name@example.com.';
    setErrors({ fields, form: null });
    setRound((count) => count + 1);
    if (Object.keys(fields).length > 0) return;
    setBusy(true);
    try {
      await onSave({ email: email.trim(), shipping_address: addressOf(address) });
    } catch (error) {
      setErrors(errorsFrom(error, POINTERS));
      setRound((count) => count + 1);
    } finally {
      setBusy(false);
    }
  };
  const id = (name: string) => (name === 'email' ? 'checkout-email' : `shipping-${name}`);
  const listed = ORDER.flatMap((name) => (errors.fields[name] ? [{ id: id(name), text: errors.fields[name] }] : []));
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <ErrorSummary errors={listed} round={round} />
      {errors.form && hasErrors(errors) && (
        <div className="mb-5">
          <Notice tone="danger" live="alert">
            <p>{errors.form}</p>
          </Notice>
        </div>
      )}
      <div className="grid gap-4">
        <TextField
          label="Email address"
          id="checkout-email"
          name="email"
          type="email"
          inputMode="email"
          autoComplete="email"
          spellCheck={false}
          maxLength={254}
          value={email}
          error={errors.fields['email']}
          hint="For the order confirmation and delivery news."
          onChange={(event) => {
            setEmail(event.target.value);
            clear('email');
          }}
          required
        />
        <AddressFields kind="shipping" value={address} errors={errors.fields} onChange={setField} />
      </div>
      <Button type="submit" size="lg" className="mt-6 w-full sm:w-auto" busy={busy}>
        Continue to payment
      </Button>
    </form>
  );
}
