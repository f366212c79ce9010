// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The critical path: at each moment the one span that the trace's end waited for. Walked backwards from
// the latest end; of a span's children the one that ended last before that moment takes over. A child
// may outlast its parent (a launch and what it launched), so a span counts until the end of its
// subtree. Without recursion. Pure.
import { NONE } from './trace.js';

// [{row, from, to}] in the order of time; never overlapping.
export function criticalPath(t) {
  const children = childrenByReach(t);
  let root = NONE;
  for (const r of children.roots) if (root === NONE || t.reach[r] > t.reach[root]) root = r;
  if (root === NONE) return [];
  const path = [];
  const add = (row, from, to) => {
    const a = Math.max(from, t.start[row]);
    const b = Math.min(to, t.end[row]);
    if (b > a) path.push({ row, from: a, to: b });
  };
  // A frame is a span, the moment walked back to, and which child is asked next.
  const frames = [{ row: root, at: t.reach[root], child: 0, floor: t.start[root] }];
  while (frames.length > 0) {
    const frame = frames[frames.length - 1];
    const list = children.of[frame.row];
    let taken = false;
    while (list && frame.child < list.length && frame.at > frame.floor) {
      const c = list[frame.child++];
      const until = Math.min(t.reach[c], frame.at);
      if (t.start[c] >= frame.at || until <= frame.floor) continue;
      add(frame.row, until, frame.at);
      const floor = Math.max(t.start[c], frame.floor);
      frames.push({ row: c, at: until, child: 0, floor });
      frame.at = floor;
      taken = true;
      break;
    }
    if (taken) continue;
    add(frame.row, frame.floor, frame.at);
    frames.pop();
  }
  return path.reverse();
}

function childrenByReach(t) {
  const of = new Array(t.n);
  const roots = [];
  for (let r = 0; r < t.n; r++) {
    const p = t.parent[r];
    if (p === NONE) roots.push(r);
    else (of[p] ??= []).push(r);
  }
  for (const list of of) list?.sort((a, b) => t.reach[b] - t.reach[a] || b - a);
  return { of, roots };
}

// Seconds of the path by row.
export function pathTimes(path) {
  const times = new Map();
  for (const { row, from, to } of path) times.set(row, (times.get(row) ?? 0) + to - from);
  return times;
}
