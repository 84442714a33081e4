import type { Cart, CartCoupon, CartLine, Checkout, CheckoutTender, CouponProblem, Money, Order, Product, ProductSummary, SavedCard, User, Variant } from '../src/api/types.ts';
import { money, seedCategories, seedProducts } from './seed.ts';

export type MockLine = { id: string; variant_id: string; quantity: number };
export type MockCart = { id: string; token: string | null; user: string | null; state: Cart['state']; version: number; lines: MockLine[]; order_id: string | null; coupon?: string | null };
export type MockCheckout = Pick<Checkout, 'id' | 'state' | 'version' | 'cart_id' | 'email' | 'shipping_address' | 'billing_address' | 'shipping_method' | 'order_id'> & {
  use_store_credit?: boolean;
  gift_cards?: string[];
};
export type MockUser = User & { password: string };
export type MockCoupon = { code: string; description: string; percent?: number; amount?: number; minimum?: number; problem?: CouponProblem };
export type MockGiftCard = { id: string; code: string; balance: number };
/** A payment that waits for the bank, or has heard from it. */
export type MockIntent = { id: string; secret: string; amount: Money; key: string; method: string; state: 'waits' | 'confirmed' | 'refused' };

/** The mock shop's whole memory; every test makes its own. Shapes of answers are the contract's. */
export function createDb() {
  const products = seedProducts();
  let counter = 0;
  return {
    products,
    categories: seedCategories(products),
    users: [] as MockUser[],
    carts: [] as MockCart[],
    checkouts: [] as MockCheckout[],
    orders: [] as { order: Order; user: string | null; token: string }[],
    replays: new Map<string, { status: number; body: unknown }>(),
    /** Payment methods made by the card form: which card stands behind an id. */
    cards: new Map<string, string>(),
    intents: [] as MockIntent[],
    coupons: [
      { code: 'WELCOME10', description: '10% off your order', percent: 10 },
      { code: 'BIG50', description: '$50 off from $5,000 on', amount: 5000, minimum: 500_000 },
      { code: 'SUMMER', description: 'Summer sale', percent: 20, problem: 'expired' },
    ] as MockCoupon[],
    gift_cards: [
      { id: 'gft_1', code: 'GIFT50', balance: 5000 },
      { id: 'gft_2', code: 'GIFT5000', balance: 500_000 },
    ] as MockGiftCard[],
    /** Store credit by user, in minor units. */
    credit: new Map<string, number>(),
    saved_cards: [] as (SavedCard & { user: string; number: string })[],
    /** Password-reset tokens and whose they are. */
    resets: new Map<string, string>(),
    /** What browsers told of what shoppers do. */
    events: [] as unknown[],
    /** The user of the refresh cookie; a mock knows one browser only. */
    signedIn: null as string | null,
    id: (prefix: string) => `${prefix}_${String((counter += 1)).padStart(6, '0')}`,
  };
}

export type Db = ReturnType<typeof createDb>;

export const SHIPPING = [
  { code: 'standard', name: 'Standard delivery', price: money(590), min_days: 3, max_days: 5 },
  { code: 'express', name: 'Express delivery', price: money(1490), min_days: 1, max_days: 2 },
];
const TAX_PERCENT = 8;

export function findVariant(db: Db, id: string): { product: Product; variant: Variant } | null {
  for (const product of db.products) {
    const variant = product.variants.find((known) => known.id === id);
    if (variant) return { product, variant };
  }
  return null;
}

export function summaryOf(product: Product): ProductSummary {
  const first = product.variants.find(({ availability }) => availability !== 'out') ?? product.variants[0]!;
  return {
    id: product.id,
    slug: product.slug,
    title: product.title,
    brand: product.brand ?? null,
    category: { slug: product.category.slug, name: product.category.name },
    price: first.price,
    compare_at: first.compare_at ?? null,
    availability: first.availability,
    image: first.media ?? product.media[0]!,
    highlights: product.attributes.slice(0, 2).map(({ name, value, unit }) => ({ name, value: unit ? `${String(value)} ${unit}` : String(value) })),
    variant_count: product.variants.length,
    default_variant_id: first.id,
  } as ProductSummary;
}

const sum = (amounts: number[]): Money => money(amounts.reduce((total, amount) => total + amount, 0));

function lineOf(db: Db, { id, variant_id, quantity }: MockLine): CartLine {
  const { product, variant } = findVariant(db, variant_id)!;
  const available = variant.available_quantity;
  return {
    id,
    variant_id,
    product: { id: product.id, slug: product.slug, title: product.title },
    variant_title: variant.title,
    sku: variant.sku,
    image: variant.media ?? product.media[0]!,
    quantity,
    unit_price: variant.price,
    total: money(variant.price.amount * quantity),
    availability: variant.availability,
    available_quantity: available,
    max_quantity: Math.min(variant.max_per_order, available),
    problem: available === 0 ? 'out_of_stock' : quantity > available ? 'insufficient_stock' : null,
  } as CartLine;
}

