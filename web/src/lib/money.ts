import type { Money } from '@/api/types';

const formats = new Map<string, { format: Intl.NumberFormat; digits: number }>();

function formatOf(currency: string) {
  const known = formats.get(currency);
  if (known) return known;
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  const made = { format, digits: format.resolvedOptions().maximumFractionDigits ?? 2 };
  formats.set(currency, made);
  return made;
}

/** `{1999, USD}` → `$19.99`; minor units follow the currency (JPY has none). */
export function formatMoney({ amount, currency }: Money): string {
  const { format, digits } = formatOf(currency);
  return format.format(amount / 10 ** digits);
}

/** Minor units → the plain number a person types ("1999" → "19.99", "2000" → "20"). */
export function minorToInput(minor: number, currency: string): string {
  const { digits } = formatOf(currency);
  return String(Number((minor / 10 ** digits).toFixed(digits)));
}

/** What a person typed → minor units; null when it is not a price of zero or more. */
export function inputToMinor(text: string, currency: string): number | null {
  const cleaned = text.trim().replaceAll(/[\s,]/g, '');
  if (!/^\d+(\.\d*)?$/.test(cleaned)) return null;
  const minor = Math.round(Number(cleaned) * 10 ** formatOf(currency).digits);
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Whole percent off; null when there is nothing to save. */
export function percentOff(price: Money, before: Money | null | undefined): number | null {
  if (!before || before.amount <= price.amount) return null;
  const percent = Math.floor(((before.amount - price.amount) / before.amount) * 100);
  return percent > 0 ? percent : null;
}
