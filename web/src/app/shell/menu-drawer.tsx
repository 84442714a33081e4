import { Link } from '@tanstack/react-router';
import type { CategoryNode } from '@/api/types';
import { Drawer } from '@/ui/dialog';
import { ChevronRight } from '@/ui/icons';

export type MenuProps = { open: boolean; onClose: () => void; categories: readonly CategoryNode[] };

/** The categories on a phone. */
export function MenuDrawer({ open, onClose, categories }: MenuProps) {
  return (
    <Drawer open={open} onClose={onClose} title="Categories" side="left">
      <ul className="-mx-2">
        {categories.map(({ slug, name }) => (
          <li key={slug}>
            <Link
              to="/c/$slug"
              params={{ slug }}
              search={{}}
              onClick={onClose}
              className="flex min-h-12 items-center justify-between rounded-md px-3 font-medium hover:bg-sunken"
            >
              {name}
              <ChevronRight className="size-4 text-muted" />
            </Link>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
