import assert from 'node:assert/strict';

/** What a shopper does, found by role and label only. */
export const BASE = (process.env.BASE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '');
export const QUERY = process.env.E2E_QUERY ?? 'headphones';

export const GOOD_CARD = '4242 4242 4242 4242';
export const DECLINED_CARD = '4000 0000 0000 0002';
/** Its bank asks the shopper each time. */
export const ASKING_CARD = '4000 0027 6000 3184';

export const uniqueEmail = (who) => `${who}-${Date.now()}-${Math.random().toString(36).slice(2, 8)}@example.com`;
const heading = (page, name) => page.getByRole('heading', { level: 1, name });

export async function openFront(page) {
  await page.goto(`${BASE}/`);
  await heading(page, /device/i).waitFor();
  await page.getByRole('list', { name: 'Products' }).first().waitFor();
}

/** Types into the search, sees suggestions, and asks for the text. */
export async function search(page, text = QUERY) {
  const box = page.getByRole('combobox', { name: 'Search products' });
  await box.click();
  await box.pressSequentially(text, { delay: 25 });
  await page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option').first().waitFor();
  await box.press('Enter');
  await heading(page, `Results for “${text}”`).waitFor();
  await page.getByRole('list', { name: 'Products' }).waitFor();
}

export async function filterInStock(page) {
  await page.getByRole('complementary', { name: 'Filters' }).getByLabel('In stock only').check();
  await page.waitForURL(/in_stock=true/);
  await page.getByRole('button', { name: 'Remove filter In stock' }).waitFor();
}

/** Opens the n-th product of the list of which enough is left for all journeys, and answers its title. */
export async function openProduct(page, index = 0) {
  const plenty = page.getByRole('list', { name: 'Products' }).first().getByRole('article').filter({ hasNotText: 'Only a few left' });
  const link = plenty.nth(index).getByRole('link');
  const title = (await link.innerText()).trim();
  await link.click();
  await heading(page, title).waitFor();
  return title;
}

export async function addToCart(page, title) {
  await page.getByRole('button', { name: 'Add to cart' }).click();
  const drawer = page.getByRole('dialog', { name: 'Your cart' });
  await drawer.getByRole('link', { name: title, exact: true }).first().waitFor();
  return drawer;
}

export async function fillDelivery(page, email) {
  await heading(page, 'Checkout').waitFor();
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Country').selectOption('US');
  await page.getByLabel('Full name').fill('Robin Shopper');
  await page.getByLabel('Street address').fill('1 Market Street');
  await page.getByLabel('City').fill('San Francisco');
  await page.getByLabel('State').selectOption('CA');
  await page.getByLabel('ZIP code').fill('94105');
  await page.getByRole('button', { name: 'Continue to payment' }).click();
  await page.getByRole('group', { name: 'Shipping method' }).getByRole('radio').first().waitFor();
}

/** Types a card into the provider's frame. */
export async function fillCard(page, number) {
  const frame = page.getByTitle('Secure card payment input frame').contentFrame();
  await frame.getByLabel('Card number').fill(number);
  await frame.getByLabel('Expiry date (MM / YY)').fill('12 / 34');
  await frame.getByLabel('Security code').fill('123');
}

export const payButton = (page) => page.getByRole('button', { name: /^Pay / });

export async function pay(page) {
  await payButton(page).click();
}

/** Waits for the confirmation and answers the order's number. */
export async function confirmed(page) {
  await heading(page, 'Thank you for your order').waitFor({ timeout: 30_000 });
  const sentence = await page.getByText(/Your order number is/).innerText();
  const number = /number is (\S+?)\./.exec(sentence)?.[1];
  assert.ok(number, `no order number in "${sentence}"`);
  return number;
}

export async function cartCount(page) {
  const label = await page.getByRole('button', { name: /^Cart, \d+ items?$/ }).getAttribute('aria-label');
  return Number(/\d+/.exec(label ?? '')?.[0]);
}

export async function signUp(page, { name, email, password }) {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await heading(page, 'Your account').waitFor();
}

export async function signIn(page, { email, password }) {
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await heading(page, 'Your account').waitFor();
}
