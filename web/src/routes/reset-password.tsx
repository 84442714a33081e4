import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { endSession } from '@/api/session';
import { CompleteResetForm, RequestResetForm } from '@/features/account/components/reset-forms';
import { holdResetToken, useResetToken } from '@/features/account/reset-token';
import { useTitle } from '@/lib/use-title';
import { PageHeading, Panel } from '@/ui/page';
import { Notice } from '@/ui/states';
import { toast } from '@/ui/toast';

/** Without a link: asks for one. With a link's token: sets the new password. */
export function ResetPasswordPage() {
  const navigate = useNavigate();
  const token = useResetToken();
  const [invalid, setInvalid] = useState(false);
  const title = token === null ? 'Forgot your password?' : 'Set a new password';
  useTitle(title, { index: false });
  const done = () => {
    // Sessions from before have ended with the old password.
    endSession();
    toast('Your password is set. Sign in with it.');
    void navigate({ to: '/sign-in', replace: true });
  };
  return (
    <div className="page max-w-[30rem] py-10 sm:py-14">
      <PageHeading className="mb-6">{title}</PageHeading>
      <Panel className="space-y-5">
        {invalid && token === null && (
          <Notice tone="danger" live="alert" title="This link does not work any more">
            <p>It was used already, or its time is over. Ask for a new one.</p>
          </Notice>
        )}
        {token === null ? (
          <RequestResetForm />
        ) : (
          <CompleteResetForm
            key={token}
            token={token}
            onDone={done}
            onInvalid={() => {
              setInvalid(true);
              holdResetToken(null);
            }}
          />
        )}
        <p className="text-center text-sm">
          <Link to="/sign-in" className="link inline-block py-1">
            Back to sign in
          </Link>
        </p>
      </Panel>
    </div>
  );
}
