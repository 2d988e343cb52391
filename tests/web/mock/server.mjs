// SPDX-License-Identifier: Apache-2.0
// A small stand-in for the server, for developing and testing pages only: docs/api.md in memory, with
// the same strict content policy, so that a page which breaks it breaks here.
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { seed } from './data.mjs'
import { ACCOUNTS, KINDS } from './meta.mjs'

const CSP = "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
export const PASSWORD = 'Shou-wang-2026'

class Fault extends Error {
  constructor(status, code, message, field = null) {
    super(message)
    Object.assign(this, { status, code, field })
  }
}

export function startMock({ dist, port = 0 }) {
  const now = () => Date.now()
  const db = seed(now())
  const journal = []
  const files = new Map()
  const sessions = new Map()
  const streams = new Set()
  const passwords = Object.fromEntries(Object.keys(ACCOUNTS).map((l) => [l, PASSWORD]))
  const must = new Set()
  let fileId = 0
  for (const kind of Object.keys(KINDS)) for (const r of db[kind] ?? []) note(kind, r.id, 'create', 'console', [])

  function note(kind, id, action, actor, changes) {
    journal.push({ id: journal.length + 1, at: now(), kind, record: id, actor, action, label: action, changes })
    const text = `id: ${journal.length}\nevent: change\ndata: ${JSON.stringify({ kind, id, action, at: now() })}\n\n`
    for (const s of streams) s.write(text)
  }
  const visible = (s, kind) => {
    const k = KINDS[kind]
    const can = ACCOUNTS[s.login].kinds[kind]
    if (!k || !can) throw new Fault(404, 'not_found', '没有这类记录')
    return { k, can }
  }
  const label = (kind, id) => {
    const r = (db[kind] ?? []).find((x) => x.id === id)
    return r ? String(r[KINDS[kind].label_field] ?? `#${id}`) : null
  }
  function out(s, kind, r) {
    const { k, can } = visible(s, kind)
    const o = { ...r, can: [] }
    for (const f of k.fields) if (f.type === 'ref' && r[f.name]) o[`${f.name}_label`] = label(f.ref, r[f.name])
    for (const f of k.fields) if (f.type === 'files') o[f.name] = (r[f.name] ?? []).map((id) => files.get(id)?.ref).filter(Boolean)
    if (can.includes('update') && r.state !== 'closed') o.can.push('update')
    if (can.includes('retire')) o.can.push('retire')
    for (const a of k.actions) if (a.from.includes(r.state) && ACCOUNTS[s.login].steps.includes(a.action)) o.can.push(a.action)
    return o
  }
  const OPS = { eq: (a, b) => a === b, ne: (a, b) => a !== b, lt: (a, b) => a < b, le: (a, b) => a <= b, gt: (a, b) => a > b, ge: (a, b) => a >= b }
  function match(k, r, text) {
    const m = /^(\w+)\.(\w+)\.([\s\S]*)$/.exec(text)
    const f = m && (k.fields.find((x) => x.name === m[1]) ?? (['id', 'created_at', 'updated_at'].includes(m[1]) ? { type: 'int' } : null))
    if (!f) throw new Fault(400, 'invalid', '筛选条件不正确', 'f')
    const conv = (v) => (['int', 'instant', 'ref', 'float', 'fen', 'duration'].includes(f.type) ? Number(v) : f.type === 'bool' ? v === 'true' || v === '1' : v)
    const v = r[m[1]]
    if (m[2] === 'null') return (v === null || v === undefined) === (m[3] !== '0')
    if (m[2] === 'in') return m[3].split(',').map(conv).includes(v)
    if (m[2] === 'has') return String(v ?? '').includes(m[3])
    return v !== null && v !== undefined && OPS[m[2]](v, conv(m[3]))
  }
  function select(s, kind, q) {
    const { k } = visible(s, kind)
    let rows = (db[kind] ?? []).filter((r) => !r.retired && q.getAll('f').every((t) => match(k, r, t)))
    const word = q.get('q')
    if (word) rows = rows.filter((r) => k.fields.some((f) => f.find && String(r[f.name] ?? '').toLowerCase().includes(word.toLowerCase())))
    const sort = q.get('sort') || '-id'
    const by = sort.replace(/^-/, '')
    const dir = sort.startsWith('-') ? -1 : 1
    return [...rows].sort((a, b) => {
      const x = a[by] ?? null
      const y = b[by] ?? null
      if (x === null || y === null) return x === y ? a.id - b.id : x === null ? 1 : -1
      return (x < y ? -1 : x > y ? 1 : 0) * dir || b.id - a.id
    })
  }
  function checkInput(fields, body, creating, kind, self) {
    for (const name of Object.keys(body)) if (name !== 'rev' && !fields.some((f) => f.name === name)) throw new Fault(400, 'invalid', `没有“${name}”这一项`, name)
    for (const f of fields) {
      if (!(f.name in body)) {
        if (creating && f.required && !f.readonly) throw new Fault(400, 'invalid', `请填写${f.label}`, f.name)
        continue
      }
      const v = body[f.name]
      if (f.required && (v === null || v === '' || (Array.isArray(v) && !v.length))) throw new Fault(400, 'invalid', `请填写${f.label}`, f.name)
      if (f.name === 'ip' && v && !/^\d+(\.\d+){3}$/.test(v)) throw new Fault(400, 'invalid', 'IP 地址格式不正确', 'ip')
      if (f.unique && db[kind].some((r) => r !== self && r[f.name] === v)) throw new Fault(409, 'conflict', `${f.label}“${v}”已存在`, f.name)
    }
  }
  function find(s, kind, id) {
    visible(s, kind)
    const r = (db[kind] ?? []).find((x) => x.id === Number(id) && !x.retired)
    if (!r) throw new Fault(404, 'not_found', '没有这条记录')
    return r
  }
  function change(s, kind, r, body, action) {
    if (body.rev !== r.rev) throw new Fault(409, 'conflict', '记录已被他人修改，请刷新后再试')
    const changes = []
    for (const [name, v] of Object.entries(body)) {
      const f = KINDS[kind].fields.find((x) => x.name === name)
      if (name === 'rev' || !f || JSON.stringify(r[name] ?? null) === JSON.stringify(v)) continue
      changes.push({ field: name, label: f.label, before: r[name] ?? null, after: v })
      r[name] = v
    }
    r.rev++
    r.updated_at = now()
    note(kind, r.id, action, ACCOUNTS[s.login].name, changes)
  }
  function step(s, kind, r, action, body) {
    const a = KINDS[kind].actions.find((x) => x.action === action)
    if (action === 'retire') {
      r.retired = true
      return change(s, kind, r, body, 'retire')
    }
    if (!a || !out(s, kind, r).can.includes(action)) throw new Fault(403, 'denied', '当前不能执行此操作')
    checkInput(a.fields, body, true, kind, r)
    change(s, kind, r, { ...body, state: a.to }, action)
    const stamp = { accept: 'accepted_at', arrive: 'arrived_at', restore: 'restored_at', confirm: 'confirmed_at' }[action]
    if (stamp) r[stamp] = now()
    const metric = { accept: 'respond', restore: 'restore' }[action]
    for (const c of db.sla_clock ?? []) {
      if (c.work_order_id !== r.id || c.metric !== metric || c.stopped_at) continue
      Object.assign(c, { stopped_at: now(), elapsed_ms: now() - c.started_at, state: now() <= c.deadline_at ? 'met' : 'missed', rev: c.rev + 1 })
      note('sla_clock', c.id, 'stop', 'system', [])
    }
  }
  const OPEN = 'registered,dispatched,accepted,arrived,restored'
  const FIGURES = {
    dashboard: [['overdue', '已超时工单', '单', 'danger', 'work_order', () => `f=state.in.${OPEN}&f=deadline_at.lt.${now()}`], ['open', '未完成工单', '单', 'warning', 'work_order', () => `f=state.in.${OPEN}&sort=deadline_at`],
      ['outages', '当前中断', '起', 'danger', 'outage', () => 'f=state.eq.open'], ['down', '离线设备', '台', 'warning', 'asset', () => 'f=health.eq.down'], ['assets', '在用设备', '台', 'info', 'asset', () => 'f=state.eq.in_use'], ['rate', '本月按时率', '%', 'success', null, null]],
    monthly: [['orders', '工单总数', '单', 'info', 'work_order', (m) => `f=started_at.ge.${Date.parse(m + '-01T00:00:00+08:00')}`], ['met', '按时完成', '次', 'success', 'sla_clock', () => 'f=state.eq.met'],
      ['missed', '未按时', '次', 'danger', 'sla_clock', () => 'f=state.in.missed,overdue'], ['assets', '设备总数', '台', 'info', 'asset', () => ''], ['rate', '按时率', '%', 'info', null, null]]
  }
  function figures(s, q) {
    const defs = FIGURES[q.get('set')]
    if (!defs) throw new Fault(404, 'not_found', '没有这组数字')
    const list = defs.filter((d) => !d[4] || ACCOUNTS[s.login].kinds[d[4]]).map(([id, text, unit, tone, kind, query]) => {
      const stored = query ? query(q.get('month')) : null
      return { id, label: text, value: kind ? select(s, kind, new URLSearchParams(stored)).length : null, unit, tone, kind, query: stored }
    })
    return { as_of: now(), figures: list }
  }
  function ledgerOf(s, id) {
    const c = find(s, 'sla_clock', id)
    const end = c.stopped_at ?? now()
    const lunch = c.started_at + 10 * 60_000
    const span = (from, to, kind, text, makeup = false, nt = null) => ({ from, to, minutes: Math.floor((to - from) / 60_000), kind, label: text, makeup, note: nt })
    const short = end < lunch + 20 * 60_000
    const spans = short ? [span(c.started_at, end, 'worked', '计时')] : [span(c.started_at, lunch, 'worked', '计时'), span(lunch, lunch + 15 * 60_000, 'paused', '暂停', false, '等待运营商'), span(lunch + 15 * 60_000, end, 'worked', '计时', true)]
    return { clock: c, spans, worked_minutes: spans.filter((x) => x.kind === 'worked').reduce((n, x) => n + x.minutes, 0) }
  }
  /** CSV only: asset_no,name,class,line,site … with Chinese headings. */
  function importRows(s, kind, q, text) {
    const { k } = visible(s, kind)
    const [head, ...lines] = text.replace(/^\ufeff/, '').trim().split(/\r?\n/).map((l) => l.split(','))
    const fields = head.map((h) => k.fields.find((f) => f.label === h) ?? null)
    const res = { rows: lines.length, good: 0, new: 0, changed: 0, unchanged: 0, errors: [], unmatched: head.filter((_, i) => !fields[i]), new_sites: [] }
    lines.forEach((cells, i) => {
      const row = {}
      let bad = false
      cells.forEach((c, j) => {
        const f = fields[j]
        if (!f || c === '') return
        if (f.type === 'enum') row[f.name] = f.options.find((x) => x.label === c)?.value
        else if (f.type === 'ref') row[f.name] = db[f.ref].find((x) => x[KINDS[f.ref].label_field] === c)?.id
        else row[f.name] = c
        if (row[f.name] !== undefined) return
        if (f.ref === 'site' && !res.new_sites.includes(c)) res.new_sites.push(c)
        if (f.ref === 'site' && q.get('create_sites')) return
        res.errors.push({ row: i + 2, column: f.label, message: `没有“${c}”` })
        bad = true
      })
      if (bad) return
      res.good++
      const old = db[kind].find((r) => r.asset_no === row.asset_no)
      const differs = !old || Object.entries(row).some(([n, v]) => old[n] !== v)
      res[!old ? 'new' : differs ? 'changed' : 'unchanged']++
      if (q.get('dry_run') || !differs) return
      const r = old ?? { id: db[kind].length + 1, rev: 0, created_at: now(), state: 'in_use', health: 'unknown' }
      Object.assign(r, row, { rev: r.rev + 1, updated_at: now() })
      if (!old) db[kind].push(r)
      note(kind, r.id, old ? 'update' : 'create', ACCOUNTS[s.login].name, [])
    })
    return res
  }

  const userOf = (s) => {
    const a = ACCOUNTS[s.login]
    return { id: Object.keys(ACCOUNTS).indexOf(s.login) + 1, login: s.login, name: a.name, roles: [s.login], role_labels: [a.label], permissions: Object.keys(a.kinds).map((k) => `${k}.read`), must_change: must.has(s.login) }
  }
  const meta = (s) => ({
    app: { name: '守望运维', version: '0.1.0' }, user: userOf(s),
    kinds: Object.fromEntries(Object.entries(ACCOUNTS[s.login].kinds).map(([n, can]) => [n, { ...KINDS[n], can }]))
  })

  async function api(req, res, url) {
    const chunks = []
    for await (const c of req) chunks.push(c)
    const raw = Buffer.concat(chunks)
    const json = () => (raw.length ? JSON.parse(raw.toString()) : {})
    const q = url.searchParams
    const seg = url.pathname.slice('/api/v1/'.length).split('/')
    const token = /sw_session=(\w+)/.exec(req.headers.cookie ?? '')?.[1]
    const s = sessions.get(token)
    const key = `${req.method} ${seg.join('/')}`
    if (key === 'POST session') {
      const { login, password } = json()
      if (!passwords[login] || passwords[login] !== password) throw new Fault(401, 'unauthorized', '账号或密码不正确')
      const t = randomBytes(16).toString('hex')
      const made = { id: sessions.size + 1, login, csrf: randomBytes(8).toString('hex'), created_at: now(), seen_at: now(), address: '127.0.0.1', agent: req.headers['user-agent'] }
      sessions.set(t, made)
      return [200, { csrf: made.csrf, user: userOf(made) }, { 'Set-Cookie': `sw_session=${t}; HttpOnly; SameSite=Strict; Path=/` }]
    }
    if (!s) throw new Fault(401, 'unauthorized', '请先登录')
    if (req.method !== 'GET' && req.headers['x-csrf-token'] !== s.csrf) throw new Fault(403, 'denied', '页面已过期，请刷新')
    s.seen_at = now()
    if (key === 'GET session') return [200, { csrf: s.csrf, user: userOf(s) }]
    if (key === 'DELETE session') return sessions.delete(token), [204]
    if (key === 'POST password') {
      const b = json()
      if (b.old !== passwords[s.login]) throw new Fault(400, 'invalid', '当前密码不正确', 'old')
      if (b.new.length < 8) throw new Fault(400, 'invalid', '新密码不少于 8 位', 'new')
      passwords[s.login] = b.new
      must.delete(s.login)
      for (const [t, x] of sessions) if (x.login === s.login && t !== token) sessions.delete(t)
      return [204]
    }
    if (must.has(s.login)) throw new Fault(403, 'denied', '请先修改密码', 'password')
    if (key === 'GET session/list') return [200, { items: [...sessions.values()].filter((x) => x.login === s.login).map((x) => ({ id: x.id, address: x.address, agent: x.agent, created_at: x.created_at, seen_at: x.seen_at, current: x === s })) }]
    if (req.method === 'DELETE' && seg[0] === 'session') {
      for (const [t, x] of sessions) if (x.id === Number(seg[2]) && x.login === s.login) sessions.delete(t)
      return [204]
    }
    if (key === 'GET meta') return [200, meta(s)]
    if (key === 'GET figure') return [200, figures(s, q)]
    if (key === 'GET report/monthly') return [200, Buffer.from('%PDF-1.4 test'), { 'Content-Type': 'application/pdf', 'Content-Disposition': `attachment; filename="report.${q.get('format')}"` }]
    if (key === 'GET events') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
      res.write(': hello\n\n')
      streams.add(res)
      req.on('close', () => streams.delete(res))
      res.on('close', () => streams.delete(res))
      return null
    }
    if (key === 'PUT file') {
      const sha256 = createHash('sha256').update(raw).digest('hex')
      const r = { id: ++fileId, name: q.get('name'), type: /\.png$/i.test(q.get('name')) ? 'image/png' : 'application/octet-stream', size: raw.length, sha256 }
      files.set(r.id, { ref: r, raw })
      return [201, r]
    }
    if (seg[0] === 'file') {
      const x = files.get(Number(seg[1]))
      if (!x) throw new Fault(404, 'not_found', '没有这个文件')
      return [200, x.raw, { 'Content-Type': x.ref.type }]
    }
    return records(s, req.method, seg, q, json, raw)
  }
  function records(s, method, [kind, id, verb], q, json, raw) {
    const { k, can } = visible(s, kind)
    const need = (what) => {
      if (!can.includes(what)) throw new Fault(403, 'denied', '没有权限')
    }
    if (method === 'GET' && !id) {
      const rows = select(s, kind, q)
      const limit = Number(q.get('limit') ?? 50)
      const from = (Number(q.get('page') ?? 1) - 1) * limit
      return [200, { items: rows.slice(from, from + limit).map((r) => out(s, kind, r)), next: null, total: rows.length }]
    }
    if (method === 'GET' && id === 'export.xlsx') {
      need('export')
      return [200, Buffer.from(`PK ${select(s, kind, q).length}`), { 'Content-Type': 'application/octet-stream', 'Content-Disposition': "attachment; filename*=UTF-8''" + encodeURIComponent(`${k.label}.xlsx`) }]
    }
    if (method === 'POST' && !id) {
      need('create')
      const b = json()
      checkInput(k.fields.filter((f) => !f.readonly), b, true, kind, null)
      const r = { rev: 1, created_at: now(), updated_at: now() }
      for (const f of k.fields) r[f.name] = f.type === 'files' ? [] : (b[f.name] ?? null)
      r.id = (db[kind] ??= []).push(r)
      if (kind === 'work_order') Object.assign(r, { no: `YW-20261123-${String(r.id).padStart(4, '0')}`, state: 'registered', started_at: now(), deadline_at: now() + 7_200_000 })
      if (kind === 'work_order') {
        for (const [metric, rule_code, limit] of [['respond', 'S-05', 120], ['restore', 'S-09', 480]]) {
          const id = db.sla_clock.length + 1
          db.sla_clock.push({ id, rev: 1, created_at: now(), updated_at: now(), work_order_id: r.id, metric, rule_code, also: null, calendar: '24x7', limit_minutes: limit, started_at: now(), deadline_at: now() + limit * 60_000, provisional: false, internal: false, state: 'running', stopped_at: null, elapsed_ms: null })
          note('sla_clock', id, 'create', 'system', [])
        }
      }
      if (kind === 'asset') r.health = 'unknown'
      note(kind, r.id, 'create', ACCOUNTS[s.login].name, [])
      return [201, out(s, kind, r)]
    }
    if (method === 'POST' && id === 'import') return need('import'), [200, importRows(s, kind, q, raw.toString())]
    if (method === 'POST' && !verb) {
      const { ids, ...input } = json()
      const results = ids.map((x) => {
        try {
          const r = find(s, kind, x.id)
          step(s, kind, r, id, { ...input, rev: x.rev })
          return { id: x.id, ok: true, rev: r.rev }
        } catch (e) {
          return { id: x.id, ok: false, error: { code: e.code, message: e.message } }
        }
      })
      return [200, { results }]
    }
    const r = find(s, kind, id)
    if (method === 'GET' && !verb) return [200, out(s, kind, r)]
    if (method === 'GET' && verb === 'journal') return [200, { items: journal.filter((x) => x.kind === kind && x.record === r.id) }]
    if (method === 'GET' && verb === 'ledger') return [200, ledgerOf(s, r.id)]
    if (method === 'PATCH') {
      need('update')
      const b = json()
      checkInput(k.fields, b, false, kind, r)
      change(s, kind, r, b, 'update')
    } else if (method === 'POST') step(s, kind, r, verb, json())
    return [200, out(s, kind, r)]
  }

  function page(req, res, url) {
    let path = join(dist, normalize(url.pathname).replace(/^(\.\.[/\\])+/, ''))
    if (!existsSync(path) || statSync(path).isDirectory()) path = extname(url.pathname) ? '' : join(dist, 'index.html')
    if (!path) return res.writeHead(404).end()
    res.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' })
    createReadStream(path).pipe(res)
  }
  const server = createServer(async (req, res) => {
    const url = new URL(req.url, 'http://127.0.0.1')
    if (!url.pathname.startsWith('/api/')) return page(req, res, url)
    try {
      const answer = await api(req, res, url)
      if (!answer) return
      const [status, body, headers = {}] = answer
      if (body === undefined) return res.writeHead(status, headers).end()
      const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body)
      res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers }).end(bytes)
    } catch (e) {
      const status = e.status ?? 500
      if (!e.status) process.stderr.write(`${e.stack}\n`)
      res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: { code: e.code ?? 'internal', field: e.field ?? undefined, message: e.message } }))
    }
  })
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({
    url: `http://127.0.0.1:${server.address().port}`, mustChange: (login) => must.add(login), streams: () => streams.size,
    stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done) })
  })))
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const dist = process.argv[2] ?? new URL('../../../web/dist', import.meta.url).pathname
  const mock = await startMock({ dist, port: Number(process.env.PORT ?? 0) })
  process.stdout.write(`${mock.url}\n`)
}
