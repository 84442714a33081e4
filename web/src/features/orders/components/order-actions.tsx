import { lazy, Suspense, useState } from 'react';
import type { Order } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { Button } from '@/ui/button';
import { Drawer } from '@/ui/dialog';
import { Skeleton } from '@/ui/skeleton';

const CancelForm = lazy(async () => ({ default: (await import('./cancel-form')).CancelForm }));
const ReturnForm = lazy(async () => ({ default: (await import('./return-form')).ReturnForm }));

type Open = 'cancel' | 'return' | null;

/** What the shopper may do with the order now; nothing where there is nothing. */
export function OrderActions({ order }: { order: Order }) {
  const [open, setOpen] = useState<Open>(null);
  const { cancellable_until: until, returnable } = order.allowed;
  const close = () => setOpen(null);
  return (
    <>
      {(until || returnable.length > 0) && (
        <div className="mb-6 flex flex-wrap items-center gap-3">
          {returnable.length > 0 && (
            <Button look="secondary" onClick={() => setOpen('return')}>
              Return or exchange
            </Button>
          )}
          {until && (
            <>
              <Button look="secondary" onClick={() => setOpen('cancel')}>
                Cancel the order
              </Button>
              <p className="text-sm text-muted">Possible until {formatMoment(until)}, as long as it is not being packed.</p>
            </>
          )}
        </div>
      )}
      <Drawer open={open !== null} onClose={close} title={open === 'return' ? 'Return or exchange' : 'Cancel the order'}>
        <Suspense fallback={<Skeleton className="h-48" />}>
          {open === 'cancel' && <CancelForm order={order} onDone={close} />}
          {open === 'return' && <ReturnForm order={order} onDone={close} />}
        </Suspense>
      </Drawer>
    </>
  );
}
