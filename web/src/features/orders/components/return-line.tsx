import { useQuery } from '@tanstack/react-query';
import { api } from '@/api/client';
import { unwrap } from '@/api/errors';
import type { NewReturnRequest, OrderLine } from '@/api/types';
import { formatDay } from '@/lib/dates';
import { formatMoney } from '@/lib/money';
import { Art } from '@/ui/art';
import { SelectField } from '@/ui/field';
import { Stepper } from '@/ui/stepper';
import { REASONS, type Candidate, type Choice, type Reason } from '../return-draft';

type Props = {
  candidate: Candidate;
  kind: NewReturnRequest['kind'];
  choice: Choice;
  errors: Readonly<Record<string, string>>;
  onChoose: (change: Partial<Choice>) => void;
};

/** One product that may be sent back: whether, how many, why, and in an exchange for what. */
export function ReturnLine({ candidate: { line, most, until }, kind, choice, errors, onChoose }: Props) {
  const take = `take-${line.id}`;
  const wrong = errors[take];
  return (
    <li className="py-3.5">
      <label className="flex gap-3.5">
        <input
          id={take}
          type="checkbox"
          checked={choice.quantity > 0}
          aria-describedby={wrong ? `${take}-error` : undefined}
          onChange={({ target }) => onChoose({ quantity: target.checked ? most : 0 })}
          className="mt-0.5 size-5 shrink-0 accent-brand"
        />
        <Art media={line.image} decorative className="size-14 shrink-0 rounded-md border border-line" />
        <span className="min-w-0 text-sm">
          <span className="block leading-snug font-medium">{line.title}</span>
          {line.variant_title && line.variant_title !== line.title && <span className="block text-muted">{line.variant_title}</span>}
          <span className="block text-muted">
            Up to {most}, until {formatDay(until)}
          </span>
        </span>
      </label>
      {wrong && (
        <p id={`${take}-error`} className="mt-1.5 text-sm text-danger">
          {wrong}
        </p>
      )}
      {choice.quantity > 0 && (
        <div className="mt-3 grid gap-3.5 pl-8.5">
          {most > 1 && <Stepper value={choice.quantity} max={most} label={`Quantity of ${line.title}`} onChange={(quantity) => onChoose({ quantity })} />}
          <SelectField
            label="Why?"
            id={`reason-${line.id}`}
            value={choice.reason}
            error={errors[`reason-${line.id}`]}
            onChange={({ target }) => onChoose({ reason: target.value as Reason | '' })}
            required
          >
            <option value="">Choose…</option>
            {Object.entries(REASONS).map(([code, text]) => (
              <option key={code} value={code}>
                {text}
              </option>
            ))}
          </SelectField>
          {kind === 'exchange' && <Instead line={line} value={choice.variant} error={errors[`variant-${line.id}`]} onChoose={(variant) => onChoose({ variant })} />}
        </div>
      )}
    </li>
  );
}

type InsteadProps = { line: OrderLine; value: string; error: string | undefined; onChoose: (variant: string) => void };

/** What the product comes in, as far as it costs no more than what was bought and can be had. */
function Instead({ line, value, error, onChoose }: InsteadProps) {
  const product = useQuery({
    queryKey: ['exchange', line.product_id],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/products/{id}', { params: { path: { id: line.product_id } }, signal })),
  });
  const fitting = (product.data?.variants ?? []).filter(
    ({ id, availability, price }) =>
      id === line.variant_id || (availability !== 'out' && price.currency === line.unit_price.currency && price.amount <= line.unit_price.amount),
  );
  const none = product.data !== undefined && fitting.length === 0;
  const problem = none ? 'There is no other version in stock that costs no more. Choose money back.' : product.error ? 'The choices did not load. Please try again.' : error;
  return (
    <SelectField label="What instead?" id={`variant-${line.id}`} value={value} error={problem} disabled={!product.data || none} onChange={({ target }) => onChoose(target.value)} required>
      <option value="">{product.isPending ? 'Loading…' : 'Choose…'}</option>
      {fitting.map(({ id, title, price }) => (
        <option key={id} value={id}>
          {title}
          {id === line.variant_id ? ' (the same again)' : ''} · {formatMoney(price)}
        </option>
      ))}
    </SelectField>
  );
}
