import assert from 'node:assert/strict';
import { addToCart, BASE, confirmed, fillCard, fillDelivery, filterInStock, GOOD_CARD, openFront, openProduct, pay, search, uniqueEmail } from './steps.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name });
const drawer = (page, name) => page.getByRole('dialog', { name });

/** A guest buys two units; answers the order's number. */
async function buyTwo(page, email) {
  await openFront(page);
  await search(page);
  await filterInStock(page);
  const title = await openProduct(page);
  const cart = await addToCart(page, title);
  await cart.getByRole('button', { name: 'One more' }).click();
  await cart.getByText('Updating…').waitFor({ state: 'detached' });
  await cart.getByRole('link', { name: 'Checkout' }).click();
  await fillDelivery(page, email);
  await fillCard(page, GOOD_CARD);
  await pay(page);
  return { title, number: await confirmed(page) };
}

export async function signInAsStaff(page, { visit }) {
  await page.goto(`${BASE}/admin/orders?state=placed`);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Email address').fill(process.env.STAFF_EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(process.env.STAFF_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await heading(page, 'Orders').waitFor();
  await page.getByRole('region', { name: 'Orders' }).getByRole('row').nth(1).waitFor();
  await visit('orders');
}

/** Puts one unit on a parcel that leaves at once. */
async function shipOne(page, visit) {
  await page.getByRole('button', { name: 'Ship', exact: true }).click();
  const form = drawer(page, 'New shipment');
  await form.getByRole('spinbutton').fill('1');
  await form.getByLabel(/^Carrier/).fill('Parcel Post');
  await form.getByLabel(/^Tracking number/).fill('PP 123 456');
  await visit('ship-form');
  await form.getByRole('button', { name: 'Ship', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  const shipments = page.getByRole('region', { name: 'Shipments' });
  await shipments.getByText('Shipped', { exact: true }).waitFor();
  await shipments.getByText(/Parcel Post PP 123 456/).waitFor();
}

/** Refunds the unit that has not left, and waits until the provider has sent the money. */
async function refundOne(page, title, visit) {
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  const form = drawer(page, 'Refund');
  const send = form.getByRole('button', { name: 'Refund', exact: true });
  assert.equal(await send.isDisabled(), true, 'nothing is refunded without units and a reason');
  await form.getByLabel(`Units of ${title}`).fill('1');
  await form.getByLabel('Reason').fill('No longer wanted');
  await form.getByText(/^About \$/).waitFor();
  await visit('refund-form');
  await send.click();
  await form.waitFor({ state: 'detached' });
  const refunds = page.getByRole('region', { name: 'Refunds' });
  await refunds.getByText(/^Refund 1: \$/).waitFor();
  await refunds.getByText('Succeeded', { exact: true }).waitFor({ timeout: 45_000 });
}

/** The parcel arrives, its unit comes back, is counted and refunded; what is left is cancelled. */
async function takeBackAndCancel(page, visit) {
  // Each document makes a new version of the order; a change is based on the newest.
  const documents = page.getByRole('region', { name: 'Documents' }).getByRole('button', { name: 'PDF' });
  await documents.nth(1).waitFor();
  await page.getByRole('region', { name: 'Shipments' }).getByRole('button', { name: 'Delivered' }).click();
  await page.getByRole('region', { name: 'Shipments' }).getByText('Delivered', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'New return' }).click();
  const form = drawer(page, 'New return');
  await form.getByRole('spinbutton').fill('1');
  await form.getByLabel('Reason').selectOption('defective');
  await form.getByRole('button', { name: 'Open the return', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  const returns = page.getByRole('region', { name: 'Returns' });
  await returns.getByRole('button', { name: 'Receive' }).click();
  const counted = drawer(page, 'Receive the return');
  await counted.getByRole('spinbutton').nth(1).fill('0');
  await visit('receive-form');
  await counted.getByRole('button', { name: 'Book it in', exact: true }).click();
  await counted.waitFor({ state: 'detached' });
  await returns.getByText(/1 came, 0 can be sold again/).waitFor();
  await documents.nth(2).waitFor({ timeout: 45_000 });
  await page.getByRole('button', { name: 'Cancel', exact: true }).first().click();
  const cancel = drawer(page, 'Cancel');
  await cancel.getByRole('spinbutton').fill('1');
  await cancel.getByLabel('Reason').fill('Not needed any more');
  await cancel.getByRole('button', { name: 'Cancel these units', exact: true }).click();
  await cancel.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Lines' }).getByText('1 cancelled').waitFor();
  await visit('order-after-return');
}

/** The invoice and the packing slip arrive as files. */
async function saveDocuments(page, number) {
  const save = async (button) => {
    const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return file.suggestedFilename();
  };
  const invoice = await save(page.getByRole('region', { name: 'Documents' }).getByRole('button', { name: 'PDF' }).first());
  assert.match(invoice, /^INV-\d{4}-\d+\.pdf$/);
  assert.equal(await save(page.getByRole('button', { name: 'Packing slip' })), `packing-slip-${number}-1.pdf`);
}

/** The mails that the purchase, the parcel and the refund led to. */
async function readMailbox(page, email, number, visit) {
  await page.getByRole('link', { name: 'Mailbox' }).click();
  await heading(page, 'Mailbox').waitFor();
  await page.getByLabel('Recipient').fill(email);
  await page.getByRole('button', { name: 'Search' }).click();
  const letters = page.getByRole('list', { name: 'Messages' }).getByRole('link');
  await letters.nth(2).waitFor({ timeout: 30_000 });
  await letters.last().click();
  const letter = page.getByRole('article');
  await letter.getByRole('heading', { level: 2 }).waitFor();
  await letter.locator('iframe').contentFrame().getByText(number).first().waitFor();
  await visit('mailbox');
  return letters.count();
}

/** From a guest's order to the refund of a unit: staff ship one, give the money of one back, and see what was written. */
async function backOffice({ page, visit }) {
  const email = uniqueEmail('office');
  const { title, number } = await buyTwo(page, email);
  await signInAsStaff(page, { visit });
  await page.getByLabel('Order number or email').fill(email);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: number, exact: true }).click();
  await heading(page, `Order ${number}`).waitFor();
  await page.getByRole('button', { name: 'Ship', exact: true }).waitFor();
  await visit('order');
  await shipOne(page, visit);
  await refundOne(page, title, visit);
  await page.getByText('Partially refunded', { exact: true }).first().waitFor();
  await visit('order-refunded');
  await page.getByLabel('New note').fill('Called the customer.');
  await page.getByRole('button', { name: 'Add the note' }).click();
  await page.getByRole('region', { name: 'Notes' }).getByText('Called the customer.').waitFor();
  await saveDocuments(page, number);
  await takeBackAndCancel(page, visit);
  const count = await readMailbox(page, email, number, visit);
  await visitStock(page, title, visit);
  await visitCoupons(page, visit);
  await visitGiftCards(page, visit);
  await visitWebhooks(page, visit);
  await visitAudit(page, visit);
  return `order ${number}, ${count} messages`;
}

/** Books a delivery of a variant and finds it in the ledger. */
async function visitStock(page, title, visit) {
  await page.getByRole('link', { name: 'Stock', exact: true }).click();
  await heading(page, 'Stock').waitFor();
  await page.getByLabel('Title, SKU or barcode').fill(title);
  await page.getByRole('button', { name: 'Search' }).click();
  const products = page.getByRole('list', { name: 'Products' });
  const product = products.getByRole('group').filter({ hasText: title }).first();
  await product.waitFor();
  if ((await product.getAttribute('open')) === null) await product.getByText(title, { exact: true }).click();
  await products.getByRole('table').first().waitFor();
  await visit('stock');
  await products.getByRole('row').nth(1).getByRole('link').click();
  await page.getByRole('button', { name: 'Book units' }).click();
  const form = drawer(page, 'Book units');
  await form.getByLabel('Units that came').fill('4');
  await form.getByLabel('Reason').fill('Delivery note 4711');
  await form.getByRole('button', { name: 'Book', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Ledger' }).getByText('Delivery note 4711').first().waitFor();
  await visit('variant-stock');
}

/** Makes a coupon and switches it off. */
async function visitCoupons(page, visit) {
  const code = `OFFICE${Date.now().toString(36).toUpperCase()}`;
  await page.getByRole('link', { name: 'Coupons', exact: true }).click();
  await page.getByRole('button', { name: 'New coupon' }).click();
  const form = drawer(page, 'New coupon');
  await form.getByRole('button', { name: 'Make the coupon', exact: true }).click();
  await form.getByText('Enter a percentage above 0 and at most 100.').waitFor();
  await visit('coupon-form');
  await form.getByLabel('Code').fill(code);
  await form.getByLabel('Description').fill('10 % off');
  await form.getByLabel('Percent').fill('10');
  await form.getByLabel(/^Uses in all/).fill('100');
  await form.getByRole('button', { name: 'Make the coupon', exact: true }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: `Disable ${code}` }).click();
  await page.getByRole('button', { name: `Enable ${code}` }).waitFor();
  await visit('coupons');
}

/** Issues a gift card, whose code is shown once, and stops it. */
async function visitGiftCards(page, visit) {
  await page.getByRole('link', { name: 'Gift cards', exact: true }).click();
  await page.getByRole('button', { name: 'New gift card' }).click();
  const form = drawer(page, 'New gift card');
  await form.getByLabel('Amount in USD').fill('25');
  await form.getByRole('button', { name: 'Issue the card', exact: true }).click();
  const issued = drawer(page, 'Gift card issued');
  await issued.getByText('Copy the code now').waitFor();
  await visit('gift-card');
  await issued.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: /^Disable card/ }).first().click();
  const stop = drawer(page, /^Disable card/);
  await stop.getByLabel('Reason').fill('Was stolen');
  await stop.getByRole('button', { name: 'Disable', exact: true }).click();
  await page.getByRole('button', { name: /^Enable card/ }).first().waitFor();
  await visit('gift-cards');
}

