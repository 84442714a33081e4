import type { User } from '@/api/types';

/** The pages of the back office, and the permission that each needs. */
export const NAVIGATION = [
  { to: '/admin/orders', name: 'Orders', permission: 'orders.read' },
  { to: '/admin/stock', name: 'Stock', permission: 'catalog.read' },
  { to: '/admin/search', name: 'Search', permission: 'search.read' },
  { to: '/admin/coupons', name: 'Coupons', permission: 'coupons.read' },
  { to: '/admin/gift-cards', name: 'Gift cards', permission: 'giftcards.write' },
  { to: '/admin/mailbox', name: 'Mailbox', permission: 'mailbox.read' },
  { to: '/admin/webhooks', name: 'Webhooks', permission: 'webhooks.write' },
  { to: '/admin/audit', name: 'Audit log', permission: 'audit.read' },
] as const;

/** Whether a member of staff holds a permission; `*` is all of them. The services have the last word. */
export function may(user: User, permission: string): boolean {
  const held = user.permissions ?? [];
  return held.includes('*') || held.includes(permission);
}
