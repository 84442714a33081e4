import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createOfficeRouter } from '@/app/office';
import { isOffice } from '@/app/root';
import { createAppRouter } from '@/app/router';
import { createQueryClient } from '@/lib/query';

/** The whole app at an address, as a person would meet it. */
export function renderApp(path: string) {
  const client = createQueryClient();
  client.setDefaultOptions({ queries: { retry: false } });
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = isOffice(path.split(/[?#]/)[0] ?? '') ? createOfficeRouter(client, history) : createAppRouter(client, history);
  const view = render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { ...view, user: userEvent.setup(), router, client };
}