/** Makes a webhook endpoint, whose secret is shown once, and opens its deliveries. */
async function visitWebhooks(page, visit) {
  const url = `https://erp-${Date.now()}.example.com/techmart`;
  await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
  await page.getByRole('button', { name: 'New endpoint' }).click();
  const form = drawer(page, 'New endpoint');
  await form.getByLabel('Address').fill(url);
  await form.getByRole('checkbox').first().check();
  await visit('endpoint-form');
  await form.getByRole('button', { name: 'Make the endpoint', exact: true }).click();
  const made = drawer(page, 'Endpoint made');
  await made.getByText('Copy the secret now').waitFor();
  await made.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('link', { name: url }).click();
  await page.getByRole('heading', { name: /^Deliveries to / }).waitFor();
  await page.getByText('No deliveries').waitFor();
  await visit('webhooks');
  await page.getByRole('button', { name: `Disable ${url}` }).click();
  await page.getByRole('button', { name: `Enable ${url}` }).waitFor();
}

/** What was done above stands in the log. */
async function visitAudit(page, visit) {
  await page.getByRole('link', { name: 'Audit log', exact: true }).click();
  const changes = page.getByRole('region', { name: 'Changes' });
  await changes.getByText('No longer wanted').first().waitFor();
  await visit('audit');
  await page.getByLabel('Log', { exact: true }).selectOption('cart');
  await changes.getByRole('row').nth(1).waitFor();
}

const DESK = { width: 1360, height: 900 };
const PHONE = { width: 390, height: 844 };

/** The same rooms on a phone in the dark, to be looked at. */
async function backOfficeAtNight({ page, visit }) {
  await signInAsStaff(page, { visit });
  await page.getByRole('region', { name: 'Orders' }).getByRole('rowheader').first().getByRole('link').click();
  await heading(page, /^Order /).waitFor();
  await visit('order');
  for (const name of ['Stock', 'Search', 'Coupons', 'Gift cards', 'Mailbox', 'Webhooks', 'Audit log']) {
    await page.getByRole('link', { name, exact: true }).click();
    await heading(page, name).waitFor();
    await page.getByRole('status', { name: /Loading/ }).waitFor({ state: 'detached' });
    await visit(name.toLowerCase().replace(' ', '-'));
  }
  return 'seen';
}

/** These need a member of staff: STAFF_EMAIL and STAFF_PASSWORD. */
export const officeJourneys = [
  { name: 'back-office', run: backOffice, viewport: DESK, colorScheme: 'light', staff: true },
  { name: 'back-office-at-night', run: backOfficeAtNight, viewport: PHONE, colorScheme: 'dark', staff: true },
];
