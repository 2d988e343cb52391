// SPDX-License-Identifier: Apache-2.0
import { createApp } from 'vue'
import 'element-plus/es/components/base/style/css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import './core/tokens.css'
import './core/base.css'
import App from './App.vue'
import { i18n } from './core/i18n'
import './core/prefs'
import { router } from './core/router'

createApp(App).use(i18n).use(router).mount('#app')
