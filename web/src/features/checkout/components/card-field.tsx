import { useEffect, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { useTheme } from '@/lib/theme';
import { Skeleton } from '@/ui/skeleton';
import { appearanceOf, cardStyle, type CardElement, type Provider } from '../payment-provider';

type Props = { provider: Provider; onElement: (card: CardElement | null) => void; error: string | null; onChange: (message: string | null) => void };

/** The provider's own card form in its frame. What is typed there never reaches the shop. */
export function CardField({ provider, onElement, error, onChange }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const card = useRef<CardElement | null>(null);
  const [ready, setReady] = useState(false);
  const theme = useTheme();
  const first = useRef(theme);
  useEffect(() => {
    const target = box.current;
    if (!target) return;
    const element = provider.elements({ appearance: appearanceOf(first.current) }).create('card', { style: cardStyle(), hidePostalCode: true });
    element.on('ready', () => setReady(true));
    element.on('change', (change) => onChange(change.error?.message ?? null));
    element.mount(target);
    card.current = element;
    onElement(element);
    return () => {
      onElement(null);
      card.current = null;
      element.destroy();
    };
  }, [provider, onElement, onChange]);
  useEffect(() => {
    card.current?.update({ style: cardStyle(), appearance: appearanceOf(theme) });
  }, [theme]);
  return (
    <div role="group" aria-labelledby="card-label" aria-describedby={error ? 'card-error' : undefined}>
      <p id="card-label" className="mb-1.5 text-sm font-medium">
        Card
      </p>
      <div className="relative">
        {!ready && <Skeleton className="absolute inset-0 rounded-md" />}
        <div ref={box} id="payment-card" className={cx('rounded-md border border-line bg-surface p-3', !ready && 'min-h-59')} />
      </div>
      {error && (
        <p id="card-error" role="alert" className="mt-1.5 text-sm text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
