import { cx } from '@/lib/cx';

/** A quiet stand-in with the box of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('block animate-shimmer rounded-sm bg-skeleton', className)} />;
}

/** Wraps a page's skeletons: readers hear one word instead of many boxes. */
export function Loading({ label, children, className }: { label: string; children: React.ReactNode; className?: string }) {
  return (
    <div role="status" className={className}>
      <span className="sr-only">{label}</span>
      {children}
    </div>
  );
}
