import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { mockApi } from './mock/vite-plugin.ts';

const gateway = process.env.TECHMART_GATEWAY ?? 'http://127.0.0.1:8080';
const proxy = { '/api': gateway, '/.well-known': gateway };

export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss(), ...(mode === 'mock' ? [mockApi()] : [])],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // In mock mode the plugin answers /api itself.
  server: { port: 5173, proxy: mode === 'mock' ? {} : proxy },
  preview: { port: 4173, proxy: mode === 'mock' ? {} : proxy },
  build: {
    target: 'es2022',
    manifest: true,
    // The gateway's style-src has no data: fonts or images; every asset is a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'http://localhost:5173/' } },
    setupFiles: ['test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}', 'mock/**/*.test.ts', 'test/unit/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
}));
