import type { CategoryNode, Media, Product, Variant } from '../src/api/types.ts';

/** A small made-up catalogue: enough of every case the pages must show. Deterministic. */
const USD = 'USD';
export const money = (amount: number) => ({ amount, currency: USD });

type Kind = { slug: string; name: string; art: string; parent: string; models: readonly string[]; base: number };

const PARENTS = [
  { slug: 'phones-tablets', name: 'Phones & tablets', art: 'phone' },
  { slug: 'computers', name: 'Computers', art: 'laptop' },
  { slug: 'audio', name: 'Audio', art: 'headphones' },
  { slug: 'cameras', name: 'Cameras', art: 'camera' },
  { slug: 'tv-home', name: 'TV & home', art: 'tv' },
  { slug: 'accessories', name: 'Accessories', art: 'charger' },
];

const KINDS: readonly Kind[] = [
  { slug: 'smartphones', name: 'Smartphones', art: 'phone', parent: 'phones-tablets', base: 39900, models: ['Aria 7', 'Aria 7 Pro', 'Lumen S', 'Lumen S Max', 'Pebble Mini', 'Nova Fold'] },
  { slug: 'tablets', name: 'Tablets', art: 'tablet', parent: 'phones-tablets', base: 32900, models: ['Slate 11', 'Slate 13 Studio', 'Page Reader'] },
  { slug: 'laptops', name: 'Laptops', art: 'laptop', parent: 'computers', base: 89900, models: ['Feather 14', 'Feather 16', 'Forge 15 Creator', 'Campus 13'] },
  { slug: 'monitors', name: 'Monitors', art: 'monitor', parent: 'computers', base: 24900, models: ['Vista 27 QHD', 'Vista 32 4K', 'Arc 34 Ultrawide'] },
  { slug: 'headphones', name: 'Headphones', art: 'headphones', parent: 'audio', base: 12900, models: ['Quiet One', 'Quiet One Lite', 'Studio Open', 'Run Clip'] },
  { slug: 'speakers', name: 'Speakers', art: 'speaker', parent: 'audio', base: 9900, models: ['Room 2', 'Porto', 'Soundbar 500'] },
  { slug: 'mirrorless', name: 'Mirrorless cameras', art: 'camera', parent: 'cameras', base: 109900, models: ['Field M3', 'Field M3 Kit with the long travel zoom lens and two batteries', 'Pocket Z'] },
  { slug: 'televisions', name: 'Televisions', art: 'tv', parent: 'tv-home', base: 69900, models: ['Canvas 55 OLED', 'Canvas 65 OLED', 'Bright 43'] },
  { slug: 'chargers', name: 'Chargers', art: 'charger', parent: 'accessories', base: 2900, models: ['Cube 65', 'Cube 30', 'Dock Trio'] },
];

const BRANDS = ['Aurora', 'Fjord', 'Halden', 'Kestrel', 'Norrland', 'Solis'].map((name) => ({ slug: name.toLowerCase(), name }));
const COLOURS = [
  { name: 'Graphite', hex: '3a3f47' },
  { name: 'Sand', hex: 'c9b79c' },
  { name: 'Lake', hex: '4d7ea8' },
] as const;
const STORAGE = ['128 GB', '256 GB'] as const;
const WITH_STORAGE = new Set(['smartphones', 'tablets', 'laptops']);

export const slugOf = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');

export function artOf(kind: string, seed: string, alt: string, color?: string): Media {
  const url = (theme: string) => `/api/v1/media/art/${kind}/${seed}.svg?theme=${theme}${color ? `&color=${color}` : ''}`;
  return { url: url('light'), url_dark: url('dark'), alt, width: 800, height: 800 };
}

