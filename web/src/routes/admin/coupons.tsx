import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { couponsQuery } from '@/features/admin/api/coupons';
import { CouponForm } from '@/features/admin/components/coupon-form';
import { CouponTable } from '@/features/admin/components/coupon-table';
import { Listing } from '@/features/admin/components/listing';
import { SearchForm } from '@/features/admin/components/search-form';
import { SHOP_CURRENCY } from '@/features/admin/currency';
import { may } from '@/features/admin/permissions';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { Button } from '@/ui/button';
import { SelectField } from '@/ui/field';
import { PageHeading } from '@/ui/page';

const route = getRouteApi('/admin/coupons');

/** Coupons: what they take off, how often they were used, and making new ones. */
export function AdminCouponsPage() {
  useTitle('Coupons', { index: false });
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const session = useSession();
  const query = useInfiniteQuery(couponsQuery(search));
  const [form, setForm] = useState<{ id: string | null } | null>(null);
  const coupons = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const mayWrite = session.status === 'customer' && may(session.user, 'coupons.write');
  const edited = coupons.find(({ id }) => id === form?.id) ?? null;
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <PageHeading>Coupons</PageHeading>
        {mayWrite && <Button onClick={() => setForm({ id: null })}>New coupon</Button>}
      </div>
      <SearchForm label="Code or description" value={search.q} onSearch={(q) => void navigate({ search: { ...search, q } })}>
        <div className="w-48">
          <SelectField label="State" value={search.state ?? ''} onChange={(event) => void navigate({ search: { ...search, state: event.target.value || undefined } })}>
            <option value="">Any</option>
            <option value="active">Active</option>
            <option value="disabled">Disabled</option>
          </SelectField>
        </div>
      </SearchForm>
      <Listing query={query} name="coupons" count={coupons.length} empty={search.q || search.state ? 'No coupon fits these filters.' : 'Nobody has made one yet.'}>
        <CouponTable coupons={coupons} mayWrite={mayWrite} onEdit={({ id }) => setForm({ id })} />
      </Listing>
      {form !== null && <CouponForm coupon={edited} currency={SHOP_CURRENCY} onClose={() => setForm(null)} />}
    </>
  );
}
