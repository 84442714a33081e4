import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';

type Column = string | { name: string; end?: boolean; hidden?: boolean };

/** A table that scrolls sideways where the screen is narrow. The caption names it for readers. */
export function Table({ caption, columns, children }: { caption: string; columns: readonly Column[]; children: ReactNode }) {
  return (
    // A region that scrolls has to be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="region" aria-label={caption} tabIndex={0} className="scrollbar-thin overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-b border-line text-left text-muted">
          <tr>
            {columns.map((column) => {
              const { name, end = false, hidden = false } = typeof column === 'string' ? { name: column } : column;
              return (
                <th key={name} scope="col" className={cx('py-2.5 pr-4 font-medium whitespace-nowrap first:pl-4', end && 'text-right')}>
                  {hidden ? <span className="sr-only">{name}</span> : name}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}
