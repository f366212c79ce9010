// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A trace as the page works with it: spans in the order a person reads them (depth first, siblings by
// start), with parents, depths, reach and self times in flat arrays, so that 50,000 spans are little
// work. Circles of parents are cut, spans whose parent is not here stand at the top and are marked.
// Without recursion, however deep the trace is. Pure.

export const NONE = -1;

// What went wrong with a span, worst first: fault, throttle, error; else running or ok.
export function state(span) {
  if (span.fault) return 'fault';
  if (span.throttle) return 'throttle';
  if (span.error) return 'error';
  return span.end === null || span.end === undefined ? 'running' : 'ok';
}
export const failed = (span) => Boolean(span.fault || span.throttle || span.error);

// `spans` in any order; `now` in epoch seconds ends what has not ended.
export function buildTrace(spans, now) {
  const n = spans.length;
  const byId = new Map();
  for (let i = 0; i < n; i++) if (!byId.has(spans[i].id)) byId.set(spans[i].id, i);
  const parentOf = new Int32Array(n).fill(NONE);
  const missing = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const p = spans[i].parent;
    if (!p) continue;
    const at = byId.get(p);
    if (at === undefined) missing[i] = 1;
    else if (at !== i) parentOf[i] = at;
  }
  const cut = cutCircles(spans, parentOf);
  const order = depthFirst(spans, parentOf);

  const rowOf = new Int32Array(n);
  for (let r = 0; r < n; r++) rowOf[order[r]] = r;

  const t = {
    n,
    spans: new Array(n),
    parent: new Int32Array(n).fill(NONE),
    depth: new Int32Array(n),
    last: new Int32Array(n), // one past the row of its last descendant
    start: new Float64Array(n),
    end: new Float64Array(n),
    reach: new Float64Array(n), // the latest end in its subtree
    self: new Float64Array(n),
    missing: new Uint8Array(n),
    cut: new Uint8Array(n),
    row: { get: (id) => (byId.has(id) ? rowOf[byId.get(id)] : undefined) }, // id → row
    from: Infinity,
    to: -Infinity,
    running: 0,
    failures: [],
  };
  for (let r = 0; r < n; r++) {
    const i = order[r];
    const span = spans[i];
    t.spans[r] = span;
    const p = parentOf[i];
    t.parent[r] = p === NONE ? NONE : rowOf[p];
    t.depth[r] = p === NONE ? 0 : t.depth[t.parent[r]] + 1;
    t.missing[r] = missing[i];
    t.cut[r] = cut[i];
    t.start[r] = span.start;
    if (failed(span)) t.failures.push(r);
  }
  setTimes(t, now);
  return t;
}

// Ends, reach and self times anew: running spans end now.
export function setTimes(t, now) {
  t.from = Infinity;
  t.to = -Infinity;
  t.running = 0;
  for (let r = 0; r < t.n; r++) {
    const { start, end } = t.spans[r];
    const open = end === null || end === undefined;
    if (open) t.running++;
    t.end[r] = open ? Math.max(start, now) : Math.max(start, end);
    t.from = Math.min(t.from, start);
    t.to = Math.max(t.to, t.end[r]);
    t.reach[r] = t.end[r];
  }
  if (t.n === 0) t.from = t.to = 0;
  for (let r = t.n - 1; r >= 0; r--) {
    if (t.last[r] === 0) t.last[r] = r + 1;
    const p = t.parent[r];
    if (p === NONE) continue;
    t.last[p] = Math.max(t.last[p], t.last[r]);
    t.reach[p] = Math.max(t.reach[p], t.reach[r]);
  }
  setSelfTimes(t);
}

// Marks spans whose parents lead back to themselves, and makes the earliest of the circle a root.
function cutCircles(spans, parentOf) {
  const n = spans.length;
  const cut = new Uint8Array(n);
  const seen = new Int32Array(n); // 0 not yet; else the walk that came by
  for (let i = 0; i < n; i++) {
    let at = i;
    while (at !== NONE && seen[at] === 0) {
      seen[at] = i + 1;
      at = parentOf[at];
    }
    if (at === NONE || seen[at] !== i + 1) continue;
    let earliest = at;
    for (let c = parentOf[at]; c !== at; c = parentOf[c])
      if (spans[c].start < spans[earliest].start) earliest = c;
    parentOf[earliest] = NONE;
    cut[earliest] = 1;
  }
  return cut;
}

function depthFirst(spans, parentOf) {
  const n = spans.length;
  const starts = Float64Array.from(spans, (s) => s.start);
  const byStart = Uint32Array.from(spans, (_, i) => i).sort((a, b) => starts[a] - starts[b] || a - b);
  // Children as linked lists; filled from the latest, so that each list runs from the earliest.
  const firstChild = new Int32Array(n).fill(NONE);
  const next = new Int32Array(n).fill(NONE);
  let firstRoot = NONE;
  for (let k = n - 1; k >= 0; k--) {
    const i = byStart[k];
    const p = parentOf[i];
    if (p === NONE) {
      next[i] = firstRoot;
      firstRoot = i;
    } else {
      next[i] = firstChild[p];
      firstChild[p] = i;
    }
  }
  const order = new Int32Array(n);
  const waiting = [];
  let filled = 0;
  let at = firstRoot;
  while (at !== NONE || waiting.length > 0) {
    if (at === NONE) {
      at = waiting.pop();
      continue;
    }
    order[filled++] = at;
    if (next[at] !== NONE) waiting.push(next[at]);
    at = firstChild[at];
  }
  return order;
}

// A span's time less the time in which a child of it ran. Siblings come by start, so one sweep is enough.
function setSelfTimes(t) {
  const covered = new Float64Array(t.n).fill(-Infinity); // up to where children cover their parent
  for (let r = 0; r < t.n; r++) t.self[r] = t.end[r] - t.start[r];
  for (let r = 0; r < t.n; r++) {
    const p = t.parent[r];
    if (p === NONE) continue;
    const from = Math.max(t.start[r], t.start[p], covered[p]);
    const to = Math.min(t.end[r], t.end[p]);
    if (to > from) {
      t.self[p] -= to - from;
      covered[p] = to;
    }
  }
  for (let r = 0; r < t.n; r++) if (t.self[r] < 0) t.self[r] = 0;
}

// Rows that are shown: not below a collapsed one, and, where `keep` is given, only rows it keeps and
// their ancestors.
export function shownRows(t, collapsed, keep) {
  let kept = null;
  if (keep) {
    kept = new Uint8Array(t.n);
    for (let r = 0; r < t.n; r++) {
      if (!keep(r)) continue;
      for (let a = r; a !== NONE && kept[a] === 0; a = t.parent[a]) kept[a] = 1;
    }
  }
  const rows = new Int32Array(t.n);
  let filled = 0;
  for (let r = 0; r < t.n; ) {
    if (!kept || kept[r]) rows[filled++] = r;
    r = collapsed.has(r) ? t.last[r] : r + 1;
  }
  return rows.subarray(0, filled);
}

export const hasChildren = (t, r) => t.last[r] > r + 1;

// What is said beside a bar: what came back when it failed.
export function outcome(span) {
  if (!failed(span)) return '';
  const type =
    span.cause?.type || span.annotations?.error_type || span.metadata?.['error.type'] || span.cause?.message;
  const status = span.http?.status;
  return (
    [status, type !== `${status}` && type].filter(Boolean).join(' ') ||
    { fault: 'fault', throttle: 'throttled', error: 'error' }[state(span)]
  );
}
