import assert from 'node:assert/strict';
import { approveReturn, deliverAll, makeCoupon, makeGiftCard } from './staff-api.mjs';
import { addToCart, ASKING_CARD, BASE, cartCount, confirmed, fillCard, fillDelivery, filterInStock, GOOD_CARD, openFront, openProduct, pay, payButton, QUERY, search, signUp, uniqueEmail } from './steps.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name });
const summary = (page) => page.getByRole('complementary', { name: 'Order summary' });

/** From the front page to a product in the cart's drawer. */
export async function fillCart(page) {
  await openFront(page);
  await search(page);
  await filterInStock(page);
  const title = await openProduct(page);
  return { title, drawer: await addToCart(page, title) };
}

/** A coupon with a typing error is refused, the right one lowers the total, and the order keeps it. */
async function couponPurchase({ page, visit }) {
  const code = await makeCoupon(10);
  const { drawer } = await fillCart(page);
  await drawer.getByRole('link', { name: 'View cart' }).click();
  await heading(page, 'Your cart').waitFor();
  await page.getByRole('button', { name: 'Add a coupon code' }).click();
  const field = page.getByLabel('Coupon code');
  await field.fill(`${code}X`);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('We do not know this code.').first().waitFor();
  await visit('coupon-refused');
  await field.fill(code.toLowerCase());
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText(`Discount (${code})`).waitFor();
  await visit('cart-coupon');

  await page.getByRole('link', { name: 'Checkout' }).click();
  await fillDelivery(page, uniqueEmail('coupon'));
  await fillCard(page, GOOD_CARD);
  await summary(page).getByText(`Discount (${code})`).waitFor();
  const lower = await payButton(page).innerText();
  await visit('checkout-coupon');
  // Taken out and put in again, from the checkout itself.
  await summary(page).getByRole('button', { name: `Remove coupon ${code}` }).click();
  await summary(page).getByText(`Discount (${code})`).waitFor({ state: 'detached' });
  assert.notEqual(await payButton(page).innerText(), lower, 'without the coupon it costs more');
  await summary(page).getByRole('button', { name: 'Add a coupon code' }).click();
  await summary(page).getByLabel('Coupon code').fill(code);
  await summary(page).getByRole('button', { name: 'Apply' }).click();
  await summary(page).getByText(`Discount (${code})`).waitFor();
  assert.equal(await payButton(page).innerText(), lower, 'with it the total is the lower one again');
  await pay(page);
  const number = await confirmed(page);
  await page.getByText(`Discount (${code})`).waitFor();
  await visit('confirmation');
  return `order ${number}`;
}

const bank = (page) => page.getByTitle("Your bank's page").contentFrame();

/** The bank says no, the window is closed, the page is reloaded in the middle: only a yes makes an order, and just one. */
async function threeDSecure({ page, visit }) {
  const { title, drawer } = await fillCart(page);
  await drawer.getByRole('link', { name: 'Checkout' }).click();
  await fillDelivery(page, uniqueEmail('bank'));
  await fillCard(page, ASKING_CARD);
  await pay(page);
  await bank(page).getByRole('heading', { name: 'Confirm your payment' }).waitFor();
  await page.getByText('Confirm the payment with your bank').waitFor();
  await visit('bank');
  await bank(page).getByRole('button', { name: 'Fail authentication' }).click();
  const refusal = page.getByRole('alert').filter({ hasText: 'The payment was declined' });
  await refusal.getByText(/not confirmed with your bank/).waitFor();
  await visit('bank-refused');
  const other = await page.context().newPage();
  await other.goto(`${BASE}/cart`);
  await other.getByRole('link', { name: title, exact: true }).waitFor();
  await other.close();

  // Again with the same card; a reload in the middle goes on where it was.
  await pay(page);
  await bank(page).getByRole('button', { name: 'Complete authentication' }).waitFor();
  await page.reload();
  await bank(page).getByRole('button', { name: 'Complete authentication' }).click();
  const number = await confirmed(page);
  await visit('confirmation');
  assert.equal(await cartCount(page), 0, 'the cart is empty after the order');
  return `order ${number}`;
}

/** On a phone in the dark: the bank's window is left open in one tab, and the payment given up from another. */
async function paymentGivenUp({ page, visit }) {
  await page.goto(`${BASE}/search?q=${QUERY}&in_stock=true`);
  const title = await openProduct(page);
  const drawer = await addToCart(page, title);
  await drawer.getByRole('link', { name: 'Checkout' }).click();
  await fillDelivery(page, uniqueEmail('given-up'));
  await fillCard(page, ASKING_CARD);
  await pay(page);
  await bank(page).getByRole('heading', { name: 'Confirm your payment' }).waitFor();
  await visit('bank');

  const other = await page.context().newPage();
  await other.goto(`${BASE}/checkout`);
  await other.getByRole('heading', { name: 'A payment for this cart is under way' }).waitFor();
  await other.getByRole('button', { name: 'Pay in another way' }).click();
  await fillCard(other, GOOD_CARD);
  await pay(other);
  const number = await confirmed(other);
  await other.close();
  return `order ${number}`;
}

