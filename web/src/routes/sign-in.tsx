import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { messageOf } from '@/api/errors';
import type { Cart } from '@/api/types';
import { AccountForm } from '@/features/account/components/account-form';
import { CART_KEY } from '@/features/cart/api/cart';
import { mergeGuestCart } from '@/features/cart/api/cart-changes';
import { MergeNote } from '@/features/cart/components/merge-note';
import { useTitle } from '@/lib/use-title';
import { PageHeading, Panel } from '@/ui/page';
import { toast } from '@/ui/toast';

const signIn = getRouteApi('/sign-in');
const signUp = getRouteApi('/sign-up');

type Cut = NonNullable<Cart['merge']>;

/** Brings the guest's cart along, then leads on; where something was cut the person reads it first. */
function useArrival(next: string | undefined) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [cut, setCut] = useState<Cut>([]);
  const leave = () => void navigate({ to: next ?? '/account', replace: true });
  const arrive = async () => {
    for (const key of ['orders', 'order', 'checkout', 'payment-methods', 'store-credit']) client.removeQueries({ queryKey: [key] });
    const cart = await mergeGuestCart().catch((error: unknown) => {
      toast(`You are signed in, but your cart could not be brought along. ${messageOf(error)}`, 'danger');
      return null;
    });
    if (cart) client.setQueryData(CART_KEY, cart);
    else await client.resetQueries({ queryKey: CART_KEY });
    const lost = (cart?.merge ?? []).filter(({ requested, kept }) => kept < requested);
    if (lost.length > 0) setCut(lost);
    else leave();
  };
  return { arrive, leave, cut };
}

export function SignInPage() {
  const { next } = signIn.useSearch();
  const { arrive, leave, cut } = useArrival(next);
  useTitle('Sign in', { index: false });
  return (
    <Frame title="Sign in" cut={cut} onLeave={leave}>
      <AccountForm
        mode="sign-in"
        onDone={arrive}
        other={
          <>
            <Link to="/reset-password" className="link inline-block py-1">
              Forgot your password?
            </Link>
            <br />
            New here?{' '}
            <Link to="/sign-up" search={{ next }} className="link inline-block py-1">
              Create an account
            </Link>
          </>
        }
      />
    </Frame>
  );
}

export function SignUpPage() {
  const { next } = signUp.useSearch();
  const { arrive, leave, cut } = useArrival(next);
  useTitle('Create an account', { index: false });
  return (
    <Frame title="Create an account" cut={cut} onLeave={leave}>
      <AccountForm
        mode="sign-up"
        onDone={arrive}
        other={
          <>
            You have one already?{' '}
            <Link to="/sign-in" search={{ next }} className="link inline-block py-1">
              Sign in
            </Link>
          </>
        }
      />
    </Frame>
  );
}

function Frame({ title, cut, onLeave, children }: { title: string; cut: Cut; onLeave: () => void; children: React.ReactNode }) {
  return (
    <div className="page max-w-[30rem] py-10 sm:py-14">
      <PageHeading className="mb-6">{cut.length > 0 ? 'You are signed in' : title}</PageHeading>
      <Panel>{cut.length > 0 ? <MergeNote cut={cut} onContinue={onLeave} /> : children}</Panel>
    </div>
  );
}
