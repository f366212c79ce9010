// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Serves web/ and made traces in the shape of the JSON API (src/server/README.md), for what the real
// server cannot be brought to: broken replies, hostile names, traces at a wanted age. As a program it
// stays: node made_server.mjs [port].
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { arrayTrace, brokenTrace, hostileTrace, hugeTrace, shopTrace, Maker } from './made_traces.mjs';

const web = join(dirname(fileURLToPath(import.meta.url)), '../../web');
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
export const CSP =
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

export function summary(m) {
  const s = m.spans;
  const root = s.find((x) => !x.parent) ?? s[0];
  const ends = s.map((x) => x.end ?? x.start);
  const from = s.reduce((a, x) => Math.min(a, x.start), Infinity);
  return {
    id: m.id,
    start: from,
    duration: ends.reduce((a, b) => Math.max(a, b), 0) - from,
    response: (root.end ?? root.start) - root.start,
    root: root.name,
    entry: root.service,
    error: Boolean(root.error),
    fault: Boolean(root.fault),
    throttle: s.some((x) => x.throttle),
    services: [...new Set(s.map((x) => x.service))].map((name) => ({
      name,
      type: '',
      inferred: false,
      root: name === root.service,
    })),
    url: root.http?.url,
    method: root.http?.method,
    status: root.http?.status,
    annotations: Object.fromEntries(Object.entries(root.annotations ?? {}).map(([k, v]) => [k, [v]])),
    spans: s.length,
    errors: s.filter((x) => x.error || x.fault).length,
    partial: s.some((x) => x.end === null),
    unfinished: s.filter((x) => x.end === null).length,
    array_id: m.array ?? null,
  };
}

export function graphOf(traces) {
  const nodes = new Map();
  const node = (name, type) => {
    const key = `${name}|${type}`;
    if (!nodes.has(key)) nodes.set(key, { id: nodes.size, name, type, edges: new Map(), statistics: none() });
    return nodes.get(key);
  };
  const add = (st, x) => {
    st.total++;
    st[x.fault ? 'fault' : x.throttle ? 'throttle' : x.error ? 'error' : 'ok']++;
    st.time += (x.end ?? x.start) - x.start;
  };
  const edge = (a, b, x) => {
    if (!a.edges.has(b)) a.edges.set(b, none());
    add(a.edges.get(b), x);
  };
  for (const m of traces) {
    const byId = new Map(m.spans.map((x) => [x.id, x]));
    const own = (x) => node(x.service.slice(0, 100), x.spans ? '' : originOf(m, x.service));
    for (const x of m.spans.slice(0, 3000)) {
      const p = byId.get(x.parent);
      if (!p) {
        add(own(x).statistics, x);
        edge(node('client', 'client'), own(x), x);
      } else if (p.service !== x.service) {
        add(own(x).statistics, x);
        edge(own(p), own(x), x);
      } else if (x.namespace && !m.spans.some((c) => c.parent === x.id && c.service !== x.service)) {
        const callee =
          x.namespace === 'aws'
            ? node(x.name.split('.')[0], `AWS::${x.name.split('.')[0]}`)
            : node(x.name, 'remote');
        add(callee.statistics, x);
        edge(own(x), callee, x);
      }
    }
  }
  return {
    services: [...nodes.values()].map((n) => ({
      id: n.id,
      name: n.name,
      type: n.type,
      root: false,
      inferred: false,
      ...n.statistics,
      edges: [...n.edges].map(([to, statistics]) => ({ to: to.id, type: '', ...statistics })),
    })),
  };
}
const none = () => ({ total: 0, ok: 0, error: 0, fault: 0, throttle: 0, time: 0 });
const originOf = (m, service) => m.spans.find((x) => x.service === service && x.origin)?.origin ?? '';

// Enough of filter expressions for these tests; the real parser is the server's.
function filterOf(text) {
  if (!text) return () => true;
  const bad = /=\s*=|\bAN\b/.exec(text);
  if (bad)
    throw Object.assign(new Error(`expected a value, found "${bad[0].slice(-1)}"`), {
      at: Buffer.byteLength(text.slice(0, bad.index + bad[0].length - 1)),
      length: 1,
    });
  return (s) =>
    text.split(/\s+AND\s+/i).every((term) => {
      const service = /^service\("(.*)"\)/.exec(term);
      if (service) return s.services.some((x) => x.name === service[1]);
      const d = /^duration\s*([<>])=?\s*([\d.]+)/.exec(term);
      if (d) return d[1] === '>' ? s.duration > Number(d[2]) : s.duration < Number(d[2]);
      const note = /^annotation\.(\w+)\s*(=|CONTAINS)\s*"?([^"]*)"?$/.exec(term);
      if (note)
        return note[2] === '='
          ? String(s.annotations[note[1]]?.[0]) === note[3]
          : s.annotations[note[1]] !== undefined;
      return (
        {
          fault: s.fault,
          error: s.error,
          throttle: s.throttle,
          partial: s.unfinished > 0,
          ok: !s.fault && !s.error,
        }[term] ?? false
      );
    });
}

