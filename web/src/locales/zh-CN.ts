// SPDX-License-Identifier: Apache-2.0
export default {
  word: {
    yes: '是', no: '否', yuan: '元', files: '{n} 个文件', rows: '{n} 行', cancel: '取消', ok: '确定',
    save: '保存', close: '关闭', retry: '重试', search: '搜索', reset: '重置', all: '全部', none: '无',
    more: '展开', less: '收起', refresh: '刷新', back: '返回', delete: '删除', open: '打开', actions: '操作',
    required: '必填', from: '从', to: '至', now: '此刻', loading: '正在加载', number: '编号', confirm: '确认',
    add: '新增', edit: '修改', retire: '停用', import: '导入', export: '导出', print: '打印', total: '合计',
    created: '创建时间', updated: '更新时间', version: '版本 {v}', any: '不限'
  },
  time: {
    makeup: '班', off: '休', ms: '{m} 分 {s} 秒', underMinute: '不到 1 分', m: '{m} 分', h: '{h} 小时',
    hm: '{h} 小时 {m} 分', d: '{d} 天', dh: '{d} 天 {h} 小时', left: '还剩 {span}', over: '已超 {span}',
    ago: '{span}前', in: '{span}后', justNow: '刚刚'
  },
  app: {
    top: '顶栏', secrecy: '本系统不得处理涉密信息', skip: '跳到正文', live: '实时更新中', offline: '实时更新已中断，列表可能不是最新',
    menu: '菜单', fold: '收起菜单', unfold: '展开菜单', language: 'English', dark: '深色', light: '浅色',
    profile: '我的账号', logout: '退出登录', tabs: '已打开的页面', closeTab: '关闭 {title}', crumbs: '当前位置',
    tabMenu: '页面标签操作', tabRefresh: '刷新当前页', tabClose: '关闭当前', tabOthers: '关闭其他', tabAll: '关闭全部', tabLeft: '关闭左侧', tabRight: '关闭右侧',
    fullscreen: '全屏', menuSearch: '搜索菜单', menuSearchHint: '输入页面名称，回车打开', menuSearchNone: '没有这个名称的页面',
    sessions: '登录会话', password: '修改密码', bottom: '底部导航'
  },
  menu: {
    home: '首页', bench: '工作台', desk: '调度台', fault: '我要报修', pauses: '暂停待确认', repairs: '送修待审批', me: '我的', order: '工单', watch: '告警与中断', ledger: '设备台账',
    video: '视频', inspection: '巡检', duty: '值班', spare: '备件', contract: '合同与费用', report: '报告', knowledge: '知识库',
    other: '其他', system: '系统管理', monitor: '系统监控', log: '日志', monthly: '运维月报',
    rights: '角色权限', online: '在线用户', health: '服务监控', journal: '操作日志', logins: '登录日志',
    map: '地图', census: '台账差异', blind: '盲区看板', duplicates: '疑似重复'
  },
  look: {
    heading: '界面设置', dark: '深色模式', large: '大字号', weak: '色弱模式', grey: '灰色模式', watermark: '页面水印', lock: '无操作自动锁屏',
    lockAfter: '{n} 分钟后', never: '不锁屏', language: '语言 Language'
  },
  notice: { bell: '通知，{n} 条未读', heading: '未读通知', none: '没有未读通知', all: '全部通知', readAll: '本页标为已读', ack: '确认知晓', settings: '通知设置', usual: '按默认设置在平台内通知，不发邮件。', set: '设置邮箱与免打扰', ackBy: '须确认' },
  lock: { menu: '锁定屏幕', heading: '屏幕已锁定', hint: '输入密码继续，页面内容都还在', go: '解锁', other: '换账号登录', mustChange: '密码已到期，请退出后重新登录并修改密码。' },
  page: { missing: '页面不存在', missingHint: '地址可能写错了，或者记录已被移走。', toHome: '回到首页' },
  login: {
    heading: '登录', account: '账号', password: '密码', go: '登录', going: '正在登录…',
    show: '显示密码', hide: '隐藏密码', caps: '大写锁定已打开',
    needAccount: '请输入账号', needPassword: '请输入密码',
    mustChange: '首次登录或密码已到期，请先设置新密码。', foot: '信息化运维与视频监控运维服务平台',
    silent: '服务器没有应答，请稍后再试。'
  },
  password: {
    old: '当前密码', next: '新密码', again: '再输一次新密码', differ: '两次输入的新密码不一致', go: '修改密码',
    changed: '密码已修改，其他会话已全部退出。', hint: '不少于 8 位，大写字母、小写字母、数字、符号四类中至少三类。', same: '新密码不能与当前密码相同'
  },
  sessions: {
    heading: '我的登录会话', current: '当前会话', end: '结束此会话', endAsk: '结束来自 {address} 的会话？该处将立即退出登录。',
    ended: '会话已结束', address: '来源地址', agent: '浏览器', since: '登录时间', seen: '最近活动', hint: '不认识的会话请立即结束，并修改密码。'
  },
  list: {
    keyword: '关键词', keywordHint: '名称、编号等', filters: '筛选条件', clear: '清除全部筛选', removeFilter: '去掉筛选：{text}',
    reasonAsk: '“{label}”含个人信息或网络信息。请写明导出的用途，将记入审计日志：', reasonBounds: '请写 2 至 200 字',
    columns: '列设置', columnsReset: '恢复默认', total: '共 {n} 条', page: '第 {page} 页', jump: '前往第', jumpUnit: '页',
    size: '每页条数', sizeOption: '{n} 条/页', prev: '上一页', next: '下一页', empty: '还没有{label}',
    emptyHint: '点“新增”登记第一条，或用“导入”一次导入整张表。', emptyNew: '点“新增”登记第一条。', emptyPlain: '有新的记录时会自动出现在这里。',
    nothing: '没有符合筛选条件的{label}', nothingHint: '放宽条件，或清除全部筛选。', failed: '列表没有加载成功',
    denied: '您没有查看这类记录的权限', deniedHint: '如工作需要，请联系系统管理员开通。', selected: '已选 {n} 条',
    selectAll: '选择本页全部', select: '选择 {title}', editOne: '请只选一条来修改', exporting: '正在导出…', exported: '已导出当前筛选的全部记录', labels: '二维码标签', labelsHint: '勾选的记录，没有勾选时为当前筛选的全部', labelsDone: '标签已生成',
    tree: '组织与站点', treeHint: '搜索单位或站点', treeNone: '没有这个名称的单位或站点', bulkMenu: '批量操作',
    retireAsk: '停用 {n} 条{label}？停用后不再出现在列表中，操作会记入日志。', retired: '已停用 {n} 条', partly: '{ok} 条成功，{bad} 条未成功：{why}',
    bulk: '批量{label}', sortBy: '按{label}排序', sort: '排序', showFilters: '显示筛选', hideFilters: '隐藏筛选', toolbar: '工具栏', ascending: '升序', descending: '降序', natural: '默认',
    table: '{label}列表', dateRange: '{label}范围'
  },
  bulk: {
    heading: '批量执行结果', summary: '{ok} 条成功，{bad} 条未成功', record: '记录', result: '结果', ok: '成功', bad: '失败', skipped: '未执行',
    notNow: '当前状态或权限不允许', noAnswer: '服务器没有给出结果', ask: '对 {n} 条记录执行“{label}”：{names}。操作会记入日志。', out: '另有 {n} 条当前不允许，不会执行。'
  },
  op: { eq: '是', ne: '不是', lt: '早于/小于', le: '不晚于/不大于', gt: '晚于/大于', ge: '不早于/不小于', in: '属于', has: '包含', null1: '为空', null0: '不为空' },
  form: {
    add: '新增{label}', edit: '修改{label}', restored: '已恢复您上次没有保存的内容。', discard: '放弃草稿', saved: '已保存', draftKept: '未保存的内容已留作草稿',
    required: '请填写{label}', short: '{label}至少 {n} 个字', long: '{label}最多 {n} 个字', low: '{label}不能小于 {n}', high: '{label}不能大于 {n}',
    conflict: '这条记录刚被别人改过。您的内容还在，请核对后再保存。', conflictWho: '（{actor}，{ago}）', bothChanged: '您也改了这一项，保存时以您的为准', loadNew: '载入最新版本', choose: '请选择', type: '输入后搜索', yuan: '元',
    minutes: '分钟', keepSecret: '不填表示不修改', notNumber: '{label}应为数字', integer: '{label}应为整数', count: '{n}/{max}'
  },
  rights: {
    verb: { work: '办理', claim: '认领' },
    hint: '每格是该角色对这项权限的范围；改动先留在页面上，保存后立即生效并记入日志。', cls: '角色类别', find: '搜索权限', none: '未授予', save: '保存 {n} 处修改', discard: '放弃修改',
    fixed: '管理员（三员）的权限由程序规定，不能修改', permission: '权限', saved: '已保存 {n} 处修改', other: '其他权限', cell: '{role}：{permission}', failed: '有 {n} 处没有保存'
  },
  online: {
    hint: '正在登录的会话。结束后该处立即退出登录，没有保存的内容会留作草稿。', login: '登录名', address: '来源地址', agent: '浏览器', since: '登录时间', seen: '最近活动', endAsk: '结束 {login} 在 {address} 的会话？该处将立即退出登录。', total: '{n} 个会话，{users} 人',
    none: '没有符合条件的会话', find: '登录名或地址'
  },
  health: { ok: '服务正常', bad: '服务异常', gauge: '指标', value: '数值', hint: '同样的数字由 /metrics 提供给 Prometheus。', shouwang_assets_in_use: '在用设备', shouwang_assets_down: '不应答的设备', shouwang_outages_open: '未恢复的中断', shouwang_work_orders_open: '未恢复的工单', shouwang_clocks_overdue: '已超时限', shouwang_journal_sealed: '已封存的日志行' },
  journal: {
    at: '时间', who: '操作人', address: '来源地址', what: '操作', object: '对象', result: '结果', ok: '成功', denied: '无权', unauthorized: '未通过登录', failed: '未成功', changes: '变化', hash: '封存', unsealed: '待封存', more: '更早的记录', total: '共 {n} 条', totalMore: '超过 {n} 条',
    keyword: '关键词', keywordHint: '内容、地址、姓名', login: '登录名', refused: '被拒绝', any: '不限', range: '日期', empty: '没有符合条件的日志', system: '系统', console: '控制台', nobody: '未登录',
    chain: '哈希链校验', chainHint: '逐行重算封存的哈希，任何一行被改、被删、被换序都会被发现。', check: '开始校验', checking: '正在校验 {rows} / {total} 行', good: '校验通过：{n} 行完好', goodHead: '链头 {feed} 号 {hash}', bad: '校验未通过：发现 {n} 处问题', from: '自', to: '至', fault: '问题', notYet: '还没有校验过', finished: '完成于 {time}'
  },
  geo: { lng: '经度', lat: '纬度', here: '取当前位置', failed: '没有取到位置：', bad: '{label}：经度在 ±180、纬度在 ±90 之间，两项都要填' },
  secret: { set: '已设置', none: '未设置', change: '修改', clear: '清除', willClear: '保存后清除', keep: '撤销' },
  rows: { none: '没有明细', no: '序号', add: '添加{label}', remove: '删除第 {n} 行', up: '第 {n} 行上移', down: '第 {n} 行下移', cell: '第 {n} 行 {label}' },
  files: {
    add: '添加文件', camera: '拍照', pick: '从相册或文件选择', remove: '移除 {name}', uploading: '正在上传 {name}', waiting: '网络中断，恢复后续传 {name}',
    by: '上传人', uploaded: '上传时间', taken: '拍摄时间', place: '拍摄地点', hash: '原件 SHA-256', pixels: '像素', marked: '水印副本', original: '下载原件', claim: '相机自述，未经核实', noPlace: '照片里没有位置', failed: '{name} 没有上传成功',
    view: '查看 {name}', none: '没有文件', download: '下载 {name}', photo: '照片', of: '第 {i} 张，共 {n} 张', prev: '上一张', next: '下一张', tooMany: '最多 {n} 个文件'
  },
  flow: { more: '更多操作（{n}）', done: '已{label}', confirmAsk: '确定对“{title}”执行“{label}”？操作会记入日志。', doing: '正在提交…', none: '当前没有您需要办理的操作', gone: '记录已被他人办理，现在不能再“{label}”' },
  timeline: {
    heading: '时间线', empty: '还没有操作记录', before: '改前', after: '改后', created: '创建', changes: '{n} 项变化', latestFirst: '最新在前', show: '查看变化', hide: '收起变化', older: '更早的记录',
    create: '登记', update: '修改', retire: '停用'
  },
  detail: {
    basic: '基本信息', wholePage: '打开完整页面', related: '关联记录', failed: '记录没有加载成功', missing: '记录不存在，或您没有查看权限', retired: '已停用',
    seeAll: '查看全部 {n} 条', noRelated: '没有关联记录', noRelatedOf: '没有相关的{label}'
  },
  import: {
    heading: '导入{label}', drop: '把文件拖到这里，或点此选择', types: '支持 .xlsx、.csv，表头上方可以有标题行；空白单元格表示不改，“-”表示清空。',
    checking: '正在检查 {name}…', result: '检查结果（尚未写入）', rows: '共 {n} 行', new: '新增', changed: '变更', unchanged: '不变', wrong: '有误',
    row: '行', column: '列', message: '原因', unmatched: '这些表头没有对上字段，可指定它是哪一项，下次同样的表头会记住：', tooBig: '文件超过 {mb} MB。台账不会这么大：请删去图片和空白区域，或分成几个文件。', sheet: '工作表', parts: '同一张表里还有这些内容，一并导入：', partCounts: '新增 {created} · 变更 {changed} · 有误 {wrong}', taken: '{n} 列已对上字段，不对的可以改', sites: '表中有 {n} 个地点还不在台账里', units: '表中有 {n} 个部门还没有登记', createSites: '同时创建它们', leaveSites: '不创建，这些行不导入',
    read: '读取工作表“{sheet}”，表头在第 {row} 行。', skipped: '{n} 行不是数据，没有读入：第 {rows}。', total: '合计', note: '说明', repeated: '重复表头', blank: '空行', go: '导入', goGood: '只导入无误的 {n} 行', again: '换一个文件', done: '已导入：新增 {created} 条，变更 {changed} 条。如有误，可在“导入批次”中撤销。', nothing: '没有可导入的行',
    columnsHint: '表头可用下列字段名称：', template: '下载导入模板', templateName: '{label}导入模板.xlsx', wrongName: '{label}错误行.xlsx', wrongRows: '下载有误的 {n} 行（附原因，改好后可再导入）', seeChanges: '查看 {n} 处变更', leaveOut: '不导入', xls: '请在 WPS 或 Excel 中另存为 .xlsx 后再导入。', running: '正在导入…'
  },
  home: {
    risks: '今日风险', mine: '我的报修', noMine: '没有未完成的报修。', inHand: '我手上的工单', noInHand: '手上没有工单。待派单的可以到工单列表里认领。', duty: '待您关注', heading: '运行概览', asOf: '截至 {time}', overdue: '需要立即处理', next: '最紧的工单', noNext: '没有未完成的工单，一切正常。',
    outages: '当前中断', noOutages: '没有正在发生的中断。', affected: '影响 {n} 台设备', since: '自 {time}', openList: '{label}：{value}，打开清单', hello: '{name}，{part}好',
    morning: '上午', noon: '中午', afternoon: '下午', evening: '晚上', seeAll: '查看全部'
  },
  desk: {
    call: '来电登记', queue: '待办队列', keys: '快捷键', new: '新来电', nextField: '下一项', phone: '来电号码', name: '报修人', asset: '设备', assetHint: '编号、名称、位置的任意几个字', place: '地点',
    placeHint: '不知道设备时填地点', titleHint: '按 1–9 选常用语，或直接输入', phrases: '常用语', engineer: '派给', send: '登记并派单', register: '只登记', join: '并入', again: '返修', againReason: '再次报修：{title}', reopened: '{no} 已按返修重新打开', dispatch: '派单', more: '来源、级别与详细说明',
    known: '来过电：{name}，{place}，上次 {no}', hasOrder: '已有未结工单', calledBefore: '此人报过', similar: '相似工单', similarLikely: '可能是同一故障', similarSite: '同一地点的未结工单', noPlace: '未填地点',
    why: { asset: '同一设备', again: '3 天内修过', uplink: '上联故障', symptom: '现象相同', site: '同一地点' }, atSite: '就在现场', km: '距 {n} 公里', load: '手上 {n} 单', free: '空闲', otherLine: '其他服务线',
    nobody: '没有可派的工程师', needTitle: '请填写故障现象，至少 2 个字', sent: '{no} 已派给 {name}', registered: '{no} 已登记，待派单', joined: '{no} 已并入 {main}', last: '上一单', took: '用时 {n} 秒',
    notSent: '{no} 已登记但没有派出，改好后再按一次即可，不会重复登记。', calm: '没有等待处理的工单', calmHint: '新的报修和告警会立即出现在这里。', nothing: '没有符合筛选的工单', cut: '只显示最紧的 {n} 张，共 {all} 张',
    clock: { paused: '暂停计时', none: '无时限' }, filter: { all: '全部', waiting: '待派单', tight: '临期/超时', emergency: '应急', paused: '暂停中' }
  },
  decide: {
    pauseHint: '确认后这段时间不计入时限；驳回则视同从未暂停。设置人本人不能确认。', repairHint: '批准后方可送出；用时按工作时间计入甲方审批。申请人本人不能审批。', noPauses: '没有等待确认的暂停', noRepairs: '没有等待审批的送修', long: '{n} 项超过 24 小时未确认：{names}'
  },
  fault: {
    what: '哪里不好用？', whatHint: '点下面的常用说法，或自己写一句', device: '哪台设备（不知道可不填）', deviceHint: '设备名称或标签上的编号', phone: '联系电话', more: '补充说明（可不填）', photos: '照片（可不填）', same: '可能已经有人报过，点开看进度：', go: '提交报修', sent: '已提交，工单号 {no}'
  },
  bench: { mine: '待我办理', none: '没有等您办理的工单。', functions: '常用功能' },
  order: {
    view: { steps: '办理过程', journal: '变更日志' }, steps: '进度', noSteps: '还没有办理记录', stepOther: '记录', did: { create: '登记', pause: '登记暂停', pause_end: '暂停结束', pause_accept: '暂停已确认', pause_reject: '暂停已驳回', repair_approve: '送修已批准', repair_reject: '送修未批准', repair_send: '已送修', repair_return: '取回验收', auto_close: '自动关闭', join: '并入重复报修' }, resting: '计时已暂停', lateSync: '离线补传', received: '收到', deviceTime: '设备时间', queued: '离线等待 {span}', distance: '距站点 {n} 米',
    pauses: '计时暂停', noPauses: '没有暂停', addPause: '登记暂停', stops: '停止：{what}', stillPaused: '仍在暂停', longPending: '超过 24 小时未确认', setBy: '设置人', bySystem: '系统', reference: '外部单号', callRecord: '通话记录', contactTold: '已告知甲方联系人',
    pmConfirmed: '项目经理确认', decided: '决定', noProof: '没有附证据',
    repairs: '送修审批', noQuote: '没有报价', age: '已使用 {n} 年（{date} 启用）', ageUnknown: '启用日期未登记', inWarranty: '质保至 {date}', outOfWarranty: '质保已于 {date} 到期', applicant: '申请人', approvalTook: '审批用时 {span}', before: '此前故障、工单与换件 {n} 次', device: '设备与供给', hangs: '它若中断，还会影响 {n} 台设备（摄像机 {cameras} 台）', mergedInto: '本单已并入主工单', mergedHint: '，计时和处理以主工单为准。',
    excluded: '已列为合同外事项：', moves: '时限变动', print: '打印事件记录单', children: '并入本单的报修', assets: '同时处理的设备', loans: '备机', 
    nextStep: '下一步', yourTurn: '轮到您办理', waiting: '等待他人办理', waitingFor: '当前由 {name} 处理', finished: '已办结', left: '距最近时限',
    noClock: '没有正在计时的时限', clocks: '时限', deadline: '时限', started: '起算', stopped: '停表', used: '已用', limit: '限 {n} 分钟', rule: '规则 {code}',
    internal: '内部目标', provisional: '暂定', also: '同时适用 {codes}', ledger: '分钟账', ledgerOf: '{label}分钟账', counted: '计时 {n} 分钟', from: '起', to: '止', kind: '类别', minutes: '分钟', note: '说明',
    affected: '受影响设备', affectedNone: '没有登记受影响的设备', evidence: '现场凭证', noEvidence: '还没有照片', dark: '离线自 {time}', back: '已恢复', info: '工单信息', emergency: '应急', makeupDay: '调休上班', perDay: '按 {calendar} 计时', onTime: '按时', clockNone: '此工单没有时限'
  },
  map: {
    total: '显示 {n} 个点位，共 {all} 个', cluster: '{n} 个点位，最差：{word}', community: '社区', type: '类型', site: '站点',
    openDevice: '打开设备页', none: '还没有带坐标的点位', noneHint: '在摄像机的“安装位置”或站点里填经纬度，或导入安装位置表。'
  },
  census: {
    hint: '每个数字都可点开，看到是哪些设备。', class: '设备类别', baseline: '合同基数', counted: '在册', drift: '差异', added: '期间新增', removed: '期间减少',
    unexplained: '接管差异', sum: '在册 {counted} / 合同基数 {baseline}', noBaseline: '还没有合同基数：请先载入合同预置数据，差异才有得比。',
    communities: '社区', inScope: '在视频服务范围', outOfScope: '不在视频服务范围', devices: '设备'
  },
  blind: {
    gaps: '盲区', gapsHint: '按设备类别应有的内容检查在用设备；点开数字逐台补齐。', none: '应有的内容都齐了。',
    files: '一机一档', filesHint: '必填项齐全的摄像机档案占全部摄像机档案的比例。'
  },
  duplicates: {
    total: '共 {n} 组', hint: '序列号、MAC、IP 相同，或同一站点同类设备同名。确认不是重复的，说明原因后不再列出。', same: '{what}相同', dismiss: '不是重复',
    why: '为什么不是重复？', needWhy: '请写明原因', dismissed: '已记下，不再列出', none: '没有疑似重复的设备', noneHint: '导入新台账后会自动重新检查。',
    merge: '若是同一台：保留资料较全的一条，把缺的内容补上，再停用另一条；停用后的编号可以重新使用。'
  },
  device: {
    since: '状态自 {time}', neverSeen: '监测从未看到这台设备', feeds: '由什么供给', noFeeds: '没有登记上联关系。', orders: '未结工单', noOrders: '没有未结的工单。',
    photos: '照片', noPhotos: '还没有照片。', blast: '它若中断，影响谁', noBlast: '没有设备依赖它。', more: '只列出前 {n} 台，共 {all} 台',
    count: { all: '全部', dark: '会中断', cameras_dark: '其中摄像机', power: '失去供电', signal: '失去网络', recording: '失去录像', thinner: '失去备份通路' },
    lost: { power: '失去供电', signal: '失去网络', recording: '失去录像', thinner: '失去备份通路' },
    call: '登记工单', file: '设备档案', missing: '缺 {n} 项', complete: '建档完整', blankGroup: '未填写', history: '履历',
    past: { ledger: '台账', fault: '故障', order: '工单', part: '旧件', change: '变更', uplink: '上联' }
  },
  report: {
    heading: '运维月报', month: '月份', figure: '指标', value: '数值', download: '下载 {format}', prev: '上个月', next: '下个月', hint: '每个数字都可点开，看到组成它的记录。', failed: '月报数据没有加载成功', asOf: '统计截至 {time}', empty: '这个月没有可统计的数据'
  }
}
