import { getRouteApi } from '@tanstack/react-router';
import { LowStockList, ProductList } from '@/features/admin/components/stock-lists';
import { SearchForm } from '@/features/admin/components/search-form';
import { useTitle } from '@/lib/use-title';
import { PageHeading } from '@/ui/page';

const route = getRouteApi('/admin/stock');

/** Finds a variant to look at its units; without a search, what runs low. */
export function AdminStockPage() {
  useTitle('Stock', { index: false });
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHeading className="mb-5">Stock</PageHeading>
      <SearchForm label="Title, SKU or barcode" value={q} onSearch={(text) => void navigate({ search: { q: text } })} />
      {q === undefined ? <LowStockList /> : <ProductList key={q} q={q} />}
    </>
  );
}
