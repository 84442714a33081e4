import { icon } from './icons';

/** Icons of parts that load late; the others come with every page. */
export const TagIcon = icon(<path d="M4 4.500h7.500L20 13l-7 7-8.500-8.500L4 4.500ZM8.500 8.500v.01" />);
export const GiftIcon = icon(<path d="M4 12h16v8.500H4V12ZM3 8h18v4H3V8ZM12 8v12.500M12 8S11 3.500 8.500 3.500a2 2 0 0 0 0 4.500H12ZM12 8s1-4.500 3.500-4.500a2 2 0 0 1 0 4.500H12Z" />);
export const CardIcon = icon(<path d="M3 6h18v12.500H3V6ZM3 10h18M6.5 15h4" />);
export const FileIcon = icon(<path d="M6 3.500h8l4.500 4.500v12.500H6V3.500ZM13.500 3.500V8.500h5M9 13h6M9 16.500h6" />);
export const ClockIcon = icon(<path d="M12 7v5l3.500 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z" />);