function variantsOf(id: string, slug: string, title: string, kind: Kind, price: number, index: number): Variant[] {
  const storages: readonly (string | null)[] = WITH_STORAGE.has(kind.slug) ? STORAGE : [null];
  const made: Variant[] = [];
  for (const [c, colour] of COLOURS.entries()) {
    for (const [s, storage] of storages.entries()) {
      // Sand is not made with the large storage; the last colour of every fourth product is sold out.
      if (storage !== null && c === 1 && s === 1) continue;
      const quantity = index % 4 === 3 && c === 2 ? 0 : index % 5 === 2 ? 3 : 10;
      const amount = price + s * 10000;
      made.push({
        id: `var_${id}_${c}${s}`,
        sku: `${slugOf(title).slice(0, 8).toUpperCase()}-${c}${s}`,
        barcode: null,
        title: [colour.name, storage].filter(Boolean).join(' / '),
        options: { Colour: colour.name, ...(storage === null ? {} : { Storage: storage }) },
        price: money(amount),
        compare_at: index % 3 === 0 ? money(Math.round(amount * 1.2)) : null,
        availability: quantity === 0 ? 'out' : quantity < 5 ? 'low' : 'in_stock',
        available_quantity: quantity,
        max_per_order: 10,
        media: artOf(kind.art, `${slug}-${c}`, `${title} in ${colour.name}`, colour.hex),
      } as Variant);
    }
  }
  return made;
}

function productOf(kind: Kind, model: string, index: number): Product {
  const brand = BRANDS[index % BRANDS.length] ?? null;
  const title = `${brand?.name} ${model}`;
  const slug = slugOf(title);
  const id = `prd_${String(index).padStart(4, '0')}`;
  const parent = PARENTS.find(({ slug: known }) => known === kind.parent);
  const variants = variantsOf(id, slug, title, kind, kind.base + ((index * 7919) % 40) * 1000, index);
  return {
    id,
    slug,
    title,
    brand,
    category: { slug: kind.slug, name: kind.name, path: [{ slug: kind.parent, name: parent?.name ?? '' }, { slug: kind.slug, name: kind.name }] },
    description: `The ${title} is made for everyday use: quick to start, easy to hold and quiet.\n\nIts battery lasts a full day, every part that wears can be replaced, and the maker promises seven years of updates. In the box: the device, a cable and a short guide.`,
    attributes: [
      { code: 'battery', name: 'Battery life', kind: 'number', value: 12 + (index % 20), unit: 'h' },
      { code: 'weight', name: 'Weight', kind: 'number', value: 180 + index * 13, unit: 'g' },
      { code: 'wireless', name: 'Wireless', kind: 'boolean', value: true, unit: null },
      { code: 'port', name: 'Connector', kind: 'text', value: 'USB-C', unit: null },
      { code: 'warranty', name: 'Warranty', kind: 'number', value: 2, unit: 'years' },
    ],
    media: [artOf(kind.art, `${slug}-front`, `${title}, front`), artOf(kind.art, `${slug}-angle`, `${title}, at an angle`)],
    options: [
      { name: 'Colour', values: COLOURS.map(({ name }) => name) },
      ...(WITH_STORAGE.has(kind.slug) ? [{ name: 'Storage', values: [...STORAGE] }] : []),
    ],
    variants,
    version: 1,
    updated_at: '2026-11-01T10:00:00Z',
  } as unknown as Product;
}

export function seedProducts(): Product[] {
  let index = 0;
  return KINDS.flatMap((kind) => kind.models.map((model) => productOf(kind, model, index++)));
}

export function seedCategories(products: readonly Product[]): CategoryNode[] {
  return PARENTS.map((parent) => {
    const children = KINDS.filter((kind) => kind.parent === parent.slug).map(({ slug, name, art }) => ({
      id: `cat_${slug}`,
      slug,
      name,
      art,
      product_count: products.filter(({ category }) => category.slug === slug).length,
      children: [],
    }));
    return { id: `cat_${parent.slug}`, ...parent, product_count: children.reduce((sum, { product_count }) => sum + product_count, 0), children };
  });
}
