// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A service map from left to right, the same for the same graph whatever order it came in: columns by
// the longest way from a caller, rows by where the neighbours are (barycentres), edges over several
// columns led around nodes. Pure.

const SWEEPS = 8;

// nodes [{id, name}], edges [{from, to}]; sizes in pixels. Gives {nodes: Map id → {x, y, column}},
// edges: [{from, to, points: [[x, y]…], back}], width, height}. x, y are the top left corners.
export function layoutGraph(nodes, edges, { width: w = 190, height: h = 72, gapX = 110, gapY = 28 } = {}) {
  const ids = nodes.map((n) => n.id);
  const sortKey = new Map(nodes.map((n) => [n.id, `${n.name}\u0000${n.id}`]));
  const byName = (a, b) => (sortKey.get(a) < sortKey.get(b) ? -1 : sortKey.get(a) > sortKey.get(b) ? 1 : 0);
  ids.sort(byName);
  const known = new Set(ids);
  const clean = edges
    .filter((e) => known.has(e.from) && known.has(e.to))
    .sort((a, b) => byName(a.from, b.from) || byName(a.to, b.to));
  const back = backEdges(ids, clean);
  const forward = clean
    .map((e) => (back.has(e) ? { from: e.to, to: e.from } : e))
    .filter((e) => e.from !== e.to);
  const column = columns(ids, forward);

  // Cells of each column: nodes, and places where long edges pass.
  const cells = [];
  const put = (c, cell) => (cells[c] ??= []).push(cell);
  const cellOf = new Map();
  for (const id of ids) {
    const cell = { id, before: [], after: [] };
    cellOf.set(id, cell);
    put(column.get(id), cell);
  }
  const ways = new Map();
  const link = (a, b) => {
    a.after.push(b);
    b.before.push(a);
  };
  for (const e of clean) {
    if (e.from === e.to) continue;
    const [a, b] = back.has(e) ? [e.to, e.from] : [e.from, e.to];
    const key = `${a}\u0000${b}`;
    if (ways.has(key)) continue;
    const way = [cellOf.get(a)];
    for (let c = column.get(a) + 1; c < column.get(b); c++) {
      const cell = { id: null, before: [], after: [] };
      put(c, cell);
      way.push(cell);
    }
    way.push(cellOf.get(b));
    for (let i = 1; i < way.length; i++) link(way[i - 1], way[i]);
    ways.set(key, way);
  }
  for (let c = 0; c < cells.length; c++) cells[c] ??= [];
  order(cells);
  place(cells, h, gapY);

  const placed = new Map();
  cells.forEach((list, c) =>
    list.forEach((cell) => {
      cell.x = c * (w + gapX);
      if (cell.id !== null) placed.set(cell.id, { x: cell.x, y: cell.y, column: c });
    }),
  );
  const height = Math.max(h, ...cells.flat().map((cell) => cell.y + (cell.id === null ? 0 : h)));
  const routed = clean.map((e) => {
    if (e.from === e.to) {
      const p = placed.get(e.from);
      return {
        ...e,
        back: true,
        points: [
          [p.x + w * 0.65, p.y],
          [p.x + w * 0.35, p.y],
        ],
      };
    }
    const isBack = back.has(e);
    const way = ways.get(isBack ? `${e.to}\u0000${e.from}` : `${e.from}\u0000${e.to}`);
    const points = way.map((cell, i) => {
      const x = i === 0 ? cell.x + w : i === way.length - 1 ? cell.x : cell.x + w / 2;
      return [x, cell.y + (cell.id === null ? 0 : h / 2)];
    });
    return { ...e, back: isBack, points: isBack ? points.reverse().map(([x, y]) => [x, y + 10]) : points };
  });
  return { nodes: placed, edges: routed, width: cells.length * (w + gapX) - gapX, height };
}

