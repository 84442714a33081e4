import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { openDrawer } from '@/features/cart/drawer-state';
import { useCart } from '@/features/cart/use-cart';
import { categoriesQuery, filled } from '@/features/catalog/api/catalog';
import { SearchBox } from '@/features/search/components/search-box';
import { cx } from '@/lib/cx';
import { useHeroSearch } from '@/lib/hero-search';
import { toggleTheme, useTheme } from '@/lib/theme';
import { useSession } from '@/lib/use-session';
import { IconButton } from '@/ui/button';
import { BagIcon, MenuIcon, MoonIcon, SunIcon, UserIcon } from '@/ui/icons';
import { LateMenuDrawer } from './late-drawers';
import { Logo } from './logo';

/** The bar at the top. On the front page its search steps back while the page's own large one is in view. */
export function Header() {
  const [menu, setMenu] = useState(false);
  const heroSearch = useHeroSearch();
  const { pathname, query } = useRouterState({
    select: ({ location }) => ({ pathname: location.pathname, query: (location.search as { q?: string }).q ?? '' }),
  });
  const checkout = pathname === '/checkout';
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-canvas">
      <div className="page flex min-h-16 flex-wrap items-center gap-x-2 md:flex-nowrap md:gap-x-6">
        {!checkout && (
          <IconButton label="Categories" className="-ml-2.5 lg:hidden" onClick={() => setMenu(true)}>
            <MenuIcon />
          </IconButton>
        )}
        <Link to="/" aria-label="TechMart, front page" className="rounded-sm py-2">
          <Logo />
        </Link>
        {!checkout && (
          <div className={cx('order-last mb-3 w-full md:order-none md:mb-0 md:max-w-2xl md:flex-1', heroSearch && 'md:invisible')}>
            {/* A new key refills the box when a search was made elsewhere. */}
            <SearchBox key={pathname === '/search' ? query : ''} initial={pathname === '/search' ? query : ''} />
          </div>
        )}
        <div className="-mr-2.5 ml-auto flex items-center md:gap-1">
          <ThemeButton />
          {!checkout && (
            <>
              <AccountLink />
              <CartButton />
            </>
          )}
        </div>
      </div>
      {!checkout && <Categories menu={menu} onMenu={setMenu} />}
    </header>
  );
}

function ThemeButton() {
  const theme = useTheme();
  return (
    <IconButton label={theme === 'dark' ? 'Use the light theme' : 'Use the dark theme'} onClick={toggleTheme}>
      {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </IconButton>
  );
}

function AccountLink() {
  const session = useSession();
  const known = session.status === 'customer';
  return (
    <Link
      to={known ? '/account' : '/sign-in'}
      aria-label={known ? `Your account, ${session.user.name}` : 'Sign in'}
      className="inline-flex size-11 items-center justify-center gap-2 rounded-md text-sm font-medium hover:bg-sunken lg:w-auto lg:px-3"
    >
      <UserIcon />
      <span className="hidden max-w-28 truncate lg:inline">{known ? session.user.name.split(' ')[0] : 'Sign in'}</span>
    </Link>
  );
}

function CartButton() {
  const { data: cart } = useCart();
  const count = cart?.item_count ?? 0;
  return (
    <button
      type="button"
      onClick={openDrawer}
      aria-label={`Cart, ${count} ${count === 1 ? 'item' : 'items'}`}
      className="relative inline-flex size-11 items-center justify-center gap-2 rounded-md text-sm font-medium hover:bg-sunken lg:w-auto lg:px-3"
    >
      <BagIcon />
      <span className="hidden lg:inline">Cart</span>
      {count > 0 && (
        // Drawn, not written: the button's name already says the number in words.
        <span
          data-count={count > 99 ? '99+' : count}
          className="tabular absolute top-1 left-6 grid h-4.5 min-w-4.5 place-items-center rounded-full bg-brand px-1 text-[0.6875rem] leading-none font-semibold text-brand-ink after:content-[attr(data-count)] lg:static lg:h-5.5 lg:min-w-5.5 lg:text-xs"
        />
      )}
    </button>
  );
}

/** How many categories stand in the bar; the rest is one press away. */
const IN_BAR = 7;
const IN_NARROW_BAR = 5;

function Categories({ menu, onMenu }: { menu: boolean; onMenu: (open: boolean) => void }) {
  const { data } = useQuery(categoriesQuery);
  const categories = filled(data ?? []);
  const item = 'inline-flex min-h-10 items-center gap-2 rounded-sm px-3 text-sm whitespace-nowrap';
  return (
    <>
      <nav aria-label="Categories" className="hidden border-t border-line lg:block">
        <ul className="page flex min-h-11 items-center gap-1">
          <li className="-ml-3">
            <button type="button" onClick={() => onMenu(true)} className={cx(item, 'font-medium hover:bg-sunken')}>
              <MenuIcon className="size-4.5" />
              All categories
            </button>
          </li>
          {categories.slice(0, IN_BAR).map(({ slug, name }, index) => (
            <li key={slug} className={index < IN_NARROW_BAR ? undefined : 'hidden xl:block'}>
              <Link
                to="/c/$slug"
                params={{ slug }}
                search={{}}
                activeOptions={{ includeSearch: false }}
                className={cx(item, 'text-muted hover:text-ink aria-[current]:font-medium aria-[current]:text-ink')}
              >
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <LateMenuDrawer open={menu} onClose={() => onMenu(false)} categories={categories} />
    </>
  );
}
