import type { Checkout } from '@/api/types';
import type { BillingDetails } from './payment-provider';

/** Who pays, for the bank's own checks. */
export function billingDetails({ billing_address, shipping_address, email }: Checkout): BillingDetails {
  const payer = billing_address ?? shipping_address;
  return {
    name: payer?.name ?? '',
    email: email ?? '',
    address: { line1: payer?.line1 ?? '', city: payer?.city ?? '', postal_code: payer?.postal_code ?? '', country: payer?.country ?? '' },
  };
}
