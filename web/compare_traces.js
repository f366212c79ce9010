// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Two traces as one tree: spans are the same when service, name and place among equal siblings are, below
// the same parent; the roots always. Array members are the same by index, whatever their instance is called. Pure.
import { NONE } from './trace.js';

// Rows in reading order: {depth, a, b, name, service}; a and b are rows of the traces or NONE.
export function compareTraces(a, b) {
  const out = [];
  const [rootsA, rootsB] = [roots(a), roots(b)];
  // One root each: they are what is compared, whatever they are called.
  const frames = [
    rootsA.length === 1 && rootsB.length === 1
      ? { list: [{ a: rootsA[0], b: rootsB[0] }], next: 0, depth: 0 }
      : pairs(a, rootsA, b, rootsB, 0),
  ];
  while (frames.length > 0) {
    const top = frames[frames.length - 1];
    const pair = top.list[top.next++];
    if (!pair) {
      frames.pop();
      continue;
    }
    const span = pair.a !== NONE ? a.spans[pair.a] : b.spans[pair.b];
    const other = pair.a !== NONE && pair.b !== NONE ? b.spans[pair.b].name : span.name;
    out.push({
      depth: top.depth,
      a: pair.a,
      b: pair.b,
      name: other === span.name ? other : `${span.name} → ${other}`,
      service: span.service,
    });
    frames.push(pairs(a, childRows(a, pair.a), b, childRows(b, pair.b), top.depth + 1));
  }
  return out;
}

function roots(t) {
  const out = [];
  for (let r = 0; r < t.n; r = t.last[r]) out.push(r);
  return out;
}

function childRows(t, row) {
  const out = [];
  if (row !== NONE) for (let r = row + 1; r < t.last[row]; r = t.last[r]) out.push(r);
  return out;
}

function keys(t, rows) {
  const times = new Map();
  return rows.map((r) => {
    const s = t.spans[r];
    const index = s.annotations?.spawn_job_array_index;
    const base = JSON.stringify([s.service, s.name, index ?? null]);
    const n = times.get(base) ?? 0;
    times.set(base, n + 1);
    return `${base}#${n}`;
  });
}

function pairs(a, rowsA, b, rowsB, depth) {
  const keysA = keys(a, rowsA);
  const inB = new Map(keys(b, rowsB).map((k, i) => [k, rowsB[i]]));
  const list = rowsA.map((r, i) => {
    const other = inB.get(keysA[i]);
    if (other !== undefined) inB.delete(keysA[i]);
    return { a: r, b: other ?? NONE };
  });
  // What only B has stands behind what it followed there.
  const at = new Map(list.map((p, i) => [p.b, i]));
  let behind = -1;
  const extra = new Map();
  for (const r of rowsB) {
    if (at.has(r)) behind = at.get(r);
    else extra.set(behind, [...(extra.get(behind) ?? []), { a: NONE, b: r }]);
  }
  const merged = [...(extra.get(-1) ?? [])];
  list.forEach((p, i) => merged.push(p, ...(extra.get(i) ?? [])));
  return { list: merged, next: 0, depth };
}

// Totals by service and name: [{service, name, countA, countB, totalA, totalB, selfA, selfB}], the
// greatest change of self time first.
export function compareNames(a, b) {
  const by = new Map();
  const add = (t, side) => {
    for (let r = 0; r < t.n; r++) {
      const { service, name } = t.spans[r];
      const key = JSON.stringify([service, name]);
      let row = by.get(key);
      if (!row)
        by.set(
          key,
          (row = { service, name, countA: 0, countB: 0, totalA: 0, totalB: 0, selfA: 0, selfB: 0 }),
        );
      row[`count${side}`]++;
      row[`total${side}`] += t.end[r] - t.start[r];
      row[`self${side}`] += t.self[r];
    }
  };
  add(a, 'A');
  add(b, 'B');
  return [...by.values()].sort((x, y) => Math.abs(y.selfB - y.selfA) - Math.abs(x.selfB - x.selfA));
}
