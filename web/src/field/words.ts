// SPDX-License-Identifier: Apache-2.0
// The words of the phone's pages, beside those that they share with the desk.
import { i18n } from '@/core/i18n'

const zh = {
  home: '首页', bench: '工作台', me: '我的', scan: '扫码', bar: '主导航', login: '登录', loginHint: '外勤与报修人手机端', back: '返回',
  mine: '我的工单', none: '现在没有派给我的工单', noneHint: '可以到“工单池”认领。', helping: '协助的工单', pool: '工单池', poolNone: '工单池里没有等待认领的工单', claim: '认领', all: '全部工单',
  late: '已超时', soon: '即将超时', fine: '正常', paused: '已暂停', noClock: '无时限', emergency: '应急',
  offline: '没有网络：可以照常操作，恢复后自动补传', asOf: '以下为 {t} 读到的内容', waits: '{n} 步待上传', sendingNow: '正在上传…', stuck: '{n} 步需要您处理', outbox: '待上传', outboxNone: '没有等待上传的步骤',
  outboxHint: '照片和步骤都保存在本机，关闭页面也不会丢失；不会进入相册。', retry: '立即上传', did: '{t} 已操作，待上传', refused: '服务器没有接受', conflict: '这张工单已被别人改动', edit: '修改后重交', discard: '放弃这一步', discardAsk: '放弃后，这一步和它的照片将从本机删除。', sure: '确认放弃',
  yours: '我的操作', theirs: '最新情况', onTop: '按最新情况重交', gone: '这张工单已不归您处理', photos: '{n} 张照片', late_sync: '离线补传',
  what: '什么故障', where: '在哪里', who: '找谁', call: '拨打 {n}', noPhone: '没有留电话', route: '导航', clocks: '时限', device: '设备与供给', noDevice: '没有指明设备', feeds: '由谁供给', noFeeds: '台账里没有上联', hangs: '它若中断，影响 {n} 台设备（摄像机 {cameras} 台）', hangsNone: '没有设备由它供给', box: '箱体、杆件与端口', boxNone: '台账里没有登记', journal: '经过', photosOf: '照片', before: '处理前', after: '处理后', more: '更多', plan: '告知计划', engineer: '处理人',
  done: '已提交', kept: '已保存在本机，有网后自动上传', send: '提交', cancel: '取消', shoot: '拍照', shootMore: '再拍一张', remove: '删除第 {n} 张照片', need: '请填写“{label}”', needPhoto: '请拍“{label}”', common: '常用语', pickOne: '请选择',
  locating: '正在定位…', located: '已定位，距站点 {m} 米', locatedFar: '距站点 {m} 米，超过 200 米', locatedOnly: '已定位（站点没有坐标）', notAllowed: '没有定位权限，请扫现场标签', notFound: '定位失败，请扫现场标签', again: '重新定位', scanned: '已扫标签', scanLabel: '扫现场标签', presenceHint: '不能定位、扫码或拍照时才填写',
  pause: '申请暂停', pauseHint: '仅“用户不在/无法进入”“不宜作业”可由外勤申请，须附证据，由甲方确认。',
  scanHint: '对准设备、箱体或立杆上的二维码', scanPhoto: '拍二维码', typeCode: '输入编号', codeHint: '二维码下方的编号，或资产编号', look: '查看', noCode: '照片里没有认出二维码，请靠近重拍，或输入编号', noSuch: '没有找到 {code}', cameraOff: '不能打开摄像头，可以拍照或输入编号', live: '打开摄像头',
  openOrder: '这台设备有未完的工单', report: '报修', reportThis: '报修这台设备', myReports: '我的报修', reportsNone: '还没有报修过', follow: '查看进度', confirmGo: '确认修好', rate: '满意度', stars: '{n} 星', noteHint: '想说的话（可不填）', thanks: '已确认，谢谢！', symptom: '什么问题', other: '其他问题，自己写', place: '在哪里', phone: '联系电话（可不填）', detail: '补充说明（可不填）', chooseDevice: '选择设备（可不选）', findHint: '输入编号或名称', sent: '已报修：{no}', keptReport: '已保存在本机，有网后自动报修', line: '服务类别',
  logout: '退出登录', logoutWaits: '还有 {n} 步没有上传。退出后仍保存在本机，您再次登录后自动上传。', fullDesk: '电脑版页面', install: '安装到桌面', installHint: '用浏览器菜单“添加到主屏幕”，像应用一样打开。', version: '版本 {v}', update: '有新版本，点此更新', mustChange: '请先到电脑版修改密码', insecure: '当前网址不是可信的 https：不能离线、定位和打开摄像头。请向管理员索取证书。', language: 'English'
}
const en: typeof zh = {
  home: 'Home', bench: 'Workbench', me: 'Me', scan: 'Scan', bar: 'Main navigation', login: 'Sign in', loginHint: 'For engineers and reporters', back: 'Back',
  mine: 'My orders', none: 'No order is assigned to you', noneHint: 'You may claim one from the pool.', helping: 'Orders I help with', pool: 'Pool', poolNone: 'Nothing waits in the pool', claim: 'Claim', all: 'All orders',
  late: 'Late', soon: 'Due soon', fine: 'In time', paused: 'Paused', noClock: 'No limit', emergency: 'Emergency',
  offline: 'No network: go on working, it is sent when the network is back', asOf: 'As read at {t}', waits: '{n} steps wait to be sent', sendingNow: 'Sending…', stuck: '{n} steps need you', outbox: 'To be sent', outboxNone: 'Nothing waits to be sent',
  outboxHint: 'Photos and steps are kept on this phone even when the page is closed, and not in its gallery.', retry: 'Send now', did: 'Done at {t}, waits to be sent', refused: 'The server did not accept it', conflict: 'Somebody else changed this order', edit: 'Correct and send', discard: 'Give up this step', discardAsk: 'The step and its photos are then deleted from this phone.', sure: 'Give it up',
  yours: 'What I did', theirs: 'As it is now', onTop: 'Send it on top of that', gone: 'This order is no longer yours', photos: '{n} photos', late_sync: 'Sent later',
  what: 'What', where: 'Where', who: 'Who', call: 'Call {n}', noPhone: 'No telephone number', route: 'Route', clocks: 'Limits', device: 'Device and supply', noDevice: 'No device named', feeds: 'Fed by', noFeeds: 'No uplink in the ledger', hangs: 'When it fails {n} devices are dark ({cameras} cameras)', hangsNone: 'Feeds no other device', box: 'Box, pole and port', boxNone: 'Nothing in the ledger', journal: 'What happened', photosOf: 'Photos', before: 'Before', after: 'After', more: 'More', plan: 'Plan told', engineer: 'Engineer',
  done: 'Sent', kept: 'Kept on this phone, sent when the network is back', send: 'Send', cancel: 'Cancel', shoot: 'Take a photo', shootMore: 'One more photo', remove: 'Remove photo {n}', need: 'Please fill in “{label}”', needPhoto: 'Please take “{label}”', common: 'Stock phrases', pickOne: 'Please choose',
  locating: 'Finding the place…', located: '{m} m from the site', locatedFar: '{m} m from the site, more than 200', locatedOnly: 'Place found (the site has none)', notAllowed: 'No right to the place: scan a label', notFound: 'No place found: scan a label', again: 'Try again', scanned: 'Label scanned', scanLabel: 'Scan a label', presenceHint: 'Only when place, label or photo are impossible',
  pause: 'Ask for a pause', pauseHint: 'Engineers may ask when nobody is in or when work is unsafe; with proof, confirmed by Party A.',
  scanHint: 'Point at the code on device, box or pole', scanPhoto: 'Photograph the code', typeCode: 'Type the number', codeHint: 'The number under the code, or the asset number', look: 'Look up', noCode: 'No code in this photo: go closer, or type the number', noSuch: '{code} was not found', cameraOff: 'The camera cannot be opened: take a photo or type the number', live: 'Open the camera',
  openOrder: 'This device has an open order', report: 'Report', reportThis: 'Report this device', myReports: 'My reports', reportsNone: 'Nothing reported yet', follow: 'Progress', confirmGo: 'It works again', rate: 'Rating', stars: '{n} stars', noteHint: 'Anything to say (optional)', thanks: 'Confirmed, thank you!', symptom: 'What is wrong', other: 'Something else, in my words', place: 'Where', phone: 'Telephone (optional)', detail: 'More (optional)', chooseDevice: 'Device (optional)', findHint: 'Number or name', sent: 'Reported: {no}', keptReport: 'Kept on this phone, reported when the network is back', line: 'Service',
  logout: 'Sign out', logoutWaits: '{n} steps have not been sent. They stay on this phone and are sent when you sign in again.', fullDesk: 'Pages for the desk', install: 'Install', installHint: 'Use “Add to home screen” of the browser.', version: 'Version {v}', update: 'There is a new version: update', mustChange: 'Change your password at the desk first', insecure: 'This address is no trusted https: no offline work, place or camera. Ask the administrator for the certificate.', language: '中文'
}
i18n.global.mergeLocaleMessage('zh-CN', { field: zh })
i18n.global.mergeLocaleMessage('en', { field: en })
