import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { VariantStock } from '@/api/types';
import { adminProductQuery, locationsQuery, variantStockQuery } from '@/features/admin/api/stock';
import { MovementList } from '@/features/admin/components/movement-list';
import { Section } from '@/features/admin/components/section';
import { AdjustForm, TransferForm } from '@/features/admin/components/stock-forms';
import { LevelCells } from '@/features/admin/components/stock-lists';
import { Table } from '@/features/admin/components/table';
import { may } from '@/features/admin/permissions';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { Button } from '@/ui/button';
import { PageHeading } from '@/ui/page';
import { Loading, Skeleton } from '@/ui/skeleton';
import { ErrorState } from '@/ui/states';

const route = getRouteApi('/admin/stock/$variantId');
const end = (name: string) => ({ name, end: true });

/** A variant's units by place, and what happened to them. */
export function AdminVariantStockPage() {
  const { variantId } = route.useParams();
  const { product: productId } = route.useSearch();
  const stock = useQuery(variantStockQuery(variantId));
  const product = useQuery({ ...adminProductQuery(productId ?? ''), enabled: productId !== undefined });
  const session = useSession();
  const variant = product.data?.variants.find(({ id }) => id === variantId);
  const title = [product.data?.title, variant?.title].filter(Boolean).join(', ') || (stock.data?.sku ?? 'Variant');
  useTitle(`Stock of ${title}`, { index: false });
  const user = session.status === 'customer' ? session.user : null;
  return (
    <>
      <p className="mb-3 text-sm">
        <Link to="/admin/stock" search={product.data ? { q: product.data.title } : {}} className="link">
          Stock
        </Link>
      </p>
      <PageHeading className="mb-1">{title}</PageHeading>
      <p className="mb-6 text-sm text-muted">{stock.data?.sku ?? ''}</p>
      <div className="space-y-6">
        {stock.data ? (
          <Levels stock={stock.data} mayAdjust={user !== null && may(user, 'stock.adjust')} />
        ) : stock.error !== null ? (
          <ErrorState error={stock.error} onRetry={() => void stock.refetch()} />
        ) : (
          <Loading label="Loading the stock">
            <Skeleton className="h-40 rounded-lg" />
          </Loading>
        )}
        {stock.data && <MovementList variant={variantId} me={user?.id ?? ''} />}
      </div>
    </>
  );
}

function Levels({ stock, mayAdjust }: { stock: VariantStock; mayAdjust: boolean }) {
  const [form, setForm] = useState<'adjust' | 'transfer' | null>(null);
  const { data } = useQuery({ ...locationsQuery, enabled: mayAdjust });
  const places = data?.items ?? [];
  const close = () => setForm(null);
  return (
    <Section
      title="Units"
      action={
        mayAdjust &&
        places.length > 0 && (
          <span className="flex gap-2">
            <Button size="sm" onClick={() => setForm('adjust')}>
              Book units
            </Button>
            {places.length > 1 && (
              <Button size="sm" look="secondary" onClick={() => setForm('transfer')}>
                Move units
              </Button>
            )}
          </span>
        )
      }
    >
      {!stock.tracked && <p className="mb-3 text-sm text-muted">Its units are not counted: it can always be sold.</p>}
      <Table caption="Units by place" columns={['Place', end('On hand'), end('Reserved'), end('Sold'), end('Available'), end('Backorders')]}>
        {stock.locations.map(({ location, backorder_limit, ...level }) => (
          <tr key={location.id}>
            <th scope="row" className="py-2.5 pr-4 pl-4 text-left font-medium">
              {location.name}
            </th>
            <LevelCells level={{ backorder_limit, ...level }} />
            <td className="tabular py-2.5 pr-4 text-right">{backorder_limit}</td>
          </tr>
        ))}
        <tr className="bg-sunken/60 font-semibold">
          <th scope="row" className="py-2.5 pr-4 pl-4 text-left font-semibold">
            All places
          </th>
          <LevelCells level={stock.total} />
          <td className="tabular py-2.5 pr-4 text-right">{stock.total.backorder_limit}</td>
        </tr>
      </Table>
      {form === 'adjust' && <AdjustForm stock={stock} locations={places} onClose={close} />}
      {form === 'transfer' && <TransferForm stock={stock} locations={places} onClose={close} />}
    </Section>
  );
}
