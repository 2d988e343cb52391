// SPDX-License-Identifier: Apache-2.0
// The words behind a label: few, so that any phone has them at once.
import { i18n } from '@/core/i18n'

const zh = {
  title: '扫码报修', up: '监测正常', down: '监测中断', partial: '服务异常', unknown: '监测状态未知', device: '设备', site: '位置', no: '编号',
  open: '已有人报修，正在处理：{label}', openSince: '自 {t}', joinHint: '您再次报修会并入这张工单，处理结果同样告知您。', what: '请选择故障现象', other: '其他问题', otherHint: '请用一句话说明', optional: '补充（可不填）', note: '补充说明', phone: '联系电话', phoneHint: '方便工程师联系您', photo: '照片（最多 3 张）', send: '提交报修', sending: '正在提交…', choose: '请先选择或填写故障现象',
  got: '报修成功', joined: '已并入正在处理的工单', number: '工单号', follow: '查看进度', keep: '请收藏或截屏本页，可随时查看进度，无需登录。', again: '再报一个故障',
  progress: '报修进度', reported: '已报修', confirm: '确认修好', rate: '请评价', thanks: '已确认，感谢您的评价！', noteRate: '想说的话（可不填）', refresh: '刷新', copy: '复制链接', copied: '链接已复制', bad: '网址不完整，请重新扫码', mine: '我用本机报过的', staff: '维护人员入口', retry: '重试', stars: '{n} 星', english: 'English', shoot: '拍照', shootMore: '再拍一张', remove: '删除第 {n} 张照片'
}
const en: typeof zh = {
  title: 'Report a fault', up: 'Works', down: 'Does not answer', partial: 'Works in part', unknown: 'State unknown', device: 'Device', site: 'Place', no: 'Number',
  open: 'Reported already: {label}', openSince: 'since {t}', joinHint: 'Your report joins that order and you are told the result as well.', what: 'What is wrong?', other: 'Something else', otherHint: 'Please say it in one sentence', optional: 'More (optional)', note: 'Note', phone: 'Telephone', phoneHint: 'so that the engineer can call you', photo: 'Photos (three at most)', send: 'Send', sending: 'Sending…', choose: 'Choose or write what is wrong first',
  got: 'Reported', joined: 'Joined with the order that is being worked on', number: 'Order', follow: 'Progress', keep: 'Keep this page: it shows the progress at any time, without login.', again: 'Report another fault',
  progress: 'Progress', reported: 'Reported', confirm: 'It works again', rate: 'Your rating', thanks: 'Confirmed, thank you!', noteRate: 'Anything to say (optional)', refresh: 'Refresh', copy: 'Copy the link', copied: 'The link is copied', bad: 'This address is incomplete: scan the label again', mine: 'Reported from this phone', staff: 'For engineers', retry: 'Try again', stars: '{n} stars', english: '中文', shoot: 'Take a photo', shootMore: 'One more photo', remove: 'Remove photo {n}'
}
i18n.global.mergeLocaleMessage('zh-CN', { pub: zh, field: { shoot: zh.shoot, shootMore: zh.shootMore, remove: zh.remove, rate: zh.rate, stars: zh.stars } })
i18n.global.mergeLocaleMessage('en', { pub: en, field: { shoot: en.shoot, shootMore: en.shootMore, remove: en.remove, rate: en.rate, stars: en.stars } })