// Edges that lead back to a node on the way to them, found from callers first.
function backEdges(ids, edges) {
  const after = new Map(ids.map((id) => [id, []]));
  const callers = new Map(ids.map((id) => [id, 0]));
  for (const e of edges) {
    after.get(e.from).push(e);
    if (e.from !== e.to) callers.set(e.to, callers.get(e.to) + 1);
  }
  const back = new Set();
  const mark = new Map(); // 1 on the way, 2 done
  for (const start of [...ids].sort((a, b) => (callers.get(a) > 0) - (callers.get(b) > 0))) {
    if (mark.has(start)) continue;
    mark.set(start, 1);
    const stack = [{ id: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const e = after.get(top.id)[top.next++];
      if (!e) {
        mark.set(top.id, 2);
        stack.pop();
      } else if (mark.get(e.to) === 1) {
        back.add(e);
      } else if (!mark.has(e.to)) {
        mark.set(e.to, 1);
        stack.push({ id: e.to, next: 0 });
      }
    }
  }
  return back;
}

function columns(ids, edges) {
  const column = new Map(ids.map((id) => [id, 0]));
  const waiting = new Map(ids.map((id) => [id, 0]));
  const after = new Map(ids.map((id) => [id, []]));
  for (const e of edges) {
    waiting.set(e.to, waiting.get(e.to) + 1);
    after.get(e.from).push(e.to);
  }
  const ready = ids.filter((id) => waiting.get(id) === 0);
  for (let i = 0; i < ready.length; i++) {
    for (const to of after.get(ready[i])) {
      column.set(to, Math.max(column.get(to), column.get(ready[i]) + 1));
      waiting.set(to, waiting.get(to) - 1);
      if (waiting.get(to) === 0) ready.push(to);
    }
  }
  return column;
}

function order(cells) {
  const number = () => cells.forEach((list) => list.forEach((cell, i) => (cell.at = i)));
  const mean = (list, own) => (list.length === 0 ? own : list.reduce((s, c) => s + c.at, 0) / list.length);
  number();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    const sequence = down ? cells : [...cells].reverse();
    for (const list of sequence) {
      const weight = new Map(list.map((cell) => [cell, mean(down ? cell.before : cell.after, cell.at)]));
      list.sort((a, b) => weight.get(a) - weight.get(b) || a.at - b.at);
      list.forEach((cell, i) => (cell.at = i));
    }
  }
}

// Heights: each cell near the middle of its neighbours, without overlap.
function place(cells, h, gap) {
  const size = (cell) => (cell.id === null ? gap : h + gap);
  for (const list of cells) {
    let y = 0;
    for (const cell of list) {
      cell.y = y;
      y += size(cell);
    }
  }
  const middle = (cell) => cell.y + (cell.id === null ? 0 : h / 2);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const list of down ? cells : [...cells].reverse()) {
      const wanted = list.map((cell) => {
        const near = down ? cell.before : cell.after;
        return near.length === 0
          ? cell.y
          : near.reduce((s, c) => s + middle(c), 0) / near.length - (cell.id === null ? 0 : h / 2);
      });
      settle(list, wanted, size);
    }
  }
  const top = Math.min(0, ...cells.flat().map((c) => c.y));
  for (const cell of cells.flat()) cell.y -= top;
  const least = Math.min(...cells.flat().map((c) => c.y));
  for (const cell of cells.flat()) cell.y = Math.round(cell.y - (Number.isFinite(least) ? least : 0));
}

// Nearest to what each wants, in order, without overlap: groups that touch move to their mean.
function settle(list, wanted, size) {
  const groups = [];
  list.forEach((cell, i) => {
    let group = { first: i, last: i, sum: wanted[i], n: 1, height: size(cell), y: wanted[i] };
    while (groups.length > 0 && groups[groups.length - 1].y + groups[groups.length - 1].height > group.y) {
      const before = groups.pop();
      group = {
        first: before.first,
        last: group.last,
        sum: before.sum + group.sum - before.height * group.n,
        n: before.n + group.n,
        height: before.height + group.height,
      };
      group.y = group.sum / group.n;
    }
    groups.push(group);
  });
  for (const group of groups) {
    let y = group.y;
    for (let i = group.first; i <= group.last; i++) {
      list[i].y = y;
      y += size(list[i]);
    }
  }
}

// An SVG path through the points, leaving and arriving level.
export function curve(points) {
  let d = `M${points[0][0]},${points[0][1]}`;
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1];
    const [x1, y1] = points[i];
    const bend = (x1 - x0) / 2;
    d += `C${x0 + bend},${y0} ${x1 - bend},${y1} ${x1},${y1}`;
  }
  return d;
}
