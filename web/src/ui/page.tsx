import { useRef, useEffect, type ReactNode } from 'react';
import { cx } from '@/lib/cx';

/** A page's first heading. `data-page-heading` is where the focus goes after navigation. */
export function PageHeading({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <h1 tabIndex={-1} data-page-heading className={cx('text-2xl sm:text-3xl', className)}>
      {children}
    </h1>
  );
}

export function Panel({ children, className }: { children: ReactNode; className?: string }) {
  return <section className={cx('rounded-lg border border-line bg-surface p-5 sm:p-6', className)}>{children}</section>;
}

/** Calls `onSeen` with whether its own box is on screen; used to bring the header's search back. */
export function Sentinel({ onSeen }: { onSeen: (seen: boolean) => void }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    if (!box || !('IntersectionObserver' in globalThis)) return;
    const observer = new IntersectionObserver(([entry]) => onSeen(entry?.isIntersecting ?? false), { rootMargin: '-64px 0px 0px' });
    observer.observe(box);
    return () => observer.disconnect();
  }, [onSeen]);
  return <div ref={ref} aria-hidden="true" className="h-px" />;
}
