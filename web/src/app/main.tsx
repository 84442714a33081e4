import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { restoreSession } from '@/api/session';
import { createQueryClient } from '@/lib/query';
import { isOffice } from './root';
import { createAppRouter } from './router';
import './styles.css';

/** Starts the shop, or the back office where the address is one of its own. */
async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no element with the id "root".');
  void restoreSession();
  const client = createQueryClient();
  const router = isOffice(globalThis.location.pathname) ? (await import('./office')).createOfficeRouter(client) : createAppRouter(client);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
