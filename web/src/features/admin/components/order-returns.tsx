import type { AdminOrder } from '@/api/types';
import { formatMoment } from '@/lib/dates';
import { Button } from '@/ui/button';
import type { OpenForm } from '../order-form';
import { wordsOf } from '../words';
import { Section } from './section';
import { StateBadge } from './state-badge';
import { titleOf, UnitsText } from './units-text';

const RETURN_STEPS = { approve: 'Approve', receive: 'Receive', reject: 'Reject', cancel: 'Cancel', close: 'Close' } as const;
const HARSH = new Set(['reject', 'cancel', 'deny']);

/** Goods that come back. */
export function OrderReturns({ order, open }: { order: AdminOrder; open: OpenForm }) {
  if (order.returns.length === 0) return null;
  return (
    <Section title="Returns">
      <ul className="divide-y divide-line">
        {order.returns.map((back) => (
          <li key={back.id} className="space-y-2 py-3.5 first:pt-0 last:pb-0">
            <p className="flex flex-wrap items-center gap-2">
              <span className="font-medium">
                {wordsOf(back.kind)} {back.seq}
              </span>
              <StateBadge state={back.state} />
            </p>
            <ul className="tabular text-sm text-muted">
              {back.lines.map(({ line_id, quantity, reason, received, resellable, exchange_variant_id }) => (
                <li key={line_id}>
                  {quantity} × {titleOf(order, line_id)}: {wordsOf(reason).toLowerCase()}
                  {received > 0 && `, ${received} came, ${resellable} can be sold again`}
                  {exchange_variant_id !== null && ', another one wanted instead'}
                </li>
              ))}
            </ul>
            <p className="tabular text-sm text-muted">
              {back.comment !== null && `“${back.comment}” `}Opened by {back.opened_by}, {formatMoment(back.created_at)}
              {[back.carrier, back.tracking_number].some((text) => text !== null) && ` · ${[back.carrier, back.tracking_number].filter(Boolean).join(' ')}`}
            </p>
            {back.decision_reason !== null && <p className="text-sm">“{back.decision_reason}”</p>}
            <div className="flex flex-wrap gap-2 empty:hidden">
              {(['approve', 'receive', 'close', 'reject', 'cancel'] as const)
                .filter((step) => back.actions.includes(step))
                .map((step) => (
                  <Button key={step} look={HARSH.has(step) ? 'danger' : 'secondary'} size="sm" onClick={() => open({ kind: 'return_step', step, id: back.id })}>
                    {RETURN_STEPS[step]}
                  </Button>
                ))}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What went wrong with a parcel. */
export function OrderClaims({ order, open }: { order: AdminOrder; open: OpenForm }) {
  if (order.claims.length === 0) return null;
  return (
    <Section title="Claims">
      <ul className="divide-y divide-line">
        {order.claims.map((claim) => (
          <li key={claim.id} className="space-y-2 py-3.5 first:pt-0 last:pb-0">
            <p className="flex flex-wrap items-center gap-2">
              <span className="font-medium">
                Claim {claim.seq}: {wordsOf(claim.kind).toLowerCase()}
              </span>
              <StateBadge state={claim.state} />
              {claim.resolution !== null && <span className="text-sm text-muted">{wordsOf(claim.resolution)}</span>}
            </p>
            <UnitsText order={order} units={claim.lines} />
            <p className="tabular text-sm text-muted">
              {claim.description !== '' && `“${claim.description}” `}
              {formatMoment(claim.created_at)}
            </p>
            {claim.decision_reason !== null && <p className="text-sm">“{claim.decision_reason}”</p>}
            <div className="flex flex-wrap gap-2 empty:hidden">
              {(['approve', 'deny'] as const)
                .filter((step) => claim.actions.includes(step))
                .map((step) => (
                  <Button key={step} look={HARSH.has(step) ? 'danger' : 'secondary'} size="sm" onClick={() => open({ kind: 'claim_step', step, id: claim.id })}>
                    {wordsOf(step)}
                  </Button>
                ))}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
