import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductSummary } from '@/api/types';
import { popularQuery, productsByIdQuery, similarQuery } from '../api/lists';
import { forgetViewed, viewedProducts } from '../recently-viewed';
import { ProductRow } from './product-row';

/** Rows beside a page's own content. Without products, or without an answer, there is no row. */
const LENGTH = 12;
/** A row is worth its place from so many products on. */
const LEAST = 3;

function shown({ data, isError }: UseQueryResult<ProductSummary[]>, least = LEAST): ProductSummary[] | null | undefined {
  return isError || (data && data.length < least) ? null : data;
}

export function PopularShelf({ category }: { category?: string }) {
  const products = shown(useQuery(popularQuery(LENGTH, category)));
  return products === null ? null : <ProductRow title="Popular now" products={products} />;
}

export function SimilarShelf({ product }: { product: string }) {
  const products = shown(useQuery(similarQuery(product, LENGTH)));
  return products === null ? null : <ProductRow title="Similar products" products={products} />;
}

/** What was looked at on this device, except the page's own product. */
export function ViewedShelf({ except }: { except?: string }) {
  const [ids, setIds] = useState(() => viewedProducts().filter((id) => id !== except).slice(0, LENGTH));
  const products = shown(useQuery(productsByIdQuery(ids)), 1);
  if (ids.length === 0 || products === null) return null;
  const forget = () => {
    forgetViewed();
    setIds([]);
  };
  return (
    <ProductRow
      title="Recently viewed"
      products={products}
      action={
        <button type="button" className="link shrink-0 py-2 text-sm" onClick={forget}>
          Clear<span className="sr-only"> recently viewed products</span>
        </button>
      }
    />
  );
}

/** The rows of the front page. */
export function HomeShelves() {
  return (
    <>
      <PopularShelf />
      <ViewedShelf />
    </>
  );
}

/** The rows of a product's page. */
export function ProductShelves({ product }: { product: string }) {
  return (
    <>
      <SimilarShelf product={product} />
      <ViewedShelf except={product} />
    </>
  );
}
