import assert from 'node:assert/strict';
import { signInAsStaff } from './admin.mjs';
import { BASE, openFront, openProduct, QUERY, search } from './steps.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name });
const products = (page) => page.getByRole('list', { name: 'Products' }).first();
const box = (page) => page.getByRole('combobox', { name: 'Search products' });
const chips = (page) => page.getByRole('list', { name: 'Applied filters' });

/** Chooses the n-th value of a facet and answers its name. */
async function choose(page, panel, facet, index = 0) {
  const value = panel.getByRole('list', { name: facet, exact: true }).getByRole('listitem').nth(index);
  const name = (await value.locator('span').first().innerText()).trim();
  await value.getByRole('checkbox').check();
  await page.getByRole('button', { name: `Remove filter ${name}` }).waitFor();
  return name;
}

/** The products of the list all say one of these. */
async function eachSays(page, words) {
  await page.waitForFunction(
    (wanted) => {
      const cards = [...document.querySelectorAll('main article')];
      return cards.length > 0 && cards.every((card) => wanted.some((word) => card.textContent.includes(word)));
    },
    words,
  );
}

/** Facets, their chips, the way back, and pages that know what was looked at. */
async function searching({ page, visit }) {
  const told = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/search/events')) told.push(request.method());
  });
  await openFront(page);
  await box(page).first().click();
  await box(page).first().press('Escape');
  await search(page);
  const panel = page.getByRole('complementary', { name: 'Filters' });
  await panel.getByRole('list', { name: 'brands' }).waitFor();
  assert.ok((await products(page).locator('mark').count()) > 0, 'the words are set off in titles');
  await visit('results');

  const one = await choose(page, panel, 'brands');
  await eachSays(page, [one]);
  const other = await choose(page, panel, 'brands', 1);
  await eachSays(page, [one, other]);
  assert.equal(new URL(page.url()).searchParams.getAll('brand').length, 2, 'the address holds both brands');
  await visit('two-brands');
  await page.goBack();
  await page.getByRole('button', { name: `Remove filter ${other}` }).waitFor({ state: 'detached' });
  await eachSays(page, [one]);
  await panel.getByLabel('In stock only').check();
  await page.getByRole('button', { name: 'Remove filter In stock' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: `Remove filter ${one}` }).waitFor();
  await chips(page).getByRole('button', { name: 'Clear all' }).click();
  await chips(page).waitFor({ state: 'detached' });

  await page.goto(`${BASE}/search?q=${encodeURIComponent(QUERY)}&brand=no-such-brand`);
  await page.getByRole('heading', { name: 'No product fits all of these filters' }).waitFor();
  await visit('nothing-fits');
  await page.getByRole('button', { name: 'Remove the filters' }).click();
  await products(page).waitFor();

  const title = await openProduct(page);
  await page.waitForFunction((id) => (localStorage.getItem(id) ?? '').includes('prd_'), 'techmart.viewed');
  await page.getByRole('link', { name: 'TechMart, front page' }).click();
  await heading(page, /device/i).waitFor();
  const viewed = page.getByRole('list', { name: 'Recently viewed' });
  await page.getByRole('heading', { name: 'New in the shop' }).waitFor();
  for (let tries = 0; tries < 20 && (await viewed.count()) === 0; tries += 1) {
    await page.evaluate(() => globalThis.scrollTo(0, document.body.scrollHeight));
    await page.waitForTimeout(250);
  }
  await viewed.getByRole('link', { name: title, exact: true }).waitFor();
  await page.waitForTimeout(4500);
  assert.ok(told.length > 0 && told.every((method) => method === 'POST'), 'the shop was told of the look and the click');
  return `${one} and ${other}`;
}

/** On a phone in the dark: suggestions, the sheet of filters, and words that nothing has. */
async function searchingOnPhone({ page, visit }) {
  await page.goto(`${BASE}/search?q=${encodeURIComponent(QUERY)}`);
  await products(page).waitFor();
  await page.getByRole('button', { name: /^Filters/ }).click();
  const sheet = page.getByRole('dialog', { name: 'Filters' });
  const brand = await choose(page, sheet, 'brands');
  await visit('sheet');
  await sheet.getByRole('button', { name: /^Show .*products?$/ }).click();
  await eachSays(page, [brand]);
  await visit('chosen');
  await page.goto(`${BASE}/cart`);
  await box(page).click();
  // The search before was kept on this device.
  await page.getByRole('group', { name: 'Recent searches' }).getByRole('option', { name: QUERY }).waitFor();
  await visit('own-searches');
  await box(page).pressSequentially(QUERY.slice(0, 4), { delay: 25 });
  await page.getByRole('group', { name: 'Products' }).getByRole('option').first().waitFor();
  await visit('suggestions');
  await box(page).fill('zzqqxx vvkkjj');
  await box(page).press('Enter');
  await heading(page, 'Results for “zzqqxx vvkkjj”').waitFor();
  // With a sentence model there may be something near in meaning; then the page says so.
  await page.getByText(/^Nothing found for|similar in meaning|left out/).first().waitFor();
  await visit('nothing');
  return brand;
}

