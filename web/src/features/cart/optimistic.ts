import type { Cart } from '@/api/types';

/**
 * The cart as it will look with another quantity of a line; zero takes the line out. Totals are left
 * as the server last said: they are its to compute, and are shown as "updating" meanwhile.
 */
export function withQuantity(cart: Cart, lineId: string, quantity: number): Cart {
  const lines = cart.lines
    .map((line) =>
      line.id === lineId ? { ...line, quantity, total: { ...line.total, amount: line.unit_price.amount * quantity } } : line,
    )
    .filter((line) => line.quantity > 0);
  return { ...cart, lines, item_count: lines.reduce((sum, line) => sum + line.quantity, 0) };
}
