import { useMutation } from '@tanstack/react-query';
import { messageOf } from '@/api/errors';
import type { Order, OrderInvoice } from '@/api/types';
import { formatDay } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { Button } from '@/ui/button';
import { FileIcon } from '@/ui/rare-icons';
import { toast } from '@/ui/toast';
import { fetchInvoice } from '../api/changes';

/** Hands a file to the browser's downloads. */
function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Invoices and credit notes, as files. */
export function Documents({ order }: { order: Order }) {
  return (
    <ul className="space-y-3">
      {order.invoices.map((invoice) => (
        <Document key={invoice.id} orderId={order.id} invoice={invoice} />
      ))}
    </ul>
  );
}

function Document({ orderId, invoice }: { orderId: string; invoice: OrderInvoice }) {
  const download = useMutation({
    mutationFn: () => fetchInvoice(orderId, invoice.id),
    onSuccess: (blob) => save(blob, `${invoice.number}.pdf`),
    onError: (error) => toast(`The document did not load. ${messageOf(error)}`, 'danger'),
  });
  return (
    <li className="flex items-center gap-3 text-sm">
      <FileIcon className="size-5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {invoice.kind === 'credit_note' ? 'Credit note' : 'Invoice'} <span className="tabular">{invoice.number}</span>
        </p>
        <p className="tabular text-muted">
          {formatDay(invoice.issued_at)} · {formatMoney(invoice.total)}
        </p>
      </div>
      <Button size="sm" look="secondary" busy={download.isPending} onClick={() => download.mutate()}>
        PDF<span className="sr-only"> of {invoice.number}</span>
      </Button>
    </li>
  );
}