/** Why a coupon takes nothing off these products; null where it applies. */
export function couponProblem(coupon: MockCoupon, subtotal: Money): CouponProblem | null {
  return coupon.problem ?? (coupon.minimum !== undefined && subtotal.amount < coupon.minimum ? 'minimum_not_reached' : null);
}

function discountOf(coupon: MockCoupon | undefined, subtotal: Money): Money {
  if (!coupon || couponProblem(coupon, subtotal)) return money(0);
  return money(Math.min(subtotal.amount, coupon.amount ?? Math.round((subtotal.amount * (coupon.percent ?? 0)) / 100)));
}

function couponView(coupon: MockCoupon, subtotal: Money): CartCoupon {
  const reason = couponProblem(coupon, subtotal);
  const minimum = coupon.minimum === undefined ? null : money(coupon.minimum);
  return { code: coupon.code, description: coupon.description, state: reason ? 'not_applicable' : 'applied', reason, minimum };
}

export function cartView(db: Db, cart: MockCart): Cart {
  const lines = cart.lines.map((line) => lineOf(db, line));
  const subtotal = sum(lines.map(({ total }) => total.amount));
  const coupon = db.coupons.find(({ code }) => code === cart.coupon);
  const discount = discountOf(coupon, subtotal);
  return {
    id: cart.id,
    state: cart.state,
    currency: 'USD',
    version: cart.version,
    item_count: lines.reduce((count, { quantity }) => count + quantity, 0),
    lines,
    coupon: coupon ? couponView(coupon, subtotal) : null,
    totals: { subtotal, discount, shipping: null, tax: null, total: money(subtotal.amount - discount.amount) },
    order_id: cart.order_id,
    updated_at: '2026-11-23T10:00:00Z',
  } as Cart;
}

/** What gift cards, then credit, pay of a total. */
function tendersOf(db: Db, checkout: MockCheckout, user: string | null, total: Money): CheckoutTender[] {
  const credit = user !== null && checkout.use_store_credit ? (db.credit.get(user) ?? 0) : 0;
  const purses = [
    ...(checkout.gift_cards ?? []).flatMap((id) => db.gift_cards.filter((card) => card.id === id)).map((card) => ({ id: card.id, kind: 'gift_card', last4: card.code.slice(-4), balance: card.balance })),
    ...(credit > 0 ? [{ id: 'gft_credit', kind: 'store_credit', last4: null, balance: credit }] : []),
  ];
  let left = total.amount;
  return purses.map(({ balance, ...purse }) => {
    const amount = Math.min(balance, left);
    left -= amount;
    return { ...purse, balance: money(balance), amount: money(amount) } as CheckoutTender;
  });
}

export function checkoutView(db: Db, checkout: MockCheckout): Checkout {
  const cart = db.carts.find(({ id }) => id === checkout.cart_id)!;
  const view = cartView(db, cart);
  const method = SHIPPING.find(({ code }) => code === checkout.shipping_method);
  const goods = view.totals.total.amount;
  const tax = method ? money(Math.round((goods * TAX_PERCENT) / 100)) : null;
  const total = sum([goods, method?.price.amount ?? 0, tax?.amount ?? 0]);
  const tenders = tendersOf(db, checkout, cart.user, total);
  const charge = money(total.amount - tenders.reduce((paid, { amount }) => paid + amount.amount, 0));
  const missing = [
    checkout.email ? null : 'email',
    checkout.shipping_address ? null : 'shipping_address',
    method ? null : 'shipping_method',
    charge.amount > 0 ? 'payment_method' : null,
    view.lines.some(({ problem }) => problem !== null) ? 'lines' : null,
  ].filter((name) => name !== null);
  return {
    ...checkout,
    shipping_methods: checkout.shipping_address ? SHIPPING : [],
    requirements: missing as Checkout['requirements'],
    lines: view.lines.map((line) => ({
      variant_id: line.variant_id,
      product_id: line.product.id,
      slug: line.product.slug,
      title: line.product.title,
      variant_title: line.variant_title,
      image: line.image,
      quantity: line.quantity,
      unit_price: line.unit_price,
      total: line.total,
      problem: line.problem,
    })),
    totals: { ...view.totals, shipping: method?.price ?? null, tax, total },
    coupon: view.coupon ? { code: view.coupon.code, description: view.coupon.description, discount: view.totals.discount, problem: view.coupon.reason ?? null } : null,
    tenders,
    use_store_credit: checkout.use_store_credit ?? false,
    charge,
    expires_at: '2026-11-24T10:00:00Z',
  } as Checkout;
}
