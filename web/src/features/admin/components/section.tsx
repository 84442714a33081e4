import { useId, type ReactNode } from 'react';

/** A titled part of a page, with what can be done in it at the right. */
export function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="rounded-lg border border-line bg-surface p-5">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 id={heading} className="text-lg">
          {title}
        </h2>
        {action}
      </div>
      {children}
    </section>
  );
}

/** Names and values below each other, values at the right. */
export function Facts({ rows }: { rows: readonly { name: string; value: ReactNode; strong?: boolean }[] }) {
  return (
    <dl className="tabular space-y-1.5 text-sm">
      {rows.map(({ name, value, strong }) => (
        <div key={name} className={strong ? 'flex justify-between gap-4 border-t border-line pt-2 font-semibold' : 'flex justify-between gap-4'}>
          <dt className={strong ? undefined : 'text-muted'}>{name}</dt>
          <dd className="min-w-0 text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
