import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { hasCode, messageOf } from '@/api/errors';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { CardIcon } from '@/ui/rare-icons';
import { Loading, Skeleton } from '@/ui/skeleton';
import { ErrorState } from '@/ui/states';
import { toast } from '@/ui/toast';
import { deleteSavedCard, savedCardsQuery } from '../api/tenders';
import { cardExpired, cardExpiry, cardName } from '../card-words';

/** The cards a customer may pay with again. */
export function SavedCards() {
  const client = useQueryClient();
  const box = useRef<HTMLDivElement>(null);
  const { data: cards, error, refetch } = useQuery(savedCardsQuery);
  const remove = useMutation({
    mutationFn: ({ id }: { id: string; name: string }) => deleteSavedCard(id),
    onSuccess: (_gone, { id, name }) => {
      client.setQueryData(savedCardsQuery.queryKey, (known) => known?.filter((card) => card.id !== id));
      toast(`${name} is deleted.`);
      box.current?.focus();
    },
    onError: (failure) => {
      if (hasCode(failure, 'not_found')) void refetch();
      else toast(`The card is still there. ${messageOf(failure)}`, 'danger');
    },
  });
  if (error && !cards) return <ErrorState error={error} title="Your cards did not load" onRetry={() => void refetch()} />;
  if (!cards) {
    return (
      <Loading label="Loading your cards">
        <Skeleton className="h-16 rounded-lg" />
      </Loading>
    );
  }
  return (
    <div ref={box} tabIndex={-1} className="focus:outline-none">
      {cards.length === 0 ? (
        <p className="text-muted">No card is saved. You can save one while you pay.</p>
      ) : (
        <ul aria-label="Saved cards" className="grid gap-3">
          {cards.map((card) => (
            <li key={card.id} className="flex items-center gap-4 rounded-lg border border-line bg-surface px-4 py-3">
              <CardIcon className="size-6 shrink-0 text-muted" />
              <div className="min-w-0 flex-1">
                <p className="font-medium">{cardName(card)}</p>
                <p className="tabular text-sm text-muted">{cardExpired(card) ? <Badge tone="warn">Expired</Badge> : `Expires ${cardExpiry(card)}`}</p>
              </div>
              <Button look="danger" size="sm" busy={remove.isPending && remove.variables.id === card.id} onClick={() => remove.mutate({ id: card.id, name: cardName(card) })}>
                Delete<span className="sr-only"> {cardName(card)}</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
