import { useEffect, useRef } from 'react';

export type FieldMessage = { id: string; text: string };

/**
 * The list of what stands in the way, at the top of a form. It takes the focus each time `round`
 * changes, uses the same words as the fields, and each entry leads to its field.
 */
export function ErrorSummary({ errors, round }: { errors: readonly FieldMessage[]; round: number }) {
  const ref = useRef<HTMLDivElement>(null);
  const count = errors.length;
  useEffect(() => {
    if (count > 0 && round > 0) ref.current?.focus();
    // Only a new attempt moves the focus, not each correction.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [round]);
  if (count === 0) return null;
  return (
    <div ref={ref} tabIndex={-1} role="alert" aria-labelledby="error-summary" className="mb-6 rounded-md border-2 border-danger p-4">
      <h2 id="error-summary" className="text-base">
        {count === 1 ? 'There is a problem' : `There are ${count} problems`}
      </h2>
      <ul className="mt-2 space-y-1 text-sm">
        {errors.map(({ id, text }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className="text-danger underline underline-offset-3"
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(id)?.focus();
              }}
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
