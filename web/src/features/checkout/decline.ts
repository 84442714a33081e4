const TYPED = 'Please check what you typed, or use another card.';
const OTHER = 'Please use another card, or ask your bank.';

/** By the codes that the API tells shoppers; `canceled` is a payment that was given up. */
const REASONS: Record<string, string> = {
  authentication_required: 'The payment was not confirmed with your bank. Pay again and confirm it there, or use another card.',
  canceled: 'The payment was given up before it was confirmed. You can pay again with this or another card.',
  insufficient_funds: 'The card does not have enough money for this order. Please use another card.',
  expired_card: 'The card has expired. Please use another one.',
  incorrect_cvc: `The security code does not fit the card. ${TYPED}`,
  invalid_cvc: `The security code does not fit the card. ${TYPED}`,
  incorrect_number: `The card number is not right. ${TYPED}`,
  invalid_expiry_year: `The expiry date is not right. ${TYPED}`,
  card_not_supported: 'The card cannot be used for purchases like this. Please use another one.',
  currency_not_supported: 'The card does not pay in this currency. Please use another one.',
  processing_error: 'Your bank could not process the payment just now. Please try again in a moment.',
  resource_missing: 'This card is no longer known to the payment provider. Please enter it again.',
};

/** Why a payment did not go through and what helps, without the words a thief would like to read. */
export function declineText(code: unknown): string {
  return (typeof code === 'string' ? REASONS[code] : undefined) ?? `Your bank declined the card without giving a reason. ${OTHER}`;
}
