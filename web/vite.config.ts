import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { mockApi } from './mock/vite-plugin.ts';

const gateway = process.env.TECHMART_GATEWAY ?? 'http://127.0.0.1:8080';
const proxy = { '/api': gateway, '/.well-known': gateway };

export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss(), ...(mode === 'mock' ? [mockApi()] : [])],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      // The router's store asks for a shim that React has had built in since version 18.
      'use-sync-external-store/shim/with-selector': 'use-sync-external-store/with-selector',
    },
  },
  // In mock mode the plugin answers /api itself.
  server: { port: 5173, proxy: mode === 'mock' ? {} : proxy },
  preview: {
    port: 4173,
    proxy: mode === 'mock' ? {} : proxy,
    // Stricter than the gateway's policy, so that nothing creeps in that needs an inline script or style.
    headers: mode === 'mock' ? { 'Content-Security-Policy': "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'" } : {},
  },
  build: {
    target: 'es2022',
    manifest: true,
    // The gateway's style-src has no data: fonts or images; every asset is a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Few, larger chunks compress better than many small ones: libraries apart, because they change
        // seldom, and what every list and product page shares in one piece.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules/, priority: 2 },
            // Helpers of forms and of orders, which a first look at the shop does not need.
            { name: 'forms', test: /src\/lib\/(address-lines|dates|form-errors|idempotency|totals|use-debounced)\./, priority: 2, minShareCount: 2, includeDependenciesRecursively: false },
            { name: 'shop', test: /src\/(api|lib|ui\/(art|badge|button|icons|page|price|skeleton|states)\.|features\/catalog\/(api|art|components\/product-card))/, priority: 1, minShareCount: 2 },
            // What pages of the back office share; its name lets tools/size.mjs see that no page of the shop loads it.
            { name: 'office', test: /src\/features\/admin\//, priority: 1, minShareCount: 2, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'http://localhost:5173/' } },
    setupFiles: ['test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}', 'mock/**/*.test.ts', 'test/unit/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
}));
