import type { OrderClaim, OrderReturn, Refund, Shipment } from '@/api/types';

/** Which form is open beside an order, and what it is about. Parts are named by id, so that a form shows them as they are now. */
export type OrderForm =
  | { kind: 'ship' | 'refund' | 'cancel' | 'hold' | 'release' | 'capture' | 'open_return' | 'open_claim' }
  | { kind: 'shipment'; step: 'edit' | 'lose' | 'cancel'; id: Shipment['id'] }
  | { kind: 'refund_step'; step: 'approve' | 'deny' | 'retry' | 'abandon'; id: Refund['id'] }
  | { kind: 'return_step'; step: 'approve' | 'reject' | 'receive' | 'cancel' | 'close'; id: OrderReturn['id'] }
  | { kind: 'claim_step'; step: 'approve' | 'deny'; id: OrderClaim['id'] };

export type OpenForm = (form: OrderForm) => void;
