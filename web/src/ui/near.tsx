import { useEffect, useRef, useState, type ReactNode } from 'react';

/** Shows its children once the reader comes near, so that what is far below costs nothing before. */
export function WhenNear({ children, className }: { children: ReactNode; className?: string }) {
  const ref = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const box = ref.current;
    if (!box || near) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setNear(true), { rootMargin: '400px 0px' });
    observer.observe(box);
    return () => observer.disconnect();
  }, [near]);
  return (
    <div ref={ref} className={className}>
      {near && children}
    </div>
  );
}