const tab = (page, name) => page.getByRole('navigation', { name: 'Search' }).getByRole('link', { name });

/** A synonym and a rule are made, seen at work in the shop, compared and taken away. */
async function searchOffice({ page, visit }) {
  await signInAsStaff(page, { visit });
  await page.getByRole('link', { name: 'Search', exact: true }).click();
  await page.getByRole('region', { name: 'Embedded index' }).waitFor();
  await visit('overview');

  const word = `gadget${Date.now().toString(36)}`;
  await tab(page, 'Synonyms').click();
  await page.getByRole('region', { name: 'Built-in entries' }).waitFor();
  await page.getByRole('button', { name: 'New synonym' }).click();
  const form = page.getByRole('dialog', { name: 'New synonym' });
  await form.getByLabel('Kind').selectOption('one_way');
  await form.getByLabel('What shoppers type').fill(word);
  await form.getByLabel('What it also finds').fill(QUERY);
  await visit('synonym-form');
  await form.getByRole('button', { name: 'Make the synonym' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('rowheader', { name: `${word} → ${QUERY}` }).waitFor();
  await visit('synonyms');

  await tab(page, 'Rules').click();
  await page.getByRole('button', { name: 'New rule' }).click();
  const rule = page.getByRole('dialog', { name: 'New rule' });
  await rule.getByLabel('Query').fill(`cart ${word}`);
  const pinned = rule.getByRole('group', { name: /^Pinned/ });
  await pinned.getByLabel('Find a product').fill(QUERY);
  await pinned.getByRole('button', { name: /^Add / }).first().click();
  await rule.getByLabel(/^Page to open/).fill('/cart');
  await visit('rule-form');
  await rule.getByRole('button', { name: 'Make the rule' }).click();
  await rule.waitFor({ state: 'detached' });
  await page.getByText('Opens /cart').first().waitFor();
  await visit('rules');

  await tab(page, 'Preview').click();
  await heading(page, 'Preview').waitFor();
  await page.getByLabel('Query').fill(word);
  await page.getByRole('group', { name: 'Now' }).getByLabel('Ranking').selectOption('lexical');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('list', { name: 'Results of Now' }).getByRole('listitem').first().waitFor();
  await visit('preview');

  // What was made is in force in the shop within seconds.
  const shopper = await page.context().newPage();
  for (let tries = 0; tries < 20; tries += 1) {
    await shopper.goto(`${BASE}/search?q=${encodeURIComponent(`cart ${word}`)}`);
    await shopper.getByRole('heading', { level: 1 }).waitFor();
    if (await shopper.waitForURL(/\/cart$/, { timeout: 1000 }).then(() => true, () => false)) break;
  }
  await shopper.getByRole('link', { name: 'See the search results instead' }).click();
  await shopper.waitForURL(/stay=true/);
  await shopper.close();

  await tab(page, 'Rules').click();
  await page.getByRole('button', { name: `Delete cart ${word}` }).click();
  await page.getByRole('dialog', { name: 'Delete the rule' }).getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('rowheader', { name: `cart ${word}` }).waitFor({ state: 'detached' });
  await tab(page, 'Synonyms').click();
  await page.getByRole('button', { name: `Delete ${word} → ${QUERY}` }).click();
  await page.getByRole('dialog', { name: 'Delete the synonym' }).getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('rowheader', { name: `${word} → ${QUERY}` }).waitFor({ state: 'detached' });
  return word;
}

const DESK = { width: 1360, height: 900 };
const PHONE = { width: 390, height: 844 };

export const searchJourneys = [
  { name: 'search', run: searching, viewport: DESK, colorScheme: 'light' },
  { name: 'search-on-phone', run: searchingOnPhone, viewport: PHONE, colorScheme: 'dark' },
  { name: 'search-office', run: searchOffice, viewport: DESK, colorScheme: 'light', staff: true },
];
