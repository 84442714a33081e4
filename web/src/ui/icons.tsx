import type { ReactNode } from 'react';

/** Line icons on a 24 px grid; always beside words or inside a labelled control, so hidden from readers. */
export function icon(body: ReactNode) {
  return function Icon({ className = 'size-5' }: { className?: string }) {
    return (
      <svg
        aria-hidden="true"
        focusable="false"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
        className={className}
      >
        {body}
      </svg>
    );
  };
}

export const SearchIcon = icon(<path d="m20 20-4.3-4.3M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z" />);
export const BagIcon = icon(<path d="M5.5 8h13l1 12.5h-15L5.5 8ZM9 10.500V7a3 3 0 0 1 6 0v3.5" />);
export const UserIcon = icon(<path d="M4.5 20.5c.8-3.8 3.7-6 7.5-6s6.7 2.2 7.5 6M16 7.500a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z" />);
export const SunIcon = icon(
  <path d="M12 3v1.500M12 19.500V21M4.2 4.200l1.1 1.100M18.7 18.700l1.1 1.100M3 12h1.500M19.5 12H21M4.2 19.800l1.1-1.100M18.7 5.300l1.1-1.100M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z" />,
);
export const MoonIcon = icon(<path d="M20 14.200A8.2 8.2 0 0 1 9.8 4 8.2 8.2 0 1 0 20 14.200Z" />);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.500L19 7.5" />);
export const ChevronRight = icon(<path d="m9.5 5.5 6.5 6.5-6.5 6.5" />);
export const ChevronDown = icon(<path d="m5.5 9 6.5 6.500L18.5 9" />);
export const ArrowRight = icon(<path d="M4.5 12h15M13 5.500l6.5 6.5-6.5 6.5" />);
export const MenuIcon = icon(<path d="M4 7h16M4 12h16M4 17h16" />);
export const FilterIcon = icon(<path d="M4 7h9M17 7h3M4 17h3M11 17h9M17 7a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM11 17a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z" />);
export const AlertIcon = icon(<path d="M12 8v5M12 16.500v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z" />);
export const LockIcon = icon(<path d="M6 10.500h12v9.500H6v-9.500ZM8.5 10.500V7.500a3.5 3.5 0 0 1 7 0v3" />);
export const TruckIcon = icon(
  <path d="M3 6h11v11H3V6ZM14 10h4l3 3.500V17h-7v-7ZM9 17.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM19 17.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z" />,
);
export const TrashIcon = icon(<path d="M4.5 7h15M9.5 7V4.500h5V7M6.5 7l.8 13h9.400l.8-13M10 11v5.500M14 11v5.5" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const MinusIcon = icon(<path d="M5 12h14" />);
export const OfflineIcon = icon(<path d="M4 4l16 16M8.5 15.500a5 5 0 0 1 5.3-1.100M5.5 12a9 9 0 0 1 4-2.300M2.5 8.800a13 13 0 0 1 4.3-2.700M18.5 12a9 9 0 0 0-3.5-2.200M21.5 8.800A13.5 13.5 0 0 0 11 5.300M12 19v.01" />);
