import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import type { ClaimKind, Money, RefundDestination, Resolution, ReturnReason } from '@/api/types';
import type { Change } from '../use-change';

/** Every change of an order: what it needs, and the request that asks for it. */
type Units = { line_id: string; quantity: number };

export const hold = (id: string, reason: string): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/hold', { params: { path: { id }, header }, body: { reason } }));

export const release = (id: string, reason: string): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/release', { params: { path: { id }, header }, body: reason === '' ? {} : { reason } }));

export const cancel = (id: string, body: { reason: string; lines?: Units[]; refund_shipping?: boolean; return_coupon?: boolean }): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/cancel', { params: { path: { id }, header }, body }));

export const capture = (id: string): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/capture', { params: { path: { id }, header }, body: {} }));

export const note = (id: string, body: string): Change => async () =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/notes', { params: { path: { id } }, body: { body } }));

export type Parcel = Tracking & { lines: Units[]; ship: boolean };
export const planShipment = (id: string, body: Parcel): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/shipments', { params: { path: { id }, header }, body }));

export type Tracking = { carrier?: string; tracking_number?: string; tracking_url?: string };
export const editShipment = (id: string, shipment_id: string, body: Tracking): Change => async (header) =>
  unwrap(await api.PATCH('/api/v1/admin/orders/{id}/shipments/{shipment_id}', { params: { path: { id, shipment_id }, header }, body }));

export type ShipmentStep = 'pick' | 'ship' | 'deliver' | 'lose' | 'cancel';
export const moveShipment = (id: string, shipment_id: string, step: ShipmentStep): Change => async (header) => {
  const params = { path: { id, shipment_id }, header };
  switch (step) {
    case 'pick':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/shipments/{shipment_id}/pick', { params }));
    case 'ship':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/shipments/{shipment_id}/ship', { params, body: {} }));
    case 'deliver':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/shipments/{shipment_id}/deliver', { params }));
    case 'lose':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/shipments/{shipment_id}/lose', { params }));
    case 'cancel':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/shipments/{shipment_id}/cancel', { params }));
  }
};

/** What goes back of a line: units, an amount, or units with an amount in place of their share. */
export type RefundLineRequest = { line_id: string; quantity?: number; amount?: Money };
export type RefundRequest = { lines: RefundLineRequest[]; shipping?: Money; goodwill?: Money; destination: RefundDestination; reason: string };
export const refund = (id: string, body: RefundRequest): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/refunds', { params: { path: { id }, header }, body }));

export type RefundStep = 'approve' | 'retry' | 'deny' | 'abandon';
export const moveRefund = (id: string, refund_id: string, step: RefundStep, reason: string): Change => async (header) => {
  const params = { path: { id, refund_id }, header };
  switch (step) {
    case 'approve':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/refunds/{refund_id}/approve', { params }));
    case 'retry':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/refunds/{refund_id}/retry', { params }));
    case 'deny':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/refunds/{refund_id}/deny', { params, body: { reason } }));
    case 'abandon':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/refunds/{refund_id}/abandon', { params, body: { reason } }));
  }
};

export type NewReturn = { kind: 'return'; lines: { line_id: string; quantity: number; reason: ReturnReason }[]; comment?: string };
export const openReturn = (id: string, body: NewReturn): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/returns', { params: { path: { id }, header }, body }));

export const decideReturn = (id: string, return_id: string, step: 'approve' | 'reject' | 'cancel' | 'close', reason: string): Change => async (header) => {
  const params = { path: { id, return_id }, header };
  switch (step) {
    case 'approve':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/returns/{return_id}/approve', { params }));
    case 'reject':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/returns/{return_id}/reject', { params, body: { reason } }));
    case 'cancel':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/returns/{return_id}/cancel', { params, body: { reason } }));
    case 'close':
      return unwrap(await api.POST('/api/v1/admin/orders/{id}/returns/{return_id}/close', { params, body: reason === '' ? {} : { reason } }));
  }
};

export type Received = { lines: { line_id: string; received: number; resellable: number }[]; refund: boolean; refund_shipping: boolean; exchange: boolean };
export const receiveReturn = (id: string, return_id: string, body: Received): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/returns/{return_id}/receive', { params: { path: { id, return_id }, header }, body }));

export const openClaim = (id: string, body: { kind: ClaimKind; lines: Units[]; description: string; shipment_id?: string }): Change => async (header) =>
  unwrap(await api.POST('/api/v1/admin/orders/{id}/claims', { params: { path: { id }, header }, body }));

export const decideClaim = (id: string, claim_id: string, decision: { resolution: Resolution; reason?: string } | { deny: string }): Change => async (header) => {
  const params = { path: { id, claim_id }, header };
  if ('deny' in decision) return unwrap(await api.POST('/api/v1/admin/orders/{id}/claims/{claim_id}/deny', { params, body: { reason: decision.deny } }));
  return unwrap(await api.POST('/api/v1/admin/orders/{id}/claims/{claim_id}/approve', { params, body: decision }));
};
