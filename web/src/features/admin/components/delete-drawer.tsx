import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { hasCode } from '@/api/errors';
import { ActionDrawer } from './action-drawer';

type Props = { title: string; children: ReactNode; onDelete: () => Promise<unknown>; onSettled: () => void; onClose: () => void };

/** Asks before something is deleted. What is gone already counts as deleted. */
export function DeleteDrawer({ title, children, onDelete, onSettled, onClose }: Props) {
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => onDelete().catch((cause: unknown) => (hasCode(cause, 'not_found') ? undefined : Promise.reject(cause))),
    onSuccess: onClose,
    onSettled,
  });
  return (
    <ActionDrawer title={title} submit="Delete" busy={isPending} error={error} onClose={onClose} onSubmit={() => mutate()}>
      {children}
    </ActionDrawer>
  );
}
