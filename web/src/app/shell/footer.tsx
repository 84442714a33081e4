import { Link } from '@tanstack/react-router';
import { Logo } from './logo';

export function Footer() {
  return (
    <footer className="mt-20 border-t border-line bg-sunken">
      <div className="page flex flex-wrap items-start justify-between gap-8 py-10">
        <div className="max-w-sm">
          <Logo />
          <p className="mt-3 text-sm text-muted">Electronics with clear specifications and live stock. Order as a guest or with an account.</p>
        </div>
        <nav aria-label="Your shop" className="text-sm">
          <ul className="flex flex-wrap gap-x-6 gap-y-1">
            <li>
              <Link to="/search" search={{}} className="inline-block py-2 hover:underline">
                All products
              </Link>
            </li>
            <li>
              <Link to="/cart" className="inline-block py-2 hover:underline">
                Cart
              </Link>
            </li>
            <li>
              <Link to="/account" className="inline-block py-2 hover:underline">
                Your orders
              </Link>
            </li>
          </ul>
        </nav>
      </div>
    </footer>
  );
}
