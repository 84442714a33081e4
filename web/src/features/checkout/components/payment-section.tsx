import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Checkout } from '@/api/types';
import { errorsFrom, NO_ERRORS } from '@/lib/form-errors';
import { formatMoney } from '@/lib/money';
import { Button } from '@/ui/button';
import { ErrorSummary } from '@/ui/error-summary';
import { Checkbox } from '@/ui/field';
import { LockIcon } from '@/ui/icons';
import { Skeleton } from '@/ui/skeleton';
import { ErrorState, Notice } from '@/ui/states';
import { ADDRESS_FIELDS, addressOf, checkAddress, formOf, type AddressField, type AddressForm } from '../address';
import { paymentConfigQuery } from '../api/checkout';
import { loadProvider, type CardElement, type Provider } from '../payment-provider';
import type { Phase } from '../use-completion';
import { AddressFields } from './address-fields';
import { CardField } from './card-field';
import { PaymentState } from './payment-state';
import { Section } from './section';

const POINTERS = Object.fromEntries(ADDRESS_FIELDS.map((field) => [`/billing_address/${field}`, field]));

type Props = {
  checkout: Checkout;
  ready: boolean;
  totalsPending: boolean;
  phase: Phase;
  onBilling: (billing: ReturnType<typeof addressOf> | null) => Promise<Checkout>;
  onPay: (checkout: Checkout, paymentMethod: string) => Promise<void>;
  onProvider: (provider: Provider) => void;
  onResume: () => void;
};

/** Step three: the card, in the provider's frame, and the button that says what it costs. */
export function PaymentSection(props: Props) {
  if (!props.ready) return <Section number={3} title="Payment" state="later" />;
  return (
    <Section number={3} title="Payment" state="open">
      <PaymentForm {...props} />
    </Section>
  );
}

function useProvider(onProvider: (provider: Provider) => void) {
  const config = useQuery(paymentConfigQuery);
  const loaded = useQuery({
    queryKey: ['payment-provider', config.data?.script_url],
    queryFn: () => loadProvider(config.data ?? { script_url: '', publishable_key: '' }),
    enabled: config.data !== undefined,
    staleTime: Infinity,
    structuralSharing: false,
    retry: 1,
  });
  useEffect(() => {
    if (loaded.data) onProvider(loaded.data);
  }, [loaded.data, onProvider]);
  return { provider: loaded.data, error: config.error ?? loaded.error, retry: () => void (config.error ? config.refetch() : loaded.refetch()) };
}

function PaymentForm({ checkout, totalsPending, phase, onBilling, onPay, onProvider, onResume }: Props) {
  const { provider, error, retry } = useProvider(onProvider);
  const card = useRef<CardElement | null>(null);
  const keepCard = useCallback((element: CardElement | null) => {
    card.current = element;
  }, []);
  const [cardError, setCardError] = useState<string | null>(null);
  const [same, setSame] = useState(checkout.billing_address === null || checkout.billing_address === undefined);
  const [billing, setBilling] = useState<AddressForm>(() => formOf(checkout.billing_address));
  const [errors, setErrors] = useState(NO_ERRORS);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);

  /** Saves the billing address where it differs from what the server has; null when it cannot be saved. */
  const saveBilling = async (): Promise<Checkout | null> => {
    if (same && !checkout.billing_address) return checkout;
    const fields: Record<string, string> = same ? {} : { ...checkAddress(billing) };
    setErrors({ fields, form: null });
    setRound((count) => count + 1);
    if (Object.keys(fields).length > 0) return null;
    try {
      return await onBilling(same ? null : addressOf(billing));
    } catch (refused) {
      setErrors(errorsFrom(refused, POINTERS));
      setRound((count) => count + 1);
      return null;
    }
  };

  const pay = async () => {
    if (!provider || !card.current) return;
    setBusy(true);
    setCardError(null);
    try {
      const saved = await saveBilling();
      if (!saved) return;
      const payer = saved.billing_address ?? saved.shipping_address;
      const { paymentMethod, error: refused } = await provider.createPaymentMethod({
        type: 'card',
        card: card.current,
        billing_details: {
          name: payer?.name ?? '',
          email: saved.email ?? '',
          address: { line1: payer?.line1 ?? '', city: payer?.city ?? '', postal_code: payer?.postal_code ?? '', country: payer?.country ?? '' },
        },
      });
      if (paymentMethod) await onPay(saved, paymentMethod.id);
      else setCardError(refused?.message ?? 'The card could not be read. Please check it.');
    } catch {
      setCardError('The payment provider did not answer. Nothing was charged; please try again.');
    } finally {
      setBusy(false);
    }
  };

  if (error) return <ErrorState error={error} title="The payment form did not load" onRetry={retry} />;
  const listed = ADDRESS_FIELDS.flatMap((field) => (errors.fields[field] ? [{ id: `billing-${field}`, text: errors.fields[field] }] : []));
  return (
    <div className="space-y-5">
      <ErrorSummary errors={listed} round={round} />
      {provider ? <CardField provider={provider} onElement={keepCard} error={cardError} onChange={setCardError} /> : <Skeleton className="mt-6.5 h-59 rounded-md" />}
      <Checkbox label="Billing address is the same as the delivery address" checked={same} onChange={(event) => setSame(event.target.checked)} />
      {!same && (
        <AddressFields
          kind="billing"
          value={billing}
          errors={errors.fields}
          onChange={(field: AddressField, value) => {
            setBilling((all) => ({ ...all, [field]: value, ...(field === 'country' ? { region: '' } : {}) }));
            setErrors(({ fields: { [field]: _gone, ...fields } }) => ({ fields, form: null }));
          }}
        />
      )}
      {errors.form && (
        <Notice tone="danger" live="alert">
          <p>{errors.form}</p>
        </Notice>
      )}
      <PaymentState phase={phase} onResume={onResume} />
      {phase.kind !== 'unreachable' && (
        <Button size="lg" className="tabular w-full" busy={busy} disabled={!provider || totalsPending} onClick={() => void pay()}>
          <LockIcon className="size-4.5" />
          Pay {formatMoney(checkout.totals.total)}
        </Button>
      )}
      <p className="text-center text-sm text-muted">Card details go straight to the payment provider. We never see or store them.</p>
    </div>
  );
}
