import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { OrderState } from '@/api/types';
import { adminOrdersQuery } from '@/features/admin/api/orders';
import { AttentionChips } from '@/features/admin/components/attention-chips';
import { Listing } from '@/features/admin/components/listing';
import { OrderTable } from '@/features/admin/components/order-table';
import { SearchForm } from '@/features/admin/components/search-form';
import { wordsOf } from '@/features/admin/words';
import { useTitle } from '@/lib/use-title';
import { SelectField } from '@/ui/field';
import { PageHeading } from '@/ui/page';

const STATES: readonly OrderState[] = ['pending', 'placed', 'on_hold', 'completed', 'cancelled', 'expired'];
const route = getRouteApi('/admin/orders');

/** All orders, the newest first, and what waits for staff. */
export function AdminOrdersPage() {
  useTitle('Orders', { index: false });
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(adminOrdersQuery(filter));
  const orders = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHeading className="mb-5">Orders</PageHeading>
      <AttentionChips active={filter.attention} />
      <SearchForm label="Order number or email" value={filter.q} onSearch={(q) => void navigate({ search: { ...filter, q } })}>
        <div className="w-48">
          <SelectField label="State" value={filter.state ?? ''} onChange={(event) => void navigate({ search: { ...filter, state: event.target.value || undefined } })}>
            <option value="">Any</option>
            {STATES.map((state) => (
              <option key={state} value={state}>
                {wordsOf(state)}
              </option>
            ))}
          </SelectField>
        </div>
      </SearchForm>
      <Listing query={query} name="orders" count={orders.length} empty="Nothing fits these filters. The whole number or address is looked for.">
        <OrderTable orders={orders} />
      </Listing>
    </>
  );
}
