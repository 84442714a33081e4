import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useRef, useState, type ComponentProps } from 'react';
import type { Checkout, CompleteRequest } from '@/api/types';
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
import { savedCardsQuery } from '../api/tenders';
import { billingDetails } from '../billing';
import { cardExpired } from '../card-words';
import { loadProvider, type CardElement } from '../payment-provider';
import type { Phase } from '../use-completion';
import { AddressFields } from './address-fields';
import { CardField } from './card-field';
import { PaymentState } from './payment-state';
import { Section } from './section';
import type { TenderSection as TenderSectionType } from './tender-section';

const TenderSection = lazy(async () => ({ default: (await import('./tender-section')).TenderSection }));
const CardChoice = lazy(async () => ({ default: (await import('./card-choice')).CardChoice }));
const POINTERS = Object.fromEntries(ADDRESS_FIELDS.map((field) => [`/billing_address/${field}`, field]));

/** What is paid with: a new card, a saved one, or nothing where gift cards and credit cover it all. */
export type Means = Pick<CompleteRequest, 'payment_method' | 'saved_card' | 'save_card'>;

type Props = {
  checkout: Checkout;
  /** Whether the shopper has an account, with saved cards and credit. */
  customer: boolean;
  ready: boolean;
  totalsPending: boolean;
  phase: Phase;
  tenders: Pick<ComponentProps<typeof TenderSectionType>, 'busy' | 'error' | 'onChange' | 'onEdit'>;
  onBilling: (billing: ReturnType<typeof addressOf> | null) => Promise<Checkout>;
  onPay: (checkout: Checkout, means: Means) => Promise<void>;
  onResume: () => void;
  onAbandon: () => void;
};

/** Step three: what pays, with a card typed into the provider's frame, and the button that says what it costs. */
export function PaymentSection(props: Props) {
  if (!props.ready) return <Section number={3} title="Payment" state="later" />;
  return (
    <Section number={3} title="Payment" state="open">
      <PaymentForm {...props} />
    </Section>
  );
}

/** The provider's library, once a card is to be typed. */
function useProvider(needed: boolean) {
  const config = useQuery({ ...paymentConfigQuery, enabled: needed });
  const loaded = useQuery({
    queryKey: ['payment-provider', config.data?.script_url],
    queryFn: () => loadProvider(config.data ?? { script_url: '', publishable_key: '' }),
    enabled: needed && config.data !== undefined,
    staleTime: Infinity,
    structuralSharing: false,
    retry: 1,
  });
  return { provider: loaded.data, error: needed ? (config.error ?? loaded.error) : null, retry: () => void (config.error ? config.refetch() : loaded.refetch()) };
}

/** The customer's cards and which of them pays; `chosen` is null for a new one. */
function useSavedCards(customer: boolean) {
  const { data, isLoading } = useQuery({ ...savedCardsQuery, enabled: customer });
  const [choice, setChoice] = useState<string | null | undefined>();
  const cards = data ?? [];
  const usable = cards.filter((card) => !cardExpired(card));
  // The newest pays unless another is chosen; one that was deleted elsewhere cannot.
  const chosen = choice === null ? null : (usable.find(({ id }) => id === choice) ?? usable[0])?.id ?? null;
  return { cards, chosen, choose: setChoice, loading: isLoading };
}

function PaymentForm({ checkout, customer, totalsPending, phase, tenders, onBilling, onPay, onResume, onAbandon }: Props) {
  const due = checkout.charge.amount > 0;
  const saved = useSavedCards(customer && due);
  const typed = due && !saved.loading && saved.chosen === null;
  const { provider, error, retry } = useProvider(typed);
  const card = useRef<CardElement | null>(null);
  const keepCard = useCallback((element: CardElement | null) => {
    card.current = element;
  }, []);
  const [keep, setKeep] = useState(false);
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

  /** The typed card as a token; null, with words beside the card, when it is refused. */
  const tokenize = async (payer: Checkout): Promise<Means | null> => {
    if (!provider || !card.current) return null;
    const { paymentMethod, error: refused } = await provider.createPaymentMethod({ type: 'card', card: card.current, billing_details: billingDetails(payer) });
    if (!paymentMethod) setCardError(refused?.message ?? 'The card could not be read. Please check it.');
    return paymentMethod ? { payment_method: paymentMethod.id, ...(customer && keep ? { save_card: true } : {}) } : null;
  };

  const pay = async () => {
    setBusy(true);
    setCardError(null);
    try {
      const payer = await saveBilling();
      if (!payer) return;
      const means = typed ? await tokenize(payer) : due && saved.chosen !== null ? { saved_card: saved.chosen } : {};
      if (means) await onPay(payer, means);
    } catch {
      setCardError('The payment provider did not answer. Nothing was charged; please try again.');
    } finally {
      setBusy(false);
    }
  };

  if (error) return <ErrorState error={error} title="The payment form did not load" onRetry={retry} />;
  const listed = ADDRESS_FIELDS.flatMap((field) => (errors.fields[field] ? [{ id: `billing-${field}`, text: errors.fields[field] }] : []));
  const ready = !saved.loading && (!typed || provider !== undefined);
  return (
    <div className="space-y-5">
      <ErrorSummary errors={listed} round={round} />
      <Suspense fallback={<Skeleton className="h-9 w-40 rounded-md" />}>
        <TenderSection {...tenders} checkout={checkout} customer={customer} />
      </Suspense>
      {!due && (
        <Notice tone="ok" title="Nothing is left to pay by card">
          <p>Your order is paid in full by what you have added above.</p>
        </Notice>
      )}
      {due && saved.cards.length > 0 && (
        <Suspense fallback={<Skeleton className="h-32 rounded-md" />}>
          <CardChoice cards={saved.cards} chosen={saved.chosen} onChoose={saved.choose} />
        </Suspense>
      )}
      {typed && (provider ? <CardField provider={provider} onElement={keepCard} error={cardError} onChange={setCardError} /> : <Skeleton className="mt-6.5 h-59 rounded-md" />)}
      {typed && customer && <Checkbox label="Save this card for my next purchases" checked={keep} onChange={(event) => setKeep(event.target.checked)} />}
      {!typed && cardError && (
        <Notice tone="danger" live="alert">
          <p>{cardError}</p>
        </Notice>
      )}
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
      <PaymentState {...{ phase, onResume, onAbandon }} />
      {phase.kind !== 'unreachable' && (
        <Button size="lg" className="tabular w-full" busy={busy} disabled={!ready || totalsPending} onClick={() => void pay()}>
          <LockIcon className="size-4.5" />
          {due ? `Pay ${formatMoney(checkout.charge)}` : 'Place order'}
        </Button>
      )}
      {typed && <p className="text-center text-sm text-muted">Card details go straight to the payment provider. We never see or store them.</p>}
    </div>
  );
}
