import { useState, type ReactNode } from 'react';
import type { AdminOrder } from '@/api/types';
import { TextField } from '@/ui/field';
import { useChange, type Change } from '../use-change';
import { ActionDrawer } from './action-drawer';

type Props = {
  order: AdminOrder;
  title: string;
  submit: string;
  onClose: () => void;
  change: (reason: string) => Change;
  hint?: string;
  /** Whether somebody has to say why, may, or is not asked. */
  reason?: 'required' | 'optional' | 'none';
  children?: ReactNode;
};

/** A change that needs nothing but somebody's decision, and mostly why. */
export function ReasonForm({ order, title, submit, onClose, change, hint, reason: asked = 'required', children }: Props) {
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useChange(order, onClose);
  const given = reason.trim();
  return (
    <ActionDrawer
      title={title}
      submit={submit}
      busy={isPending}
      error={error}
      onClose={onClose}
      disabled={asked === 'required' && given === ''}
      onSubmit={() => mutate(change(given))}
    >
      {children}
      {asked !== 'none' && (
        <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} hint={hint} optional={asked === 'optional'} />
      )}
      {asked === 'none' && hint && <p className="text-sm text-muted">{hint}</p>}
    </ActionDrawer>
  );
}
