import { useEffect, useRef } from 'react';

/** After navigation the new page's heading takes the focus, so that readers begin there; not on the first page. `onMove` runs before. */
export function useHeadingFocus(pathname: string, onMove?: () => void): void {
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    onMove?.();
    const focusHeading = () => {
      const heading = document.querySelector<HTMLElement>('[data-page-heading]');
      heading?.focus({ preventScroll: true });
      return heading !== null;
    };
    if (focusHeading()) return;
    // The heading comes with the page's data.
    const observer = new MutationObserver(() => {
      if (focusHeading()) observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    const timer = setTimeout(() => observer.disconnect(), 3000);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [pathname, onMove]);
}
