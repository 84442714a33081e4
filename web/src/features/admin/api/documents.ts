import { ApiError } from '@/api/errors';
import { sessionFetch } from '@/api/session';

/** Fetches a document that only the bearer of a token may read, and hands it to the browser under a name. */
export async function saveDocument(path: string, name: string): Promise<void> {
  const response = await sessionFetch(new Request(new URL(path, globalThis.location.origin)));
  if (!response.ok) {
    const problem: unknown = await response.json().catch(() => ({}));
    throw new ApiError(response.status, typeof problem === 'object' && problem !== null ? { ...problem } : {});
  }
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const invoicePath = (order: string, invoice: string) => `/api/v1/admin/orders/${order}/invoices/${invoice}.pdf`;
export const packingSlipPath = (order: string, shipment: string) => `/api/v1/admin/orders/${order}/shipments/${shipment}/packing-slip.pdf`;
