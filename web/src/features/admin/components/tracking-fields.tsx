import { TextField } from '@/ui/field';
import type { Tracking } from '../api/changes';

export type TrackingInput = { carrier: string; number: string; url: string };
export const NO_TRACKING: TrackingInput = { carrier: '', number: '', url: '' };

/** Only what was filled in. */
export function trackingOf({ carrier, number, url }: TrackingInput): Tracking {
  const filled = { carrier: carrier.trim(), tracking_number: number.trim(), tracking_url: url.trim() };
  return Object.fromEntries(Object.entries(filled).filter(([, text]) => text !== ''));
}

export function isTrackingUrl(url: string): boolean {
  return url.trim() === '' || (url.trim().startsWith('https://') && URL.canParse(url.trim()));
}

/** Who carries a parcel, and how it can be followed. */
export function TrackingFields({ value, onChange }: { value: TrackingInput; onChange: (next: TrackingInput) => void }) {
  const set = (name: keyof TrackingInput) => (event: { target: { value: string } }) => onChange({ ...value, [name]: event.target.value });
  return (
    <>
      <TextField label="Carrier" value={value.carrier} onChange={set('carrier')} maxLength={200} optional />
      <TextField label="Tracking number" value={value.number} onChange={set('number')} maxLength={200} optional />
      <TextField
        label="Page of the carrier"
        type="url"
        value={value.url}
        onChange={set('url')}
        maxLength={2000}
        optional
        error={isTrackingUrl(value.url) ? undefined : 'Enter an address that begins with https://.'}
      />
    </>
  );
}
