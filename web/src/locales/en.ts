// SPDX-License-Identifier: Apache-2.0
import type zh from './zh-CN'

type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> }

const en: Same<typeof zh> = {
  word: {
    yes: 'Yes', no: 'No', yuan: 'yuan', files: '{n} files', rows: '{n} rows', cancel: 'Cancel', ok: 'OK',
    save: 'Save', close: 'Close', retry: 'Try again', search: 'Search', reset: 'Reset', all: 'All', none: 'None',
    more: 'More', less: 'Less', refresh: 'Refresh', back: 'Back', delete: 'Delete', open: 'Open', actions: 'Actions',
    required: 'Required', from: 'From', to: 'To', now: 'Now', loading: 'Loading', number: 'No.', confirm: 'Confirm',
    add: 'New', edit: 'Edit', retire: 'Retire', import: 'Import', export: 'Export', print: 'Print', total: 'Total',
    created: 'Created', updated: 'Updated', version: 'Version {v}', any: 'Any'
  },
  time: {
    makeup: 'workday', off: 'off', ms: '{m} min {s} s', underMinute: 'under 1 min', m: '{m} min', h: '{h} h',
    hm: '{h} h {m} min', d: '{d} d', dh: '{d} d {h} h', left: '{span} left', over: '{span} over',
    ago: '{span} ago', in: 'in {span}', justNow: 'just now'
  },
  app: {
    top: 'Top bar', secrecy: 'Do not process classified information in this system', skip: 'Skip to content', live: 'Live updates',
    offline: 'Live updates are interrupted; lists may be out of date', menu: 'Menu', fold: 'Collapse menu',
    unfold: 'Expand menu', language: '中文', dark: 'Dark', light: 'Light', profile: 'My account', logout: 'Log out',
    tabs: 'Open pages', closeTab: 'Close {title}', crumbs: 'You are here', tabMenu: 'Page tab actions',
    tabRefresh: 'Refresh this page', tabClose: 'Close this', tabOthers: 'Close others', tabAll: 'Close all', tabLeft: 'Close to the left', tabRight: 'Close to the right',
    fullscreen: 'Full screen', menuSearch: 'Search the menu', menuSearchHint: 'Part of a page name, then Enter', menuSearchNone: 'No page of that name',
    sessions: 'Sessions', password: 'Change password', bottom: 'Bottom navigation'
  },
  menu: {
    home: 'Home', bench: 'Workbench', desk: 'Dispatch desk', fault: 'Report a fault', pauses: 'Pauses to confirm', repairs: 'Repairs to approve', me: 'Me', order: 'Work orders', watch: 'Alarms & outages', ledger: 'Assets',
    video: 'Video', inspection: 'Inspections', duty: 'Duty', spare: 'Spare parts', contract: 'Contract & money', report: 'Reports',
    knowledge: 'Knowledge', other: 'Other', system: 'Administration', monitor: 'Monitoring', log: 'Logs', monthly: 'Monthly report',
    rights: 'Rights of roles', online: 'Who is online', health: 'Service health', journal: 'Audit journal', logins: 'Sign-ins',
    map: 'Map', census: 'Census', blind: 'Blind spots', duplicates: 'Duplicates'
  },
  look: {
    heading: 'Appearance', dark: 'Dark', large: 'Large text', weak: 'Colour-blind friendly', grey: 'Grey', watermark: 'Page watermark', lock: 'Lock when idle',
    lockAfter: 'after {n} minutes', never: 'never', language: '语言 Language'
  },
  notice: { bell: 'Notices, {n} unread', heading: 'Unread notices', none: 'No unread notices', all: 'All notices', readAll: 'Mark these read', ack: 'Acknowledge', settings: 'Notices', usual: 'In the platform only, without e-mail.', set: 'Set e-mail and quiet hours', ackBy: 'acknowledge:' },
  lock: { menu: 'Lock the screen', heading: 'The screen is locked', hint: 'Enter your password to go on; your pages are as you left them', go: 'Unlock', other: 'Use another account', mustChange: 'The password has expired: sign out, sign in and change it.' },
  page: { missing: 'No such page', missingHint: 'The address may be wrong, or the record has moved.', toHome: 'Go home' },
  login: {
    heading: 'Sign in', account: 'Account', password: 'Password', go: 'Sign in', going: 'Signing in…',
    show: 'Show password', hide: 'Hide password', caps: 'Caps Lock is on',
    needAccount: 'Enter your account', needPassword: 'Enter your password',
    mustChange: 'First sign-in or expired password: set a new one to go on.', foot: 'IT and video surveillance operations',
    silent: 'The server does not answer. Try again later.'
  },
  password: {
    old: 'Current password', next: 'New password', again: 'New password again', differ: 'The two new passwords differ',
    go: 'Change password', changed: 'Password changed; all other sessions are signed out.',
    hint: 'At least 8 characters, three of: capitals, small letters, digits, symbols.', same: 'The new password must differ from the current one'
  },
  sessions: {
    heading: 'My sessions', current: 'This session', end: 'End this session',
    endAsk: 'End the session from {address}? It is signed out at once.', ended: 'Session ended', address: 'Address',
    agent: 'Browser', since: 'Signed in', seen: 'Last active', hint: 'End any session you do not know, then change your password.'
  },
  list: {
    keyword: 'Keyword', keywordHint: 'name, number …', filters: 'Filters', clear: 'Clear all filters',
    reasonAsk: '“{label}” holds personal or network data. Say what the export is for; it goes to the audit journal:', reasonBounds: '2 to 200 characters, please',
    removeFilter: 'Remove filter: {text}', columns: 'Columns', columnsReset: 'Defaults', total: '{n} in total',
    page: 'Page {page}', jump: 'Go to', jumpUnit: '', size: 'Rows per page', sizeOption: '{n} / page',
    prev: 'Previous page', next: 'Next page', empty: 'No {label} yet',
    emptyHint: 'Choose “New” for the first one, or “Import” for a whole sheet.', emptyNew: 'Choose “New” for the first one.', emptyPlain: 'New records appear here by themselves.',
    nothing: 'No {label} matches the filters', nothingHint: 'Relax a condition, or clear all filters.', failed: 'The list could not be loaded',
    denied: 'You have no right to see these records', deniedHint: 'If your work needs it, ask the system administrator.',
    selected: '{n} selected', selectAll: 'Select this page', select: 'Select {title}', editOne: 'Select exactly one to edit',
    exporting: 'Exporting…', exported: 'All records of the current filter are exported', labels: 'QR labels', labelsHint: 'Of the ticked records, else of all that the filter shows', labelsDone: 'The labels are made',
    tree: 'Units and sites', treeHint: 'Find a unit or site', treeNone: 'No unit or site of that name', bulkMenu: 'Bulk actions',
    retireAsk: 'Retire {n} {label}? They leave the lists; this is journalled.', retired: '{n} retired',
    partly: '{ok} done, {bad} failed: {why}', bulk: '{label} (selected)', sortBy: 'Sort by {label}', sort: 'Sort', showFilters: 'Show filters', hideFilters: 'Hide filters',
    toolbar: 'Toolbar', ascending: 'ascending', descending: 'descending', natural: 'Default', table: 'List of {label}', dateRange: '{label}: range'
  },
  bulk: {
    heading: 'Results', summary: '{ok} done, {bad} not done', record: 'Record', result: 'Result', ok: 'Done', bad: 'Failed', skipped: 'Left out',
    notNow: 'Its state or your rights do not allow it', noAnswer: 'The server gave no result', ask: '“{label}” for {n} records: {names}. This is journalled.', out: '{n} more do not allow it and are left out.'
  },
  op: { eq: 'is', ne: 'is not', lt: 'before / below', le: 'at most', gt: 'after / above', ge: 'at least', in: 'is one of', has: 'contains', null1: 'is empty', null0: 'is not empty' },
  form: {
    add: 'New {label}', edit: 'Edit {label}', restored: 'Your unsaved text was restored.', discard: 'Discard draft', saved: 'Saved',
    draftKept: 'Unsaved text is kept as a draft', required: '{label} is required', short: '{label}: at least {n} characters', long: '{label}: at most {n} characters',
    low: '{label} must be at least {n}', high: '{label} must be at most {n}', conflict: 'Someone else changed this record. Your text is still here: check it, then save again.', conflictWho: '({actor}, {ago})', bothChanged: 'you changed this too; yours will be saved',
    loadNew: 'Load the latest', choose: 'Choose', type: 'Type to search', yuan: 'yuan', minutes: 'minutes', keepSecret: 'Leave empty to keep',
    notNumber: '{label} must be a number', integer: '{label} must be a whole number', count: '{n}/{max}'
  },
  rights: {
    verb: { work: 'work', claim: 'claim' },
    hint: 'Each cell is the scope of a permission for a role. Changes stay on this page until you save; then they hold at once and are journalled.', cls: 'Class of role', find: 'Find a permission', none: 'not given', save: 'Save {n} changes', discard: 'Discard',
    fixed: 'The rights of the three administrators are fixed', permission: 'Permission', saved: '{n} changes saved', other: 'Other permissions', cell: '{role}: {permission}', failed: '{n} were not saved'
  },
  online: {
    hint: 'Sessions that are signed in. Ending one signs it out at once; unsaved text stays as a draft.', login: 'Login', address: 'Address', agent: 'Browser', since: 'Signed in', seen: 'Last active', endAsk: 'End the session of {login} at {address}? It is signed out at once.', total: '{n} sessions, {users} people',
    none: 'No such session', find: 'Login or address'
  },
  health: { ok: 'The service is well', bad: 'The service is not well', gauge: 'Figure', value: 'Value', hint: '/metrics gives the same figures to Prometheus.', shouwang_assets_in_use: 'Devices in use', shouwang_assets_down: 'Devices that do not answer', shouwang_outages_open: 'Open outages', shouwang_work_orders_open: 'Work orders not yet restored', shouwang_clocks_overdue: 'Clocks past their deadline', shouwang_journal_sealed: 'Sealed journal rows' },
  journal: {
    at: 'Time', who: 'Who', address: 'Address', what: 'Action', object: 'Record', result: 'Result', ok: 'Done', denied: 'No right', unauthorized: 'Login refused', failed: 'Not done', changes: 'Changes', hash: 'Seal', unsealed: 'not sealed yet', more: 'Earlier rows', total: '{n} in total', totalMore: 'more than {n}',
    keyword: 'Keyword', keywordHint: 'text, address, name', login: 'Login', refused: 'Refused', any: 'Any', range: 'Dates', empty: 'No such rows', system: 'System', console: 'Console', nobody: 'Not signed in',
    chain: 'Hash chain', chainHint: 'Every sealed row is hashed again: any changed, missing or moved row is found.', check: 'Verify now', checking: 'Verifying {rows} of {total} rows', good: 'Intact: {n} rows', goodHead: 'head {feed} {hash}', bad: 'Not intact: {n} faults', from: 'From', to: 'To', fault: 'Fault', notYet: 'Not verified yet', finished: 'finished {time}'
  },
  geo: { lng: 'Longitude', lat: 'Latitude', here: 'Where I am', failed: 'No position:', bad: '{label}: longitude within ±180 and latitude within ±90, both are needed' },
  secret: { set: 'Set', none: 'Not set', change: 'Change', clear: 'Clear', willClear: 'Cleared when you save', keep: 'Undo' },
  rows: { none: 'No rows', no: 'No.', add: 'Add {label}', remove: 'Remove row {n}', up: 'Row {n} up', down: 'Row {n} down', cell: 'Row {n} {label}' },
  files: {
    add: 'Add file', camera: 'Take photo', pick: 'From album or files', remove: 'Remove {name}', uploading: 'Uploading {name}', waiting: 'No network; {name} goes on when it is back',
    by: 'Uploaded by', uploaded: 'Uploaded', taken: 'Taken', place: 'Place', hash: 'SHA-256 of the original', pixels: 'Pixels', marked: 'Marked copy', original: 'Download the original', claim: 'as the camera says, unverified', noPlace: 'no place in the photo', failed: '{name} was not uploaded',
    view: 'View {name}', none: 'No files', download: 'Download {name}', photo: 'Photo', of: 'Photo {i} of {n}', prev: 'Previous', next: 'Next', tooMany: 'At most {n} files'
  },
  flow: { more: 'More ({n})', done: 'Done: {label}', confirmAsk: '{label}: “{title}”? This is journalled.', doing: 'Sending…', none: 'Nothing for you to do here now', gone: 'Others have moved this on: “{label}” is not possible now' },
  timeline: {
    heading: 'Timeline', empty: 'Nothing has happened yet', before: 'Before', after: 'After', created: 'Created', changes: '{n} changes',
    latestFirst: 'Latest first', show: 'Show changes', hide: 'Hide changes', older: 'Earlier', create: 'Registered', update: 'Changed', retire: 'Retired'
  },
  detail: {
    basic: 'Details', wholePage: 'Open the whole page', related: 'Related', failed: 'The record could not be loaded', missing: 'No such record, or no right to see it', retired: 'Retired',
    seeAll: 'See all {n}', noRelated: 'No related records', noRelatedOf: 'No related {label}'
  },
  import: {
    heading: 'Import {label}', drop: 'Drop a file here, or click to choose', types: '.xlsx or .csv, titles above the headings are fine; a blank cell keeps, “-” clears.',
    checking: 'Checking {name}…', result: 'Result of the check (nothing written yet)', rows: '{n} rows', new: 'New', changed: 'Changed', unchanged: 'Unchanged', wrong: 'Wrong',
    row: 'Row', column: 'Column', message: 'Reason', unmatched: 'Headings without a field: say which one it is; it is remembered for the same headings.', tooBig: 'The file is over {mb} MB. A ledger is never that large: remove pictures and blank areas, or split it.', sheet: 'Sheet', parts: 'The same sheet holds these, too; they are imported along:', partCounts: '{created} new · {changed} changed · {wrong} wrong', taken: '{n} columns found their field; change what is not right', sites: '{n} sites of the sheet are not in the ledger', units: '{n} units of the sheet are not registered',
    createSites: 'Create them, too', leaveSites: 'Do not create them, leave their rows out', read: 'Read from sheet “{sheet}”, headings in row {row}.', skipped: '{n} rows are no data and were not read: {rows}.', total: 'total', note: 'note', repeated: 'headings again', blank: 'blank', go: 'Import', goGood: 'Import the {n} good rows only', again: 'Another file',
    done: 'Imported: {created} new, {changed} changed. It can be undone under “Import”.', nothing: 'No rows to import', columnsHint: 'Headings may be these field names:', template: 'Download the template', templateName: '{label} template.xlsx', wrongName: '{label} wrong rows.xlsx', wrongRows: 'Download the {n} wrong rows with their reasons', seeChanges: 'See {n} changes', leaveOut: 'Leave out',
    xls: 'Save as .xlsx in WPS or Excel first.', running: 'Importing…'
  },
  home: {
    risks: 'Risks today', mine: 'My reports', noMine: 'No report is open.', inHand: 'My orders', noInHand: 'You have no order. Undispatched ones can be claimed from the list of orders.', duty: 'For you', heading: 'Overview', asOf: 'As of {time}', overdue: 'Needs action now', next: 'Most urgent work orders', noNext: 'No open work orders: all is well.',
    outages: 'Outages now', noOutages: 'No outage at the moment.', affected: '{n} devices affected', since: 'since {time}', openList: '{label}: {value}, open list', hello: 'Good {part}, {name}',
    morning: 'morning', noon: 'day', afternoon: 'afternoon', evening: 'evening', seeAll: 'See all'
  },
  desk: {
    call: 'Incoming call', queue: 'Queue', keys: 'Keys', new: 'New call', nextField: 'next field', phone: 'Number', name: 'Caller', asset: 'Device', assetHint: 'Any part of number, name or place', place: 'Place',
    placeHint: 'When the device is unknown', titleHint: '1–9 for a stock phrase, or type', phrases: 'Stock phrases', engineer: 'Send to', send: 'Register and dispatch', register: 'Register only', join: 'Join', again: 'Reopen', againReason: 'Reported again: {title}', reopened: '{no} reopened', dispatch: 'Dispatch', more: 'Source, grade and details',
    known: 'Called before: {name}, {place}, last {no}', hasOrder: 'has an open order', calledBefore: 'reported before', similar: 'Similar orders', similarLikely: 'May be the same fault', similarSite: 'Open orders at this place', noPlace: 'no place given',
    why: { asset: 'same device', again: 'mended within 3 days', uplink: 'what feeds it', symptom: 'same symptom', site: 'same place' }, atSite: 'at the place', km: '{n} km away', load: '{n} orders in hand', free: 'free', otherLine: 'other line',
    nobody: 'No engineer to send', needTitle: 'Say what is wrong, at least 2 characters', sent: '{no} dispatched to {name}', registered: '{no} registered, not dispatched', joined: '{no} joined to {main}', last: 'Last', took: '{n} s',
    notSent: '{no} is registered but nobody was sent. Correct it and press again: it is not registered twice.', calm: 'Nothing is waiting', calmHint: 'New reports and alarms appear here at once.', nothing: 'No order fits the filter', cut: 'The tightest {n} of {all}',
    clock: { paused: 'Paused', none: 'No deadline' }, filter: { all: 'All', waiting: 'To dispatch', tight: 'Due or late', emergency: 'Emergency', paused: 'Paused' }
  },
  decide: {
    pauseHint: 'Confirmed time does not count; rejected, it is as if the clock never stopped. Never by who set it.', repairHint: 'Nothing leaves before approval; the office time it takes is Party A\'s. Never by the applicant.', noPauses: 'No pause is waiting', noRepairs: 'No repair is waiting', long: '{n} pending for more than 24 h: {names}'
  },
  fault: {
    what: 'What does not work?', whatHint: 'Choose below or write a sentence', device: 'Which device (if you know)', deviceHint: 'Name, or the number on its label', phone: 'Telephone', more: 'More (optional)', photos: 'Photos (optional)', same: 'Somebody may have reported it already:', go: 'Report', sent: 'Reported, order {no}'
  },
  bench: { mine: 'Waiting for me', none: 'No work order is waiting for you.', functions: 'Functions' },
  order: {
    view: { steps: 'What was done', journal: 'Changes' }, steps: 'Progress', noSteps: 'Nothing was done yet', stepOther: 'Note', did: { create: 'Created', pause: 'Pause set', pause_end: 'Pause ended', pause_accept: 'Pause accepted', pause_reject: 'Pause rejected', repair_approve: 'Repair approved', repair_reject: 'Repair rejected', repair_send: 'Sent for repair', repair_return: 'Returned from repair', auto_close: 'Closed by itself', join: 'Duplicate joined' }, resting: 'The clocks are paused', lateSync: 'Sent later', received: 'received', deviceTime: 'device clock', queued: 'waited {span} offline', distance: '{n} m from the site',
    pauses: 'Pauses', noPauses: 'No pauses', addPause: 'Set a pause', stops: 'stops {what}', stillPaused: 'still paused', longPending: 'Pending for more than 24 h', setBy: 'Set by', bySystem: 'the system', reference: 'reference', callRecord: 'call record', contactTold: 'contact told',
    pmConfirmed: 'confirmed by', decided: 'Decided by', noProof: 'No evidence',
    repairs: 'Repairs outside', noQuote: 'no quote', age: 'In use for {n} years (since {date})', ageUnknown: 'In use since: unknown', inWarranty: 'warranty until {date}', outOfWarranty: 'warranty ended {date}', applicant: 'Applicant', approvalTook: 'approval took {span}', before: '{n} faults, orders and parts before', device: 'Device and what feeds it', hangs: 'When it dies, {n} more devices go dark ({cameras} cameras)', mergedInto: 'Joined to', mergedHint: ', whose clocks and work count.',
    excluded: 'Outside the contract: ', moves: 'Moved deadlines', print: 'Print event record', children: 'Reports joined to this order', assets: 'Devices handled with it', loans: 'Loaners', 
    nextStep: 'Next', yourTurn: 'Your turn', waiting: 'Waiting for others', waitingFor: 'With {name} now', finished: 'Finished', left: 'Until the next deadline',
    noClock: 'No clock is running', clocks: 'Clocks', deadline: 'Deadline', started: 'Started', stopped: 'Stopped', used: 'Used', limit: 'limit {n} min', rule: 'rule {code}',
    internal: 'internal target', provisional: 'provisional', also: 'also: {codes}', ledger: 'Minutes', ledgerOf: 'Minutes of {label}', counted: '{n} minutes counted', from: 'From', to: 'To', kind: 'Kind', minutes: 'Minutes', note: 'Note',
    affected: 'Affected devices', affectedNone: 'No affected device recorded', evidence: 'Evidence', noEvidence: 'No photos yet', dark: 'dark since {time}', back: 'back', info: 'Work order', emergency: 'Emergency', makeupDay: 'make-up workday',
    perDay: 'by {calendar}', onTime: 'on time', clockNone: 'This work order has no clocks'
  },
  map: {
    total: '{n} of {all} points shown', cluster: '{n} points, worst: {word}', community: 'Community', type: 'Type', site: 'Site',
    openDevice: 'Open the device', none: 'No points with coordinates yet', noneHint: 'Give longitude and latitude to a camera or a site, or import places.'
  },
  census: {
    hint: 'Every number opens its devices.', class: 'Class', baseline: 'Contract baseline', counted: 'In the ledger', drift: 'Drift', added: 'Added', removed: 'Removed',
    unexplained: 'At take-over', sum: '{counted} in the ledger / {baseline} in the contract', noBaseline: 'No contract baseline yet: load the contract preset first.',
    communities: 'Communities', inScope: 'Video service', outOfScope: 'Not in the video service', devices: 'Devices'
  },
  blind: {
    gaps: 'Blind spots', gapsHint: 'Devices in use against what their class should have; open a number to mend it one by one.', none: 'Nothing is missing.',
    files: 'Camera files', filesHint: 'Files with all mandatory fields among all camera files.'
  },
  duplicates: {
    total: '{n} groups', hint: 'Same serial number, MAC or IP, or same name, class and site. Say why a group is none and it is listed no more.', same: 'Same {what}', dismiss: 'Not a duplicate',
    why: 'Why is it not a duplicate?', needWhy: 'Please give a reason', dismissed: 'Noted', none: 'No possible duplicates', noneHint: 'Checked again after every import.',
    merge: 'If it is one device: keep the fuller record, add what it lacks and retire the other; its number is free again.'
  },
  device: {
    since: 'Since {time}', neverSeen: 'Monitoring never saw this device', feeds: 'What feeds it', noFeeds: 'No uplinks.', orders: 'Open orders', noOrders: 'No open orders.',
    photos: 'Photos', noPhotos: 'No photos yet.', blast: 'What is lost when it dies', noBlast: 'Nothing depends on it.', more: 'The first {n} of {all}',
    count: { all: 'All', dark: 'Dark', cameras_dark: 'Cameras', power: 'Lose power', signal: 'Lose network', recording: 'Lose recording', thinner: 'Lose redundancy' },
    lost: { power: 'power', signal: 'network', recording: 'recording', thinner: 'redundancy' },
    call: 'New order', file: 'Device file', missing: '{n} missing', complete: 'Complete', blankGroup: 'blank', history: 'History',
    past: { ledger: 'Ledger', fault: 'Fault', order: 'Order', part: 'Part', change: 'Change', uplink: 'Uplink' }
  },
  report: {
    heading: 'Monthly report', month: 'Month', figure: 'Figure', value: 'Value', download: 'Download {format}', prev: 'Previous month', next: 'Next month',
    hint: 'Every number opens the records that make it.', failed: 'The figures could not be loaded', asOf: 'As of {time}', empty: 'Nothing to count in this month'
  }
}
export default en
