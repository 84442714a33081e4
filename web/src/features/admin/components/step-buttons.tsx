import { useMutation } from '@tanstack/react-query';
import type { AdminOrder } from '@/api/types';
import { Button } from '@/ui/button';
import { saveDocument } from '../api/documents';
import { useChange, type Change } from '../use-change';
import { refusalOf } from '../words';

const nothing = () => {};

/** A change that one press makes; a refusal stays beside it. */
export function StepButton({ order, change, children }: { order: AdminOrder; change: Change; children: string }) {
  const { mutate, isPending, error } = useChange(order, nothing);
  return (
    <>
      <Button look="secondary" size="sm" busy={isPending} onClick={() => mutate(change)}>
        {children}
      </Button>
      <Refusal error={error} />
    </>
  );
}

/** Fetches a document and hands it to the browser. */
export function DocumentButton({ path, name, children }: { path: string; name: string; children: string }) {
  const { mutate, isPending, error } = useMutation({ mutationFn: () => saveDocument(path, name) });
  return (
    <>
      <Button look="secondary" size="sm" busy={isPending} onClick={() => mutate()}>
        {children}
      </Button>
      <Refusal error={error} />
    </>
  );
}

function Refusal({ error }: { error: unknown }) {
  if (error === null) return null;
  return (
    <p role="alert" className="order-last basis-full text-sm text-danger">
      {refusalOf(error).join(' ')}
    </p>
  );
}
