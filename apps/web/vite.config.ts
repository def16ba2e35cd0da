import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * Four pages, one build. Nothing is inlined and no polyfill is injected, so the pages run under a policy that
 * allows neither inline scripts nor inline styles.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    rolldownOptions: {
      input: {
        index: `${import.meta.dirname}/index.html`,
        account: `${import.meta.dirname}/account.html`,
        console: `${import.meta.dirname}/console.html`,
        kiosk: `${import.meta.dirname}/kiosk.html`,
      },
    },
  },
})
