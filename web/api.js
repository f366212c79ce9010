// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The server's JSON API (src/server/README.md), and what is live. Everything that knows its addresses is
// here.

// `position` and `length` say where in the filter expression the error is, in UTF-16 units; position is -1
// when it is elsewhere.
export class ApiError extends Error {
  constructor(message, { title, status = 0, position = -1, length = 1 } = {}) {
    super(message);
    Object.assign(this, { title, status, position, length });
  }
}

async function get(path, query = {}, signal = undefined) {
  const q = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') q.set(key, value);
  const text = q.toString();
  const url = `api/${path}${text ? `?${text}` : ''}`;
  const { early } = globalThis;
  globalThis.early = undefined;
  let reply;
  try {
    reply = await (early?.url === url
      ? early.reply
      : fetch(url, { signal, headers: { accept: 'application/json' } }));
    signal?.throwIfAborted();
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new ApiError(
      'Nothing answers at this address any more. Start "spawn trace serve" again; the page then goes on by itself.',
      { title: 'The server is not there' },
    );
  }
  const body = await reply.json().catch(() => null);
  if (reply.ok && body !== null) return body;
  throw new ApiError(body?.message ?? `The server answered ${reply.status} without a reason.`, {
    status: reply.status,
    title:
      { 404: 'Not here', 503: 'The server cannot answer now' }[reply.status] ?? 'The server refused this',
    ...placeIn(query.filter, body),
  });
}

// The server counts bytes of UTF-8.
function placeIn(filter, body) {
  if (!filter || !Number.isInteger(body?.at)) return {};
  const bytes = new TextEncoder().encode(filter);
  const units = (n) => new TextDecoder().decode(bytes.slice(0, n)).length;
  return { position: units(body.at), length: units(body.at + (body.length ?? 1)) - units(body.at) };
}

// A summary as the page uses it: names of services, those that sent segments first.
function summary(s) {
  const services = s.services ?? [];
  return {
    ...s,
    name: s.root || s.entry || services[0]?.name || s.id,
    array: s.array_id,
    unfinished: s.unfinished || (s.partial ? 1 : 0),
    services: [
      ...new Set(
        [...services.filter((x) => !x.inferred), ...services.filter((x) => x.inferred)]
          .filter((x) => x.type !== 'client')
          .map((x) => x.name),
      ),
    ],
  };
}

const SCREENFUL = 50;

// Of the question that start.js has asked, as long as it was not taken.
export const now = () => globalThis.early?.now ?? Date.now() / 1000;

export const version = () => get('version');

// The options of our commands that send spans here. OTLP's usual port needs no address.
export async function sendHere() {
  const { otlp } = await version();
  return `--exporter otlp${otlp && !otlp.endsWith(':4318') ? ` --endpoint ${otlp}` : ''}`;
}
// Up to query.limit of them, a screenful first; the server may look through a long time in several steps.
// `progress` gets what there is so far; the server is asked for more when it is done with it. `unread`: null,
// or how many could not be read and why the first of them could not.
export async function traces(query, signal, progress = () => {}) {
  const found = [];
  let unread = null;
  for (let next = query.next, limit = Math.min(SCREENFUL, query.limit); ; limit = query.limit - found.length) {
    const reply = await get('traces', { ...query, limit, next }, signal);
    for (const s of reply.traces) found.push(summary(s));
    unread = bothUnread(unread, reply.unread);
    next = reply.next ?? null;
    if (next === null || found.length >= query.limit) return { traces: found, next, unread };
    await progress(found);
  }
}
export const bothUnread = (a, b) => (a && b ? { ...a, count: a.count + b.count } : (a ?? b ?? null));
export const trace = (id, signal) => get(`traces/${encodeURIComponent(id)}`, {}, signal);
export const graph = (query, signal) => get('graph', query, signal);
export const traceGraph = (id, signal) => get(`traces/${encodeURIComponent(id)}/graph`, {}, signal);
export const array = (id, signal) => get(`arrays/${encodeURIComponent(id)}`, {}, signal);

// Calls on.traces(summaries), on.unfinished(spans), on.state('open' | 'lost') until close() of what it
// returns.
export function live(on) {
  const source = new EventSource('api/live');
  const data = (f) => (e) => {
    try {
      f(JSON.parse(e.data));
    } catch {
      // Half an event of a connection that broke: the next one has it.
    }
  };
  source.addEventListener('open', () => on.state?.('open'));
  source.addEventListener('error', () => on.state?.('lost'));
  source.addEventListener(
    'traces',
    data((d) => on.traces?.(d.traces.map(summary))),
  );
  source.addEventListener(
    'unfinished',
    data((d) => on.unfinished?.(d.spans)),
  );
  return { close: () => source.close() };
}
