import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { restoreSession } from '@/api/session';
import { createQueryClient } from '@/lib/query';
import { createAppRouter } from './router';
import './styles.css';

const client = createQueryClient();
const router = createAppRouter(client);
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');

void restoreSession();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
