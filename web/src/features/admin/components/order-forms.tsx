import type { AdminOrder } from '@/api/types';
import { formatMoney } from '@/lib/money';
import { capture, decideClaim, decideReturn, hold, moveRefund, moveShipment, release } from '../api/changes';
import type { OrderForm } from '../order-form';
import { CancelForm } from './cancel-form';
import { ApproveClaimForm, OpenClaimForm } from './claim-forms';
import { ReasonForm } from './reason-form';
import { RefundForm } from './refund-form';
import { OpenReturnForm, ReceiveReturnForm } from './return-forms';
import { ShipForm, TrackingForm } from './ship-form';

type Props = { order: AdminOrder; form: OrderForm; onClose: () => void };
type Of<K extends OrderForm['kind']> = { order: AdminOrder; onClose: () => void; form: Extract<OrderForm, { kind: K }> };

/** The form that is open beside an order. */
export function OrderForms({ order, form, onClose }: Props) {
  const shared = { order, onClose };
  switch (form.kind) {
    case 'ship':
      return <ShipForm {...shared} />;
    case 'refund':
      return <RefundForm {...shared} />;
    case 'cancel':
      return <CancelForm {...shared} />;
    case 'hold':
      return <ReasonForm {...shared} title="Hold the order" submit="Hold" hint="Nothing ships while it is held." change={(reason) => hold(order.id, reason)} />;
    case 'release':
      return <ReasonForm {...shared} title="Release the order" submit="Release" reason="optional" change={(reason) => release(order.id, reason)} />;
    case 'capture':
      return (
        <ReasonForm {...shared} title="Take the payment" submit="Take the payment" reason="none" change={() => capture(order.id)} hint={`${formatMoney(order.authorized)} is held on the card. Taking it cannot be undone; it can be refunded.`} />
      );
    case 'open_return':
      return <OpenReturnForm {...shared} />;
    case 'open_claim':
      return <OpenClaimForm {...shared} />;
    case 'shipment':
      return <ShipmentForm {...shared} form={form} />;
    case 'refund_step':
      return <RefundStepForm {...shared} form={form} />;
    case 'return_step':
      return <ReturnStepForm {...shared} form={form} />;
    case 'claim_step':
      return <ClaimStepForm {...shared} form={form} />;
  }
}

function ShipmentForm({ form, ...shared }: Of<'shipment'>) {
  const { order } = shared;
  const shipment = order.shipments.find(({ id }) => id === form.id);
  if (!shipment) return null;
  if (form.step === 'edit') return <TrackingForm {...shared} shipment={shipment} />;
  const lost = form.step === 'lose';
  return (
    <ReasonForm
      {...shared}
      title={lost ? `Shipment ${shipment.seq} is lost` : `Cancel shipment ${shipment.seq}`}
      submit={lost ? 'It is lost' : 'Cancel the shipment'}
      reason="none"
      hint={lost ? 'This cannot be undone. Its units can then be refunded, or sent again by a claim.' : 'Its units can be put on another shipment.'}
      change={() => moveShipment(order.id, shipment.id, form.step === 'lose' ? 'lose' : 'cancel')}
    />
  );
}

const REFUND_STEPS = {
  approve: { title: 'Approve refund', submit: 'Approve', reason: 'none', hint: 'The money goes back at once.' },
  deny: { title: 'Deny refund', submit: 'Deny', reason: 'required', hint: 'Nothing goes back.' },
  retry: { title: 'Try refund again', submit: 'Try again', reason: 'none', hint: 'The payment provider is asked again. It is never paid twice.' },
  abandon: { title: 'Give up refund', submit: 'Give it up', reason: 'required', hint: 'What was to go back is still owed and can be refunded another way.' },
} as const;

function RefundStepForm({ form, ...shared }: Of<'refund_step'>) {
  const { order } = shared;
  const refund = order.refunds.find(({ id }) => id === form.id);
  if (!refund) return null;
  const { title, submit, reason, hint } = REFUND_STEPS[form.step];
  return (
    <ReasonForm {...shared} title={`${title} ${refund.seq}`} submit={submit} reason={reason} hint={hint} change={(why) => moveRefund(order.id, refund.id, form.step, why)}>
      <p>
        <span className="tabular font-semibold">{formatMoney(refund.amount)}</span> <span className="text-muted">“{refund.reason}”</span>
      </p>
    </ReasonForm>
  );
}

const RETURN_STEPS = {
  approve: { title: 'Approve return', submit: 'Approve', reason: 'none', hint: 'The customer is told to send it.' },
  reject: { title: 'Reject return', submit: 'Reject', reason: 'required', hint: 'The customer is told why.' },
  cancel: { title: 'Cancel return', submit: 'Cancel the return', reason: 'required', hint: 'Nothing is expected back any more.' },
  close: { title: 'Close return', submit: 'Close it', reason: 'optional', hint: 'What did not come is not expected any more.' },
} as const;

function ReturnStepForm({ form, ...shared }: Of<'return_step'>) {
  const { order } = shared;
  const back = order.returns.find(({ id }) => id === form.id);
  if (!back) return null;
  const { step } = form;
  if (step === 'receive') return <ReceiveReturnForm {...shared} back={back} />;
  const { title, submit, reason, hint } = RETURN_STEPS[step];
  return <ReasonForm {...shared} title={`${title} ${back.seq}`} submit={submit} reason={reason} hint={hint} change={(why) => decideReturn(order.id, back.id, step, why)} />;
}

function ClaimStepForm({ form, ...shared }: Of<'claim_step'>) {
  const { order } = shared;
  const claim = order.claims.find(({ id }) => id === form.id);
  if (!claim) return null;
  if (form.step === 'approve') return <ApproveClaimForm {...shared} claim={claim} />;
  return <ReasonForm {...shared} title={`Deny claim ${claim.seq}`} submit="Deny" change={(reason) => decideClaim(order.id, claim.id, { deny: reason })} />;
}
