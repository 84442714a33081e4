import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { AdminProduct, AdminProductSummary, StockLevel } from '@/api/types';
import { ChevronRight } from '@/ui/icons';
import { Loading, Skeleton } from '@/ui/skeleton';
import { ErrorState } from '@/ui/states';
import { adminProductQuery, adminProductsQuery, lowStockQuery } from '../api/stock';
import { Listing } from './listing';
import { StateBadge } from './state-badge';
import { Table } from './table';

const end = (name: string) => ({ name, end: true });
const UNITS = [end('On hand'), end('Reserved'), end('Sold'), end('Available')];

/** The units of a row: there, held by checkouts, sold and not shipped, and free to sell. */
export function LevelCells({ level }: { level: StockLevel }) {
  return [level.on_hand, level.reserved, level.allocated, level.available].map((units, place) => (
    <td key={UNITS[place]!.name} className="tabular py-2.5 pr-4 text-right">
      {units}
    </td>
  ));
}

function VariantLink({ id, product, children }: { id: string; product: string; children: ReactNode }) {
  return (
    <Link to="/admin/stock/$variantId" params={{ variantId: id }} search={{ product }} className="link">
      {children}
    </Link>
  );
}

/** What runs low: shown while nothing is searched for. */
export function LowStockList() {
  const query = useInfiniteQuery(lowStockQuery);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="low">
      <h2 id="low" className="mb-3 text-lg">
        Runs low
      </h2>
      <Listing query={query} name="variants" count={items.length} empty="Nothing on sale runs low.">
        <Table caption="Variants that run low" columns={['Variant', 'SKU', ...UNITS]}>
          {items.map(({ variant_id, product_id, title, variant_title, sku, stock }) => (
            <tr key={variant_id}>
              <th scope="row" className="min-w-48 py-2.5 pr-4 pl-4 text-left font-medium">
                <VariantLink id={variant_id} product={product_id}>
                  {[title, variant_title].filter(Boolean).join(', ')}
                </VariantLink>
              </th>
              <td className="py-2.5 pr-4 whitespace-nowrap text-muted">{sku ?? '–'}</td>
              <LevelCells level={stock} />
            </tr>
          ))}
        </Table>
      </Listing>
    </section>
  );
}

/** Products that fit a text; each opens to its variants. */
export function ProductList({ q }: { q: string }) {
  const query = useInfiniteQuery(adminProductsQuery(q));
  const products = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Listing query={query} name="products" count={products.length} empty="A part of the title finds a product; so does the whole SKU or barcode.">
      <ul aria-label="Products" className="space-y-4">
        {products.map((product) => (
          <li key={product.id}>
            <Product product={product} only={products.length === 1} />
          </li>
        ))}
      </ul>
    </Listing>
  );
}

/** A product whose variants are asked for once it is opened; the only one is open. */
function Product({ product: { id, title, status, variant_count }, only }: { product: AdminProductSummary; only: boolean }) {
  const [open, setOpen] = useState(only);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="group rounded-lg border border-line bg-surface">
      <summary className="flex items-center gap-3 rounded-lg px-4 py-3 font-medium hover:bg-sunken">
        <ChevronRight className="size-4 shrink-0 text-muted transition-transform group-open:rotate-90" />
        <span className="min-w-0 flex-1">{title}</span>
        {status !== 'active' && <StateBadge state={status} />}
        <span className="tabular text-sm font-normal text-muted">{variant_count === 1 ? '1 variant' : `${variant_count} variants`}</span>
      </summary>
      {open && (
        <div className="px-4 pb-4">
          <Variants id={id} />
        </div>
      )}
    </details>
  );
}

function Variants({ id }: { id: string }) {
  const { data: product, error, refetch } = useQuery(adminProductQuery(id));
  if (product) return <VariantTable product={product} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <Loading label="Loading the variants">
      <Skeleton className="h-24 rounded-md" />
    </Loading>
  );
}

function VariantTable({ product }: { product: AdminProduct }) {
  return (
    <Table caption={`Variants of ${product.title}`} columns={['Variant', 'SKU', ...UNITS]}>
      {product.variants.map(({ id, title, sku, status, stock }) => (
        <tr key={id}>
          <th scope="row" className="min-w-48 py-2.5 pr-4 pl-4 text-left font-medium">
            <VariantLink id={id} product={product.id}>
              {title || product.title}
            </VariantLink>
            {status !== 'active' && (
              <span className="ml-2">
                <StateBadge state={status} />
              </span>
            )}
          </th>
          <td className="py-2.5 pr-4 whitespace-nowrap text-muted">{sku ?? '–'}</td>
          <LevelCells level={stock} />
        </tr>
      ))}
    </Table>
  );
}
