import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { giftCardsQuery } from '@/features/admin/api/gift-cards';
import { IssueForm, SwitchForm } from '@/features/admin/components/gift-card-forms';
import { Listing } from '@/features/admin/components/listing';
import { SearchForm } from '@/features/admin/components/search-form';
import { StateBadge } from '@/features/admin/components/state-badge';
import { Table } from '@/features/admin/components/table';
import { SHOP_CURRENCY } from '@/features/admin/currency';
import { may } from '@/features/admin/permissions';
import { formatDay } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { useSession } from '@/lib/use-session';
import { useTitle } from '@/lib/use-title';
import { Button } from '@/ui/button';
import { PageHeading } from '@/ui/page';

const route = getRouteApi('/admin/gift-cards');

/** Gift cards: what is on them, issuing new ones, and stopping one that was stolen. */
export function AdminGiftCardsPage() {
  useTitle('Gift cards', { index: false });
  const { last4 } = route.useSearch();
  const navigate = route.useNavigate();
  const session = useSession();
  const query = useInfiniteQuery(giftCardsQuery(last4));
  const [form, setForm] = useState<{ id: string | null } | null>(null);
  const cards = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const mayWrite = session.status === 'customer' && may(session.user, 'giftcards.write');
  const chosen = cards.find(({ id }) => id === form?.id);
  const close = () => setForm(null);
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <PageHeading>Gift cards</PageHeading>
        {mayWrite && <Button onClick={() => setForm({ id: null })}>New gift card</Button>}
      </div>
      <SearchForm label="Last characters of the code" value={last4} onSearch={(text) => void navigate({ search: { last4: text } })} />
      <Listing query={query} name="gift cards" count={cards.length} empty={last4 ? 'No card ends like this.' : 'Nobody has issued one yet.'}>
        <Table caption="Gift cards" columns={['Card', { name: 'Balance', end: true }, 'Valid until', 'Issued', 'Note', 'State', ...(mayWrite ? [{ name: 'Actions', hidden: true }] : [])]}>
          {cards.map((card) => (
            <tr key={card.id}>
              <th scope="row" className="py-3 pr-4 pl-4 text-left font-mono font-medium whitespace-nowrap">
                …{card.last4}
              </th>
              <td className="tabular py-3 pr-4 text-right font-medium">{formatMoney(card.balance)}</td>
              <td className="tabular py-3 pr-4 whitespace-nowrap text-muted">{card.expires_at === null ? 'Always' : formatDay(card.expires_at)}</td>
              <td className="tabular py-3 pr-4 whitespace-nowrap text-muted">{formatDay(card.created_at)}</td>
              <td className="max-w-60 py-3 pr-4">{card.note}</td>
              <td className="py-3 pr-4">
                <StateBadge state={card.active ? 'active' : 'disabled'} />
              </td>
              {mayWrite && (
                <td className="py-2 pr-4 text-right">
                  <Button look={card.active ? 'danger' : 'secondary'} size="sm" aria-label={`${card.active ? 'Disable' : 'Enable'} card ${card.last4}`} onClick={() => setForm({ id: card.id })}>
                    {card.active ? 'Disable' : 'Enable'}
                  </Button>
                </td>
              )}
            </tr>
          ))}
        </Table>
      </Listing>
      {form?.id === null && <IssueForm currency={SHOP_CURRENCY} onClose={close} />}
      {chosen && <SwitchForm card={chosen} onClose={close} />}
    </>
  );
}
