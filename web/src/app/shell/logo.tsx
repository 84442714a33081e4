/** The shop's mark and name. */
export function Logo() {
  return (
    <span className="flex items-center gap-2.5">
      <svg aria-hidden="true" viewBox="0 0 32 32" className="size-8">
        <rect width="32" height="32" rx="9" className="fill-brand" />
        <path d="M8 10h16M16 10v14" className="stroke-brand-ink" strokeWidth="3.6" strokeLinecap="round" fill="none" />
        <circle cx="23.4" cy="22.6" r="2.6" className="fill-spark" />
      </svg>
      <span className="text-xl font-semibold tracking-[-0.03em]">TechMart</span>
    </span>
  );
}
