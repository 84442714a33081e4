import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { messagesQuery, type Letter } from '@/features/admin/api/mailbox';
import { Listing } from '@/features/admin/components/listing';
import { MessageView } from '@/features/admin/components/message-view';
import { SearchForm } from '@/features/admin/components/search-form';
import { StateBadge } from '@/features/admin/components/state-badge';
import { cx } from '@/lib/cx';
import { formatMoment } from '@/lib/dates';
import { useTitle } from '@/lib/use-title';
import { PageHeading } from '@/ui/page';
import { Notice } from '@/ui/states';

const route = getRouteApi('/admin/mailbox');

/** Every message to customers and staff, sent or not. */
export function AdminMailboxPage() {
  useTitle('Mailbox', { index: false });
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(messagesQuery(search.recipient));
  const letters = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const { message } = search;
  const source = search.source === 'auth' ? 'auth' : 'orders';
  return (
    <>
      <PageHeading className="mb-5">Mailbox</PageHeading>
      <Delivery letters={letters} />
      <SearchForm label="Recipient" value={search.recipient} onSearch={(recipient) => void navigate({ search: { recipient } })} />
      <Listing query={query} name="messages" count={letters.length} empty="Nobody was written to yet, or nobody with exactly this address.">
        <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
          <ul aria-label="Messages" className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
            {letters.map((letter) => (
              <li key={`${letter.source}/${letter.id}`}>
                <LetterLink letter={letter} open={letter.id === message} recipient={search.recipient} />
              </li>
            ))}
          </ul>
          <div className={cx('max-xl:order-first xl:sticky xl:top-6', !message && 'max-xl:hidden')}>{message ? <MessageView key={message} source={source} id={message} /> : <p className="text-muted">Choose a message to read it.</p>}</div>
        </div>
      </Listing>
    </>
  );
}

function LetterLink({ letter, open, recipient }: { letter: Letter; open: boolean; recipient: string | undefined }) {
  return (
    <Link
      to="/admin/mailbox"
      search={{ recipient, source: letter.source, message: letter.id }}
      aria-current={open ? 'true' : undefined}
      className={cx('block px-4 py-3 text-sm -outline-offset-2', open ? 'bg-brand-soft' : 'hover:bg-sunken')}
    >
      <span className="flex items-start justify-between gap-3">
        <span className="min-w-0 flex-1 font-medium">{letter.subject}</span>
        <StateBadge state={letter.progress} />
      </span>
      <span className="mt-0.5 block truncate text-muted">{letter.recipient}</span>
      <span className="tabular block text-muted">{formatMoment(letter.created_at)}</span>
    </Link>
  );
}

/** Whether messages leave the house, as far as the newest show it. */
function Delivery({ letters }: { letters: readonly Letter[] }) {
  if (letters.length === 0) return null;
  const sends = letters.some(({ progress, attempts }) => progress === 'sent' || attempts > 0);
  return (
    <div className="mb-5 max-w-3xl">
      {sends ? (
        <Notice live="off" title="A mail server is configured">
          <p>Messages leave through it. Here you see what was written and what became of it.</p>
        </Notice>
      ) : (
        <Notice live="off" title="No message has left yet">
          <p>As long as no mail server is configured, messages stay here and can be read here.</p>
        </Notice>
      )}
    </div>
  );
}
