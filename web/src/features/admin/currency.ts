/** The currency of coupons and gift cards: the shop's own. */
export const SHOP_CURRENCY = 'USD';