export async function startServer({
  port = 0,
  huge = 50000,
  hostile = 10_000_000,
  now = Date.now() / 1000,
} = {}) {
  const all = [];
  for (let i = 0; i < 420; i++) all.push(shopTrace(i + 1, now - 3500 + i * 8.2));
  const array = arrayTrace(7, now - 420, 24, now);
  all.push(array);
  const named = {
    array,
    huge: hugeTrace(3, now - 3550, huge),
    broken: brokenTrace(5, now - 900),
    hostile: hostileTrace(9, now - 700, hostile),
    running: new Maker(11, now - 40),
  };
  const root = named.running.span(null, 'spored', 'job render', now - 40, null);
  named.running.span(root, 'spored', 'fetch scene', now - 39, 8);
  named.running.span(root, 'spored', 'render frames', now - 30, null);
  for (const m of Object.values(named)) if (!all.includes(m)) all.push(m);
  // Its files lie below it, as the real server's below a checksum.
  let version = 'made';
  let unread = null;
  const clients = new Set();
  const send = (m) =>
    clients.forEach((c) =>
      c.write(
        `event: traces\ndata: ${JSON.stringify({ change: 1, now: Date.now() / 1000, traces: [summary(m)] })}\n\n`,
      ),
    );
  const summaries = () =>
    all
      .map((m) => (m.spans.length > 1000 ? (m.cached ??= summary(m)) : summary(m)))
      .sort((a, b) => b.start - a.start);

  const answer = (q, path) => {
    const [start, end] = [Number(q.get('start') ?? 0), Number(q.get('end') ?? 1e12)];
    if (path === 'version')
      return {
        spawn: '0.1.0',
        db: '/home/me/.local/state/spawn/traces.db',
        now: Date.now() / 1000,
        xray: 'http://127.0.0.1:4319',
        udp: '127.0.0.1:2000',
        otlp: 'http://127.0.0.1:4318',
      };
    if (path === 'traces' || path === 'graph') {
      const keep = filterOf(q.get('filter'));
      const list = summaries().filter((s) => s.start >= start && s.start <= end && keep(s));
      if (path === 'graph') {
        const ids = new Set(list.map((s) => s.id));
        return {
          ...graphOf(all.filter((m) => ids.has(m.id) && m !== named.hostile && m !== named.huge)),
          unread,
        };
      }
      const from = Number(q.get('next') ?? 0);
      const limit = Number(q.get('limit') ?? 100);
      return {
        traces: list.slice(from, from + limit),
        next: from + limit < list.length ? String(from + limit) : null,
        unread,
      };
    }
    const one = /^traces\/([^/]+)(\/graph)?$/.exec(path);
    const found = one && all.find((m) => m.id === one[1]);
    if (found)
      return one[2]
        ? graphOf([found])
        : {
            id: found.id,
            notes: found === named.broken ? ['document 12: no "start_time"'] : [],
            spans: found.spans,
            resources: [{ 'host.id': 'i-0123456789abcdef0', 'service.version': '1.4.2' }],
          };
    if (path === `arrays/${array.array}`) return { id: array.array, members: array.members };
    return null;
  };

  const server = createServer(async (request, reply) => {
    const url = new URL(request.url, 'http://x');
    const headers = {
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    };
    if (url.pathname === '/api/live') {
      reply.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
      reply.write(': hello\n\n');
      clients.add(reply);
      request.on('close', () => clients.delete(reply));
      return;
    }
    if (url.pathname.startsWith('/api/')) {
      let status = 200;
      let body;
      try {
        body = answer(url.searchParams, decodeURIComponent(url.pathname.slice(5)));
        if (body === null) [status, body] = [404, { message: 'no such trace' }];
      } catch (e) {
        [status, body] = [400, { message: e.message, at: e.at, length: e.length }];
      }
      reply.writeHead(status, { ...headers, 'content-type': 'application/json' });
      reply.end(JSON.stringify(body));
      return;
    }
    const [, folder, below] = /^\/(\w+)\/([\w.]+)$/.exec(url.pathname) ?? [];
    const index = url.pathname === '/';
    const file = index ? 'index.html' : folder === version ? below : '';
    const content = file ? await readFile(join(web, file)).catch(() => null) : null;
    reply.writeHead(content ? 200 : 404, {
      ...headers,
      'content-type': TYPES[extname(file)] ?? 'text/plain',
    });
    reply.end(index ? String(content).replaceAll('{{version}}', version) : (content ?? 'not found'));
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    named,
    all,
    add: (m) => (all.push(m), send(m)),
    send,
    upgrade: () => (version = 'newer'),
    damage: (reason) => (unread = { count: 1, reason }),
    close: () => (clients.forEach((c) => c.end()), server.close(), server.closeAllConnections()),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const s = await startServer({ port: Number(process.argv[2] ?? 0) });
  console.log(s.url);
  for (const [name, m] of Object.entries(s.named)) console.log(name, m.id);
  let i = 1000;
  setInterval(() => s.add(shopTrace(i++, Date.now() / 1000 - 0.5)), 3000);
}
