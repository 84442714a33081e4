const REASONS: Record<string, string> = {
  generic_decline: 'Your bank declined the card without giving a reason.',
  card_declined: 'Your bank declined the card without giving a reason.',
  insufficient_funds: 'The card does not have enough money for this order.',
  lost_card: 'Your bank declined the card. Please call them or use another one.',
  stolen_card: 'Your bank declined the card. Please call them or use another one.',
  expired_card: 'The card has expired.',
  incorrect_cvc: 'The security code does not fit the card.',
  incorrect_number: 'The card number is not right.',
  processing_error: 'Your bank could not process the payment just now. Please try again in a moment.',
  card_velocity_exceeded: 'The card has reached its limit.',
  try_again_later: 'Your bank asks to try again a little later.',
};

/** Why a payment did not go through, without the words a thief would like to read. */
export function declineText(code: unknown): string {
  return (typeof code === 'string' ? REASONS[code] : undefined) ?? 'Your bank declined the payment.';
}
