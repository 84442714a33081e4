import { useState } from 'react';
import type { Product } from '@/api/types';
import { Button } from '@/ui/button';

/** The document says of a value only that there is one; `kind` tells which. */
type Attribute = Omit<Product['attributes'][number], 'value'> & { value: unknown };
const SHOWN = 12;

/** An attribute's value in words: yes and no, grouped numbers with their unit, text as it is. */
export function attributeText({ value, unit }: Pick<Attribute, 'value' | 'unit'>): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  const text = typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 3 }) : Array.isArray(value) ? value.join(', ') : String(value ?? '–');
  return unit ? `${text} ${unit}` : text;
}

export function Specs({ attributes }: { attributes: readonly Attribute[] }) {
  const [all, setAll] = useState(false);
  const rows = all ? attributes : attributes.slice(0, SHOWN);
  return (
    <>
      <table className="w-full text-sm">
        <caption className="sr-only">Technical details</caption>
        <tbody>
          {rows.map((attribute) => (
            <tr key={attribute.code} className="border-b border-line last:border-0">
              <th scope="row" className="w-2/5 py-2.5 pr-4 text-left align-top font-normal text-muted">
                {attribute.name}
              </th>
              <td className="tabular py-2.5 align-top">{attributeText(attribute)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < attributes.length && (
        <Button look="secondary" className="mt-4" onClick={() => setAll(true)}>
          Show all {attributes.length} details
        </Button>
      )}
    </>
  );
}
