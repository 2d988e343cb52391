// SPDX-License-Identifier: Apache-2.0
import vue from '@vitejs/plugin-vue'
import { fileURLToPath, URL } from 'node:url'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'
import { offline } from './tools/offline.mjs'

// Where `npm run dev` finds a running server.
const server = process.env['SW_URL'] ?? 'http://127.0.0.1:8080'
const path = (to: string) => fileURLToPath(new URL(to, import.meta.url))

export default defineConfig({
  plugins: [
    vue(),
    // Styles as files: the server's policy is style-src 'self'.
    Components({ dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
    offline('m')
  ],
  resolve: { alias: { '@': path('./src') } },
  define: { __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: {
    target: ['chrome86', 'firefox90', 'safari14'],
    // Inlined assets would be data: addresses, which a strict policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      // The desk, the phone of those who work outside, and the pages behind a label.
      input: { desk: path('./index.html'), field: path('./m/index.html'), public: path('./q/index.html') },
      output: {
        manualChunks: (id) =>
          /node_modules\/(@vue|vue|vue-router|vue-i18n|@intlify)\//.test(id) ? 'vue' : undefined
      }
    }
  },
  server: { proxy: { '/api': { target: server, changeOrigin: true } } }
})
