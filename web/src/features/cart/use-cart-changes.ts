import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, messageOf } from '@/api/errors';
import type { Cart } from '@/api/types';
import { toast } from '@/ui/toast';
import { CART_KEY } from './api/cart';
import { addLine, setQuantity } from './api/cart-changes';
import { openDrawer } from './drawer-state';
import { withQuantity } from './optimistic';

const MUTATION = ['cart', 'change'] as const;
/** Changes of the cart run one after another, so that the last wish wins. */
const scope = { id: 'cart' };

/** True while the server has not answered every change; totals are then shown as "updating". */
export function useCartPending(): boolean {
  return useIsMutating({ mutationKey: MUTATION }) > 0;
}

/** Why a line cannot be as the visitor wanted it, in words. */
function refusal(error: unknown): string {
  if (error instanceof ApiError && (error.code === 'out_of_stock' || error.code === 'insufficient_stock')) {
    const available = error.body['available'];
    if (typeof available === 'number' && available > 0) return `Only ${available} can be ordered right now.`;
    return 'This product is sold out.';
  }
  return messageOf(error);
}

export function useAddToCart() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: MUTATION,
    scope,
    mutationFn: ({ variantId, quantity }: { variantId: string; quantity: number }) => addLine(client, variantId, quantity),
    onSuccess: (cart) => {
      client.setQueryData(CART_KEY, cart);
      openDrawer();
    },
    onError: (error) => {
      toast(refusal(error), 'danger');
      void client.invalidateQueries({ queryKey: CART_KEY });
    },
  });
}

type Change = { cart: Cart; lineId: string; quantity: number };

/** Changes a line at once on screen; a refusal puts back what the server last said, with its words. */
export function useSetQuantity() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: MUTATION,
    scope,
    mutationFn: ({ cart, lineId, quantity }: Change) => setQuantity(cart.id, lineId, quantity),
    onMutate: async ({ lineId, quantity }) => {
      await client.cancelQueries({ queryKey: CART_KEY });
      const before = client.getQueryData<Cart | null>(CART_KEY) ?? null;
      client.setQueryData<Cart | null>(CART_KEY, (cart) => (cart ? withQuantity(cart, lineId, quantity) : cart));
      return { before };
    },
    onSuccess: (cart) => {
      // While later changes wait, their optimistic picture stays; the last answer settles it.
      if (client.isMutating({ mutationKey: MUTATION }) === 1) client.setQueryData(CART_KEY, cart);
    },
    onError: (error, _change, context) => {
      if (context) client.setQueryData(CART_KEY, context.before);
      toast(refusal(error), 'danger');
      void client.invalidateQueries({ queryKey: CART_KEY });
    },
  });
}
