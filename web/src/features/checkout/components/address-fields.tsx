import { useState } from 'react';
import { SelectField, TextField } from '@/ui/field';
import type { AddressField, AddressForm } from '../address';
import { COUNTRIES, rulesOf } from '../countries';

type Props = {
  /** `shipping` or `billing`: the autocomplete section and the prefix of the field ids. */
  kind: 'shipping' | 'billing';
  value: AddressForm;
  errors: Partial<Record<AddressField, string>>;
  onChange: (field: AddressField, value: string) => void;
};

/** One address, written the way its country writes it. Browsers can fill every field. */
export function AddressFields({ kind, value, errors, onChange }: Props) {
  const [second, setSecond] = useState(value.line2 !== '');
  const rules = rulesOf(value.country);
  const field = (name: AddressField, token: string) => ({
    id: `${kind}-${name}`,
    name: `${kind}-${name}`,
    autoComplete: `${kind} ${token}`,
    value: value[name],
    error: errors[name],
    onChange: (event: { target: { value: string } }) => onChange(name, event.target.value),
  });
  return (
    <div className="grid gap-4">
      <SelectField label="Country" {...field('country', 'country')} required>
        {Object.entries(COUNTRIES).map(([code, { name }]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextField label="Full name" {...field('name', 'name')} maxLength={120} required />
      <TextField label="Street address" {...field('line1', 'address-line1')} maxLength={120} required />
      {second ? (
        <TextField label="Apartment, floor, company" optional {...field('line2', 'address-line2')} maxLength={120} />
      ) : (
        <button type="button" className="link -my-1 min-h-9 justify-self-start text-sm" onClick={() => setSecond(true)}>
          Add apartment, floor or company
        </button>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={rules.city} {...field('city', 'address-level2')} maxLength={80} required />
        {rules.region?.values && (
          <SelectField label={rules.region.label} {...field('region', 'address-level1')} required>
            <option value="">Choose…</option>
            {rules.region.values.map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </SelectField>
        )}
        {rules.region && !rules.region.values && <TextField label={rules.region.label} optional {...field('region', 'address-level1')} maxLength={80} />}
        <TextField
          label={rules.postal.label}
          {...field('postal_code', 'postal-code')}
          inputMode={rules.postal.numeric ? 'numeric' : 'text'}
          autoCapitalize="characters"
          maxLength={20}
          required
        />
        {kind === 'shipping' && (
          <TextField label="Phone" optional type="tel" inputMode="tel" {...field('phone', 'tel')} maxLength={32} hint="Only for questions about the delivery." />
        )}
      </div>
    </div>
  );
}
