import type { Cart, CartLine, Checkout, Money, Order, Product, ProductSummary, User, Variant } from '../src/api/types.ts';
import { money, seedCategories, seedProducts } from './seed.ts';

export type MockLine = { id: string; variant_id: string; quantity: number };
export type MockCart = { id: string; token: string | null; user: string | null; state: Cart['state']; version: number; lines: MockLine[]; order_id: string | null };
export type MockCheckout = Pick<Checkout, 'id' | 'state' | 'version' | 'cart_id' | 'email' | 'shipping_address' | 'billing_address' | 'shipping_method' | 'order_id'>;
export type MockUser = User & { password: string };

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

export function cartView(db: Db, cart: MockCart): Cart {
  const lines = cart.lines.map((line) => lineOf(db, line));
  const subtotal = sum(lines.map(({ total }) => total.amount));
  return {
    id: cart.id,
    state: cart.state,
    currency: 'USD',
    version: cart.version,
    item_count: lines.reduce((count, { quantity }) => count + quantity, 0),
    lines,
    totals: { subtotal, discount: money(0), shipping: null, tax: null, total: subtotal },
    order_id: cart.order_id,
    updated_at: '2026-11-23T10:00:00Z',
  } as Cart;
}

export function checkoutView(db: Db, checkout: MockCheckout): Checkout {
  const cart = db.carts.find(({ id }) => id === checkout.cart_id)!;
  const view = cartView(db, cart);
  const method = SHIPPING.find(({ code }) => code === checkout.shipping_method);
  const tax = method ? money(Math.round((view.totals.subtotal.amount * TAX_PERCENT) / 100)) : null;
  const missing = [
    checkout.email ? null : 'email',
    checkout.shipping_address ? null : 'shipping_address',
    method ? null : 'shipping_method',
    'payment_method',
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
    totals: { ...view.totals, shipping: method?.price ?? null, tax, total: sum([view.totals.subtotal.amount, method?.price.amount ?? 0, tax?.amount ?? 0]) },
    expires_at: '2026-11-24T10:00:00Z',
  } as Checkout;
}
