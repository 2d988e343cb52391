// SPDX-License-Identifier: Apache-2.0
import { createApp } from 'vue'
import { i18n } from '@/core/i18n'
import './field.css'
import './words'
import App from './App.vue'
import { startOutbox } from './outbox'
import { router } from './router'
import { startWorker } from './update'
import { begin } from './waited'

void begin()
startOutbox()
createApp(App).use(i18n).use(router).mount('#app')
startWorker()
