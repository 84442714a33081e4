const BRANDS: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
};

type Card = { brand: string; last4: string; exp_month: number; exp_year: number };

export function cardName({ brand, last4 }: Pick<Card, 'brand' | 'last4'>): string {
  return `${BRANDS[brand] ?? 'Card'} ending in ${last4}`;
}

/** "12/34" */
export function cardExpiry({ exp_month, exp_year }: Pick<Card, 'exp_month' | 'exp_year'>): string {
  return `${String(exp_month).padStart(2, '0')}/${String(exp_year % 100).padStart(2, '0')}`;
}

/** A card works to the end of its month. */
export function cardExpired({ exp_month, exp_year }: Pick<Card, 'exp_month' | 'exp_year'>, now = new Date()): boolean {
  return now >= new Date(exp_year, exp_month, 1);
}