/** A guest whose order has arrived opens a return from the confirmation's page, and says that it is sent; the invoice is a PDF. */
async function guestReturn({ page, visit }) {
  const { title, drawer } = await fillCart(page);
  await drawer.getByRole('link', { name: 'Checkout' }).click();
  await fillDelivery(page, uniqueEmail('return'));
  await fillCard(page, GOOD_CARD);
  await pay(page);
  const number = await confirmed(page);
  const orderId = /orders\/(ord_\w+)/.exec(page.url())[1];
  await deliverAll(orderId);
  await page.goto(`${BASE}/orders/${orderId}`);
  await page.getByRole('link', { name: /^Track the parcel/ }).waitFor();
  await page.getByRole('button', { name: 'Return or exchange' }).click();
  const form = page.getByRole('dialog', { name: 'Return or exchange' });
  await form.getByLabel(title).check();
  await form.getByRole('button', { name: 'Open the return' }).click();
  await form.getByRole('alert', { name: 'There is a problem' }).waitFor();
  await visit('return-errors');
  await form.getByLabel('Why?').selectOption('defective');
  await visit('return-form');
  await form.getByRole('button', { name: 'Open the return' }).click();
  await page.getByText('Return 1').waitFor();
  await visit('return-opened');
  await approveReturn(orderId);
  await page.reload();
  await page.getByRole('button', { name: 'I have sent it' }).click();
  await page.getByRole('dialog', { name: 'Mark as sent' }).getByLabel(/^Tracking number/).fill('RR 1');
  await visit('mark-as-sent');
  await page.getByRole('button', { name: 'It is on its way' }).click();
  await page.getByText('On its way to us').waitFor();
  // Numbers of invoices are given by a job.
  const pdf = page.getByRole('button', { name: /^PDF of / }).first();
  for (let tries = 0; tries < 10 && !(await pdf.isVisible()); tries += 1) {
    await page.waitForTimeout(500);
    await page.reload();
    await page.getByRole('heading', { name: 'Summary' }).waitFor();
  }
  const [file] = await Promise.all([page.waitForEvent('download'), pdf.click()]);
  assert.match(file.suggestedFilename(), /\.pdf$/);
  await visit('order');
  await page.setViewportSize(PHONE);
  await visit('order-phone');
  return `order ${number}`;
}

/** A customer saves a card, pays with it again beside a gift card, and deletes it in the account. */
async function savedCard({ page, visit }) {
  const person = { name: 'Sam Saver', email: uniqueEmail('saver'), password: 'a long enough password 42' };
  const code = await makeGiftCard(1000);
  await page.goto(`${BASE}/sign-up`);
  await signUp(page, person);
  const first = await fillCart(page);
  await first.drawer.getByRole('link', { name: 'Checkout' }).click();
  await heading(page, 'Checkout').waitFor();
  assert.equal(await page.getByLabel('Email address').inputValue(), person.email, 'the address of the account is filled in');
  await fillDelivery(page, person.email);
  await fillCard(page, GOOD_CARD);
  await page.getByLabel('Save this card for my next purchases').check();
  await pay(page);
  await confirmed(page);

  const second = await fillCart(page);
  await second.drawer.getByRole('link', { name: 'Checkout' }).click();
  await fillDelivery(page, person.email);
  await page.getByRole('radio', { name: /^Visa ending in 4242/ }).waitFor();
  await page.getByRole('button', { name: 'Add a gift card' }).click();
  await page.getByLabel('Gift card code').fill(code);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Pays $10.00').waitFor();
  await visit('gift-card');
  await pay(page);
  const number = await confirmed(page);
  await page.getByRole('link', { name: 'Your orders' }).first().click();
  await page.getByRole('list', { name: 'Saved cards' }).getByText('Visa ending in 4242').first().waitFor();
  await visit('account');
  await page.getByRole('button', { name: 'Delete Visa ending in 4242' }).click();
  await page.getByText('No card is saved.').waitFor();
  return `order ${number}`;
}

/** Asks for a new password; what a link that was used up says. */
async function forgottenPassword({ page, visit }) {
  await page.goto(`${BASE}/sign-in`);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await heading(page, 'Forgot your password?').waitFor();
  await page.getByLabel('Email address').fill(uniqueEmail('forgetful'));
  await visit('forgot');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('Look into your mailbox').waitFor();
  await visit('sent');
  await page.goto(`${BASE}/reset-password#token=used-up`);
  await page.getByLabel('New password').fill('a long enough password 42');
  assert.equal(new URL(page.url()).hash, '', 'the token is not in the address');
  await visit('new-password');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText('This link does not work any more').waitFor();
  return 'no account was told of';
}

const DESK = { width: 1360, height: 900 };
const PHONE = { width: 390, height: 844 };

export const shopperJourneys = [
  { name: 'coupon-purchase', run: couponPurchase, viewport: DESK, colorScheme: 'light', staff: true },
  { name: 'three-d-secure', run: threeDSecure, viewport: DESK, colorScheme: 'light' },
  { name: 'payment-given-up', run: paymentGivenUp, viewport: PHONE, colorScheme: 'dark' },
  { name: 'guest-return', run: guestReturn, viewport: DESK, colorScheme: 'light', staff: true },
  { name: 'saved-card', run: savedCard, viewport: DESK, colorScheme: 'dark', staff: true },
  { name: 'forgotten-password', run: forgottenPassword, viewport: DESK, colorScheme: 'dark' },
];
