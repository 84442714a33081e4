import { Link } from '@tanstack/react-router';
import type { AdminOrder, OrderAddress } from '@/api/types';
import { addressLines } from '@/lib/address-lines';
import { formatDay } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { invoicePath } from '../api/documents';
import { wordsOf } from '../words';
import { Section } from './section';
import { DocumentButton } from './step-buttons';

/** Who bought, and where it goes. */
export function OrderCustomer({ order }: { order: AdminOrder }) {
  return (
    <Section title="Customer">
      <div className="space-y-4 text-sm">
        <p>
          <Link to="/admin/orders" search={{ q: order.email }} className="link break-all">
            {order.email}
          </Link>
          <span className="block text-muted">{order.customer_id === null ? 'Guest' : 'With an account'}</span>
        </p>
        <Block title="Delivery" address={order.shipping_address} />
        <Block title="Billing" address={order.billing_address} same={order.shipping_address} />
        <div>
          <h3 className="text-sm">Shipping</h3>
          <p className="text-muted">{order.shipping_method.name}</p>
        </div>
      </div>
    </Section>
  );
}

function Block({ title, address, same }: { title: string; address: OrderAddress; same?: OrderAddress }) {
  const lines = addressLines(address);
  const equal = same !== undefined && lines.join('\n') === addressLines(same).join('\n');
  return (
    <div>
      <h3 className="text-sm">{title}</h3>
      {equal ? (
        <p className="text-muted">Same as delivery</p>
      ) : (
        <address className="text-muted not-italic">
          {lines.map((line) => (
            <span key={line} className="block">
              {line}
            </span>
          ))}
        </address>
      )}
    </div>
  );
}

/** Invoices and credit notes. */
export function OrderDocuments({ order }: { order: AdminOrder }) {
  if (order.invoices.length === 0) return null;
  return (
    <Section title="Documents">
      <ul className="divide-y divide-line text-sm">
        {order.invoices.map(({ id, kind, number, total, issued_at }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5 first:pt-0 last:pb-0">
            <div className="min-w-0 flex-1">
              <p className="font-medium">{wordsOf(kind)}</p>
              <p className="tabular text-muted">
                {number}, {formatDay(issued_at)}, {formatMoney(total)}
              </p>
            </div>
            <DocumentButton path={invoicePath(order.id, id)} name={`${number}.pdf`}>
              PDF
            </DocumentButton>
          </li>
        ))}
      </ul>
    </Section>
  );
}
