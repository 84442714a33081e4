import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Address, Order } from '@/api/types';
import { addressLines } from '@/lib/address-lines';
import { formatMoment } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { taxLabel } from '@/lib/totals';
import { Art } from '@/ui/art';
import { Panel } from '@/ui/page';
import { Loading, Skeleton } from '@/ui/skeleton';
import { eventText, paymentText } from '../words';
import { Documents } from './documents';
import { OrderActions } from './order-actions';
import { Parcels, shownParcels } from './parcels';
import { Refunds } from './refunds';
import { Returns } from './returns';

/** Everything an order holds: products, parcels, money, addresses, what happened when. */
export function OrderView({ order }: { order: Order }) {
  return (
    <>
      <OrderActions order={order} />
      <div className="grid gap-6 lg:grid-cols-[1fr_22rem]">
        <div className="min-w-0 space-y-6">
          <Part title="Products">
            <Lines order={order} />
          </Part>
          {shownParcels(order).length > 0 && (
            <Part title="Parcels">
              <Parcels order={order} />
            </Part>
          )}
          {order.returns.length > 0 && (
            <Part title="Returns">
              <Returns order={order} />
            </Part>
          )}
          {order.timeline.length > 0 && (
            <Part title="What happened">
              <Timeline order={order} />
            </Part>
          )}
        </div>
        <div className="min-w-0 space-y-6">
          <Part title="Summary">
            <Money order={order} />
          </Part>
          {order.refunds.length > 0 && (
            <Part title="Refunds">
              <Refunds order={order} />
            </Part>
          )}
          {order.invoices.length > 0 && (
            <Part title="Documents">
              <Documents order={order} />
            </Part>
          )}
          <Panel className="space-y-5 text-sm">
            <AddressBlock title="Delivery address" address={order.shipping_address} />
            <AddressBlock title="Billing address" address={order.billing_address} same={order.shipping_address} />
            <Block title="Shipping">{order.shipping_method.name}</Block>
            <Block title="Payment">{paymentText(order.payment_state)}</Block>
            <Block title="Contact">{order.email}</Block>
          </Panel>
        </div>
      </div>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Panel>
      <h2 className="mb-4 text-lg">{title}</h2>
      {children}
    </Panel>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h2 className="font-semibold">{title}</h2>
      <p className="mt-1 text-muted">{children}</p>
    </div>
  );
}

function Lines({ order }: { order: Order }) {
  return (
    <ul className="divide-y divide-line">
      {order.lines.map((line) => (
        <li key={line.id} className="flex gap-4 py-4 first:pt-0 last:pb-0">
          <Art media={line.image} decorative className="size-20 shrink-0 rounded-md border border-line" />
          <div className="min-w-0 flex-1">
            <p className="leading-snug font-medium">
              <Link to="/p/$slug" params={{ slug: line.slug }} className="hover:underline">
                {line.title}
              </Link>
            </p>
            {line.variant_title && line.variant_title !== line.title && <p className="mt-0.5 text-sm text-muted">{line.variant_title}</p>}
            <p className="tabular mt-0.5 text-sm text-muted">
              {line.quantity} × {formatMoney(line.unit_price)}
            </p>
          </div>
          <p className="tabular font-semibold">{formatMoney({ ...line.unit_price, amount: line.unit_price.amount * line.quantity })}</p>
        </li>
      ))}
    </ul>
  );
}

function Money({ order }: { order: Order }) {
  const { subtotal, discount, shipping, tax, total } = order.totals;
  const rows = [
    { name: 'Subtotal', value: formatMoney(subtotal) },
    ...(discount.amount > 0 ? [{ name: order.coupon ? `Discount (${order.coupon.code})` : 'Discount', value: `−${formatMoney(discount)}` }] : []),
    { name: 'Shipping', value: shipping ? (shipping.amount === 0 ? 'Free' : formatMoney(shipping)) : '–' },
    { name: taxLabel(order.totals), value: tax ? formatMoney(tax) : '–' },
  ];
  return (
    <dl className="tabular space-y-1.5 text-sm">
      {rows.map(({ name, value }) => (
        <div key={name} className="flex justify-between">
          <dt className="text-muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div className="flex items-baseline justify-between border-t border-line pt-2.5 text-base font-semibold">
        <dt>Total</dt>
        <dd className="text-xl">{formatMoney(total)}</dd>
      </div>
    </dl>
  );
}

function AddressBlock({ title, address, same }: { title: string; address: Address; same?: Address }) {
  const lines = addressLines(address);
  const equal = same !== undefined && lines.join('\n') === addressLines({ ...same, phone: address.phone ?? null }).join('\n');
  return (
    <div>
      <h2 className="font-semibold">{title}</h2>
      {equal ? (
        <p className="mt-1 text-muted">Same as the delivery address</p>
      ) : (
        <address className="mt-1 text-muted not-italic">
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

function Timeline({ order }: { order: Order }) {
  return (
    <ol className="relative ml-1.5 border-l-2 border-line">
      {order.timeline.map((entry) => (
        <li key={entry.seq} className="relative pb-5 pl-6 last:pb-0">
          <span aria-hidden="true" className="absolute top-1.5 -left-[7px] size-3 rounded-full border-2 border-surface bg-brand" />
          <p className="font-medium">{eventText(entry)}</p>
          <p className="tabular text-sm text-muted">
            <time dateTime={entry.at}>{formatMoment(entry.at)}</time>
          </p>
        </li>
      ))}
    </ol>
  );
}

export function OrderSkeleton() {
  return (
    <Loading label="Loading the order" className="grid gap-6 lg:grid-cols-[1fr_22rem]">
      <Skeleton className="h-72 rounded-lg" />
      <Skeleton className="h-72 rounded-lg" />
    </Loading>
  );
}
