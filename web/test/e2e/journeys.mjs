import assert from 'node:assert/strict';
import { officeJourneys } from './admin.mjs';
import { searchJourneys } from './search.mjs';
import { shopperJourneys } from './shopper.mjs';
import {
  addToCart,
  BASE,
  cartCount,
  confirmed,
  DECLINED_CARD,
  fillCard,
  fillDelivery,
  filterInStock,
  GOOD_CARD,
  openFront,
  openProduct,
  pay,
  payButton,
  search,
  signIn,
  signUp,
  uniqueEmail,
} from './steps.mjs';

const DESK = { width: 1360, height: 900 };
const PHONE = { width: 390, height: 844 };

/** A guest finds a product by search and buys it; the confirmation survives a reload. */
async function guestPurchase({ page, visit }) {
  await openFront(page);
  await visit('home');
  await search(page);
  await filterInStock(page);
  await visit('search');
  const title = await openProduct(page);
  await visit('product');
  const drawer = await addToCart(page, title);
  await visit('cart-drawer');
  await drawer.getByRole('link', { name: 'View cart' }).click();
  await page.getByRole('heading', { level: 1, name: 'Your cart' }).waitFor();
  await visit('cart');
  await page.getByRole('link', { name: 'Checkout' }).click();
  await page.getByRole('heading', { level: 1, name: 'Checkout' }).waitFor();

  // Pressing on with an empty form names what is missing and leads there.
  await page.getByRole('button', { name: 'Continue to payment' }).click();
  const summary = page.getByRole('alert', { name: /^There are \d+ problems$/ });
  await summary.getByRole('link', { name: 'Enter the city.' }).click();
  assert.equal(await page.getByLabel('City').evaluate((field) => field === document.activeElement), true, 'the summary leads to the field');
  await visit('checkout-errors');

  await fillDelivery(page, uniqueEmail('guest'));
  await fillCard(page, GOOD_CARD);
  await visit('checkout');
  await pay(page);
  const number = await confirmed(page);
  await visit('confirmation');
  await page.reload();
  assert.equal(await confirmed(page), number, 'the confirmation survives a reload');
  await page.getByText(title).first().waitFor();
  assert.equal(await cartCount(page), 0, 'the cart is empty after the order');
  return `order ${number}`;
}

/** A customer's cart from before signing in comes along, and the order appears among the own orders. */
async function customerPurchase({ page, visit }) {
  const person = { name: 'Kim Customer', email: uniqueEmail('customer'), password: 'a long enough password 42' };
  await page.goto(`${BASE}/sign-up`);
  await visit('sign-up');
  await signUp(page, person);
  await visit('account-empty');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('link', { name: 'Sign in' }).waitFor();

  await openFront(page);
  await search(page);
  await filterInStock(page);
  const title = await openProduct(page, 1);
  const drawer = await addToCart(page, title);
  await drawer.getByRole('button', { name: 'Close your cart' }).click();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await visit('sign-in');
  await signIn(page, person);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();
  await page.getByRole('button', { name: 'Cart, 1 item' }).waitFor();

  await page.getByRole('button', { name: 'Cart, 1 item' }).click();
  const cart = page.getByRole('dialog', { name: 'Your cart' });
  await cart.getByRole('link', { name: title, exact: true }).waitFor();
  await cart.getByRole('link', { name: 'Checkout' }).click();
  await fillDelivery(page, person.email);
  await fillCard(page, GOOD_CARD);
  await pay(page);
  const number = await confirmed(page);
  await page.getByRole('link', { name: 'Your orders' }).first().click();
  await page.getByRole('link', { name: `Order ${number}` }).waitFor();
  await visit('account');
  await page.getByRole('link', { name: `Order ${number}` }).click();
  await page.getByRole('heading', { level: 1, name: `Order ${number}` }).waitFor();
  await page.getByText(title).first().waitFor();
  await visit('order');
  return `order ${number}`;
}

/** On a phone in the dark: a declined card says why, costs nothing, and another card works. */
async function declinedCard({ page, visit }) {
  await page.goto(`${BASE}/`);
  await page.getByRole('button', { name: 'Categories', exact: true }).click();
  await page.getByRole('dialog', { name: 'Categories' }).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Filters' }).click();
  const filters = page.getByRole('dialog', { name: 'Filters' });
  await filters.getByLabel('In stock only').check();
  await visit('filters');
  await filters.getByRole('button', { name: /^Show .*products?$/ }).click();
  await page.getByRole('button', { name: 'Remove filter In stock' }).waitFor();
  await visit('category');
  const title = await openProduct(page);
  await visit('product');
  const drawer = await addToCart(page, title);
  await visit('cart-drawer');
  await drawer.getByRole('link', { name: 'Checkout' }).click();
  await fillDelivery(page, uniqueEmail('declined'));
  await fillCard(page, DECLINED_CARD);
  const total = await payButton(page).innerText();
  await pay(page);
  const refusal = page.getByRole('alert').filter({ hasText: 'The payment was declined' });
  await refusal.getByText(/bank declined/).waitFor();
  await visit('declined');
  assert.equal(await payButton(page).innerText(), total, 'the total is unchanged');

  const other = await page.context().newPage();
  await other.goto(`${BASE}/cart`);
  await other.getByRole('link', { name: title, exact: true }).waitFor();
  assert.equal(await cartCount(other), 1, 'the cart is intact after a decline');
  await other.close();

  await fillCard(page, GOOD_CARD);
  await pay(page);
  const number = await confirmed(page);
  await visit('confirmation');
  return `order ${number}`;
}

export const journeys = [
  { name: 'guest-purchase', run: guestPurchase, viewport: DESK, colorScheme: 'light' },
  { name: 'customer-purchase', run: customerPurchase, viewport: DESK, colorScheme: 'light' },
  { name: 'declined-card', run: declinedCard, viewport: PHONE, colorScheme: 'dark' },
  ...shopperJourneys,
  ...searchJourneys,
  ...officeJourneys,
];
