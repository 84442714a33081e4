/** The part of the provider's browser library that the shop calls. Card data stays in its frame. */
type CardError = { message?: string; code?: string };
export type CardChange = { complete: boolean; error?: CardError };
type CardStyle = { base: Record<string, unknown>; invalid?: Record<string, unknown> };

type Appearance = { theme: 'stripe' | 'night' };

export type CardElement = {
  mount: (target: HTMLElement) => void;
  update: (options: { style: CardStyle; appearance: Appearance }) => void;
  focus: () => void;
  destroy: () => void;
  on: ((event: 'ready', listener: () => void) => void) & ((event: 'change', listener: (change: CardChange) => void) => void);
};

export type BillingDetails = {
  name: string;
  email: string;
  address: { line1: string; city: string; postal_code: string; country: string };
};

export type Provider = {
  elements: (options: { appearance: Appearance }) => { create: (type: 'card', options: { style: CardStyle; hidePostalCode: boolean }) => CardElement };
  createPaymentMethod: (input: {
    type: 'card';
    card: CardElement;
    billing_details: BillingDetails;
  }) => Promise<{ paymentMethod?: { id: string }; error?: CardError }>;
  /** Opens the bank's window over the page and comes back when it is closed, whatever was answered there. */
  handleNextAction: (input: { clientSecret: string }) => Promise<{ error?: CardError }>;
};

declare global {
  interface Window {
    Stripe?: (publishableKey: string) => Provider;
  }
}

const scripts = new Map<string, Promise<void>>();

function loadScript(url: string): Promise<void> {
  const known = scripts.get(url);
  if (known) return known;
  const loading = new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.async = true;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => {
      script.remove();
      scripts.delete(url);
      reject(new Error('The payment form could not be loaded.'));
    });
    document.head.append(script);
  });
  scripts.set(url, loading);
  return loading;
}

/** Loads the provider's library once and opens it with the shop's public key. */
export async function loadProvider({ script_url, publishable_key }: { script_url: string; publishable_key: string }): Promise<Provider> {
  await loadScript(script_url);
  if (!window.Stripe) throw new Error('The payment form could not be started.');
  return window.Stripe(publishable_key);
}

/** A token's colour as the provider's frame understands it: the frame has no access to our variables. */
function rgbOf(token: string): string {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!context) return 'inherit';
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(token);
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${r}, ${g}, ${b})`;
}

export function cardStyle(): CardStyle {
  return {
    base: {
      color: rgbOf('--ink'),
      iconColor: rgbOf('--muted'),
      fontFamily: 'system-ui, sans-serif',
      fontSize: '16px',
      '::placeholder': { color: rgbOf('--muted') },
    },
    invalid: { color: rgbOf('--danger'), iconColor: rgbOf('--danger') },
  };
}

/** The frame's theme for the page's. */
export function appearanceOf(theme: 'light' | 'dark'): Appearance {
  return { theme: theme === 'dark' ? 'night' : 'stripe' };
}
