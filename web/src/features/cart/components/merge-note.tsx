import type { Cart } from '@/api/types';
import { Button } from '@/ui/button';

type Cut = NonNullable<Cart['merge']>;

const REASONS: Record<string, string> = {
  insufficient_stock: 'there are not more in stock',
  out_of_stock: 'it is sold out',
  unavailable: 'it is no longer sold',
  max_per_order: 'one order may not hold more',
  limit: 'one order may not hold more',
};

/** Says what of a guest's cart could not be taken over whole, before the person goes on. */
export function MergeNote({ cut, onContinue }: { cut: Cut; onContinue: () => void }) {
  return (
    <div role="status">
      <p>Your carts are now one. This could not be kept whole:</p>
      <ul className="my-4 list-disc space-y-1.5 pl-5">
        {cut.map(({ variant_id, title, requested, kept, reason }) => (
          <li key={variant_id}>
            <span className="font-medium">{title}</span>: {kept === 0 ? 'left out' : `${kept} instead of ${requested}`}, because {REASONS[reason] ?? 'the shop had to limit it'}.
          </li>
        ))}
      </ul>
      <Button size="lg" className="w-full" onClick={onContinue}>
        Continue
      </Button>
    </div>
  );
}
