import { useState } from 'react';
import type { Variant } from '@/api/types';
import { Button } from '@/ui/button';
import { Stepper } from '@/ui/stepper';
import { useAddToCart } from '../use-cart-changes';

/** Quantity and the page's main button. A sold-out variant says why there is nothing to press. */
export function AddToCart({ variant, onAdded }: { variant: Variant; onAdded?: () => void }) {
  const add = useAddToCart();
  const [wanted, setWanted] = useState(1);
  const out = variant.availability === 'out';
  const max = Math.max(1, Math.min(variant.max_per_order, variant.availability === 'backorder' ? variant.max_per_order : variant.available_quantity || 1));
  const quantity = Math.min(wanted, max);
  return (
    <div className="flex flex-wrap gap-3">
      {!out && <Stepper value={quantity} max={max} label="Quantity" onChange={setWanted} />}
      <Button
        size="lg"
        className="min-w-44 flex-1"
        disabled={out}
        busy={add.isPending && !add.isPaused}
        onClick={() => add.mutate({ variantId: variant.id, quantity }, { onSuccess: () => (setWanted(1), onAdded?.()) })}
      >
        {out ? 'Sold out' : 'Add to cart'}
      </Button>
    </div>
  );
}
