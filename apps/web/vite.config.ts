import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Scripts and styles beside themselves as they travel: nobody compresses the same file twice. */
const compressed: Plugin = {
  name: 'compressed',
  writeBundle({ dir = '' }) {
    const folder = `${dir}/assets`
    for (const name of readdirSync(folder).filter((file) => /\.(js|css|svg)$/.test(file)))
      writeFileSync(`${folder}/${name}.gz`, gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }))
  },
}

/**
 * Four pages, one build. Nothing is inlined and no polyfill is injected, so the pages run under a policy that
 * allows neither inline scripts nor inline styles.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed],
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
