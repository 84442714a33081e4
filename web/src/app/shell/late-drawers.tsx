import { lazy, Suspense, useEffect, useState } from 'react';
import { useDrawerOpen } from '@/features/cart/drawer-state';
import type { MenuProps } from './menu-drawer';

/** The drawers' code is not part of the first load; it comes while the browser is idle, or when one is opened. */
const loadCart = () => import('@/features/cart/components/cart-drawer');
const loadMenu = () => import('./menu-drawer');
const CartDrawer = lazy(() => loadCart().then((module) => ({ default: module.CartDrawer })));
const MenuDrawer = lazy(() => loadMenu().then((module) => ({ default: module.MenuDrawer })));

const IDLE_AFTER_MS = 2500;

/** True from the first time `wanted` is. */
function useOnce(wanted: boolean): boolean {
  const [seen, setSeen] = useState(wanted);
  if (wanted && !seen) setSeen(true);
  return seen || wanted;
}

export function LateCartDrawer() {
  const needed = useOnce(useDrawerOpen());
  useEffect(() => {
    // A failed load is tried again when a drawer is opened.
    const timer = setTimeout(() => void Promise.all([loadCart(), loadMenu()]).catch(() => undefined), IDLE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return <Suspense fallback={null}>{needed && <CartDrawer />}</Suspense>;
}

export function LateMenuDrawer(props: MenuProps) {
  const needed = useOnce(props.open);
  return <Suspense fallback={null}>{needed && <MenuDrawer {...props} />}</Suspense>;
}
