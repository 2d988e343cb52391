// SPDX-License-Identifier: Apache-2.0
// /q/TOKEN: the device behind a label. /q/order/NO#KEY: how far a report has come. The key stands behind the
// "#", so that no server log and no referrer ever has it.
import { createApp } from 'vue'
import { i18n } from '@/core/i18n'
import '@/field/field.css'
import './words'
import App from './App.vue'

createApp(App).use(i18n).mount('#app')
