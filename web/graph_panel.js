// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A service map: picture and table. Nodes say rate, latency and what failed; a ring of parts does so with
// shapes of its own beside the numbers.
import { dataTable } from './data_table.js';
import { button, el, emptyState, given, replace, setGiven, svg } from './dom.js';
import { curve, layoutGraph } from './graph_layout.js';
import { count, duration, percent, plural, visible } from './text.js';

const NODE = { width: 200, height: 68, gapX: 120, gapY: 18 };

// The reply of the API as {nodes: [{id, name, type, root, stats}], edges: [{from, to, async, stats}]}.
export function fromServer(reply) {
  const nodes = reply.services.map((s) => ({
    id: String(s.id),
    name: s.name,
    type: s.type ?? '',
    root: Boolean(s.root),
    stats: stats(s),
  }));
  const ids = new Set(nodes.map((n) => n.id));
  const edges = reply.services
    .flatMap((s) =>
      s.edges.map((e) => ({
        from: String(s.id),
        to: String(e.to),
        async: e.type === 'link',
        stats: stats(e),
      })),
    )
    .filter((e) => ids.has(e.to));
  return { nodes, edges };
}

function stats({ total = 0, ok = 0, error = 0, throttle = 0, fault = 0, time = 0 }) {
  return { total, ok, error, throttle, fault, mean: total > 0 ? time / total : NaN };
}

export function typeName(type) {
  return { client: 'Client', remote: 'Remote' }[type] ?? (type || 'Service').replace(/^AWS::/, '');
}

// onNode(node), onEdge(from, to); seconds: of the time range, for rates.
export function graphPanel({ graph, seconds = 0, onNode, onEdge }) {
  if (graph.nodes.length === 0) {
    const node = el(
      'div.graph',
      null,
      emptyState(
        'Nothing called anything',
        el('p', null, 'The map is drawn from segments and calls. There are none here.'),
      ),
    );
    return { node, destroy() {} };
  }
  const layout = layoutGraph(graph.nodes, graph.edges, NODE);
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  const rate = (n) => (seconds > 0 ? `${perMinute((n / seconds) * 60)}/min` : count(n));
  const pad = 40;
  const full = { x: -pad, y: -pad, w: layout.width + 2 * pad, h: layout.height + 2 * pad };
  let box = { ...full };
  const most = Math.max(1, ...graph.edges.map((e) => e.stats.total));

  const place = labels();
  const edgeStats = new Map(graph.edges.map((e) => [`${e.from} ${e.to}`, e]));
  const edges = layout.edges.map((e) => {
    const { stats: s, async } = edgeStats.get(`${e.from} ${e.to}`);
    const worst = worstOf(s);
    const [from, to] = [byId.get(e.from), byId.get(e.to)];
    const shape = e.from === e.to ? loop(e.points) : curve(e.points);
    const label = `${visible(from.name, 60)} to ${visible(to.name, 60)}: ${words(s)}`;
    return svg(
      `g.edge.${worst}`,
      {
        tabindex: onEdge ? '0' : null,
        role: onEdge ? 'button' : 'img',
        'aria-label': label,
        onclick: () => onEdge?.(from, to),
        onkeydown: onEnter(() => onEdge?.(from, to)),
      },
      svg('title', null, label),
      svg('path.wide', { d: shape }),
      svg(`path.line${async ? '.async' : ''}`, {
        d: shape,
        'stroke-width': (1.25 + 2.5 * Math.sqrt(s.total / most)).toFixed(2),
        'marker-end': `url(#arrow-${worst})`,
      }),
      s.total > 0 && place.label(e, `${rate(s.total)} · ${duration(s.mean)}`),
    );
  });
  const nodes = graph.nodes.map((n) => drawNode(n, layout.nodes.get(n.id)));
  const picture = svg(
    'svg.map',
    {
      role: 'group',
      'aria-label': `Service map of ${plural(graph.nodes.length, 'node')}; the table has the same`,
    },
    svg(
      'defs',
      null,
      ['ok', 'error', 'fault', 'throttle'].map((k) =>
        svg(
          'marker',
          {
            id: `arrow-${k}`,
            viewBox: '0 0 10 10',
            refX: 9,
            refY: 5,
            markerWidth: 9,
            markerHeight: 9,
            markerUnits: 'userSpaceOnUse',
            orient: 'auto-start-reverse',
          },
          svg(`path.arrow.${k}`, { d: 'M0,0L10,5L0,10z' }),
        ),
      ),
    ),
    edges,
    nodes,
  );

  function drawNode(n, { x, y }) {
    const s = n.stats;
    const label = `${visible(n.name, 80)}, ${typeName(n.type)}: ${words(s)}`;
    const parts = [
      ['fault', s.fault],
      ['error', s.error],
      ['throttle', s.throttle],
      ['ok', s.ok],
    ].filter(([, v]) => v > 0);
    const inner = NODE.width - 24;
    let at = 12;
    return svg(
      `g.node.${worstOf(s)}${n.type === 'client' ? '.client' : ''}`,
      {
        transform: `translate(${x},${y})`,
        tabindex: '0',
        role: 'button',
        'aria-label': label,
        onclick: () => onNode(n),
        onkeydown: onEnter(() => onNode(n)),
      },
      svg('title', null, label),
      svg('rect.card', { width: NODE.width, height: NODE.height, rx: 8 }),
      textCut('text.title', 12, 20, n.name, 19),
      textCut('text.type', 12, 35, typeName(n.type), 30),
      n.type !== 'client' &&
        svg(
          'text.numbers',
          { x: 12, y: 50 },
          s.total > 0 ? `${rate(s.total)} · ${duration(s.mean)}` : 'no calls recorded',
        ),
      s.fault + s.error + s.throttle > 0 && [
        svg(
          `text.bad.${worstOf(s)}`,
          { x: NODE.width - 12 - 14, y: 20 },
          percent(s.fault + s.error + s.throttle, s.total),
        ),
        svg(`path.bad.${worstOf(s)}`, {
          d: SHAPES[worstOf(s)],
          transform: `translate(${NODE.width - 12 - 10},11)`,
        }),
      ],
      parts.map(([kind, v]) => {
        const w = Math.max(3, (v / Math.max(1, s.total)) * inner);
        const part = svg(`rect.part.${kind}`, {
          x: at.toFixed(1),
          y: NODE.height - 11,
          width: Math.min(w, NODE.width - 12 - at).toFixed(1),
          height: 5,
          rx: 1,
        });
        at += w;
        return part;
      }),
    );
  }

  // --- moving about ------------------------------------------------------------------------------
  const frame = el('div.map-box', { tabindex: '-1' }, picture);
  const apply = () => picture.setAttribute('viewBox', `${box.x} ${box.y} ${box.w} ${box.h}`);
  const fit = () => {
    const [w, h] = [frame.clientWidth || 800, frame.clientHeight || 400];
    // Never larger than life: small maps stay small, in the middle.
    const scale = Math.max(full.w / w, full.h / h, 0.9);
    box = { w: w * scale, h: h * scale };
    box.x = full.x + (full.w - box.w) / 2;
    box.y = full.y + (full.h - box.h) / 2;
    apply();
  };
  const zoom = (f, px = 0.5, py = 0.5) => {
    box = { x: box.x + box.w * px * (1 - f), y: box.y + box.h * py * (1 - f), w: box.w * f, h: box.h * f };
    apply();
  };
  frame.addEventListener(
    'wheel',
    (e) => {
      const r = frame.getBoundingClientRect();
      zoom(Math.exp(e.deltaY * 0.0015), (e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height);
      e.preventDefault();
    },
    { passive: false },
  );
  let moved = false;
  frame.addEventListener('pointerdown', (e) => {
    if (e.button !== 0) return;
    const begun = { x: e.clientX, y: e.clientY, box: { ...box } };
    moved = false;
    const move = (ev) => {
      const [dx, dy] = [ev.clientX - begun.x, ev.clientY - begun.y];
      if (Math.hypot(dx, dy) > 4) moved = true;
      const s = box.w / frame.clientWidth;
      box = { ...begun.box, x: begun.box.x - dx * s, y: begun.box.y - dy * s };
      apply();
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', () => removeEventListener('pointermove', move), { once: true });
  });
  frame.addEventListener(
    'click',
    (e) => {
      if (!moved) return;
      e.stopPropagation();
      moved = false;
    },
    true,
  );
  const watch = new ResizeObserver(fit);
  watch.observe(frame);

  const tools = el(
    'div.map-tools',
    { role: 'toolbar', 'aria-label': 'Map' },
    button('−', { class: 'quiet', 'aria-label': 'Zoom out', onclick: () => zoom(1.25) }),
    button('+', { class: 'quiet', 'aria-label': 'Zoom in', onclick: () => zoom(0.8) }),
    button('Fit', { class: 'quiet', onclick: fit }),
  );
  return {
    node: el(
      'div.graph',
      null,
      el('div.picture', null, frame, tools),
      mapTable(graph, { seconds, onNode, byId }),
    ),
    destroy: () => watch.disconnect(),
    zoom,
    fit,
  };
}

const onEnter = (f) => (e) => {
  if (e.key !== 'Enter' && e.key !== ' ') return;
  f();
  e.preventDefault();
};

function textCut(kind, x, y, text, most) {
  const node = svg(kind, { x, y });
  return setGiven(node, text, most);
}

const worstOf = (s) => (s.fault > 0 ? 'fault' : s.throttle > 0 ? 'throttle' : s.error > 0 ? 'error' : 'ok');

// The marks of style.css, ten pixels wide.
const SHAPES = {
  fault: 'M2,0L5,3L8,0L10,2L7,5L10,8L8,10L5,7L2,10L0,8L3,5L0,2z',
  error: 'M5,0L10,10H0z',
  throttle: 'M0,0H10L5.6,5L10,10H0L4.4,5z',
};

function perMinute(x) {
  return x >= 100 ? count(x) : x >= 10 ? x.toFixed(0) : x >= 1 ? x.toFixed(1) : x.toPrecision(1);
}

const words = (s) =>
  `${plural(s.total, 'call')}, ${duration(s.mean)} on average, ${plural(s.fault, 'fault')}, ${plural(s.error, 'error')}, ${count(s.throttle)} throttled`;

function loop([[x0, y0], [x1]]) {
  return `M${x0},${y0}C${x0},${y0 - 36} ${x1},${y0 - 36} ${x1},${y0}`;
}

const ABOVE = 5; // pixels: else a straight edge strikes its label through

// Puts a label above an edge where none is yet; where all places are taken it shows when the edge is pointed at.
function labels() {
  const taken = [];
  return {
    label({ points }, text) {
      const w = text.length * 6 + 8;
      for (const part of [0.5, 0.35, 0.65, 0.22, 0.78]) {
        const [x, y] = along(points, part);
        if (taken.some((t) => Math.abs(t.x - x) < (t.w + w) / 2 && Math.abs(t.y - y) < 15)) continue;
        taken.push({ x, y, w });
        return svg('text.edge-label', { x, y: y - ABOVE }, text);
      }
      const [x, y] = along(points, 0.5);
      return svg('text.edge-label.later', { x, y: y - ABOVE }, text);
    },
  };
}

// The point of a curve() at that part of its way.
function along(points, part) {
  const at = Math.min(points.length - 2, Math.floor(part * (points.length - 1)));
  const t = part * (points.length - 1) - at;
  const [[x0, y0], [x1, y1]] = [points[at], points[at + 1]];
  const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t ** 3];
  const m = (x0 + x1) / 2;
  return [a * x0 + b * m + c * m + d * x1, (a + b) * y0 + (c + d) * y1];
}

function mapTable(graph, { seconds, onNode, byId }) {
  const calls = new Map();
  for (const e of graph.edges) calls.set(e.from, [...(calls.get(e.from) ?? []), byId.get(e.to).name]);
  const bad = (kind, n, total) =>
    n > 0 && el(`span.${kind}`, null, `${count(n)} · ${percent(n, total)}`);
  return dataTable({
    label: 'Services',
    caption: 'Services and their calls',
    columns: [
      { text: 'Service', value: (n) => n.name, up: true },
      { text: 'Type', value: (n) => n.type, up: true },
      { text: seconds > 0 ? 'Calls/min' : 'Calls', value: (n) => n.stats.total },
      { text: 'Mean', value: (n) => n.stats.mean || 0 },
      { text: 'Faults', value: (n) => n.stats.fault },
      { text: 'Errors', value: (n) => n.stats.error },
      { text: 'Throttled', value: (n) => n.stats.throttle },
      'Calls to',
    ],
    by: 2,
    rows: graph.nodes,
    cells: (n) => [
      button(given(n.name, 80), { class: 'as-link', onclick: () => onNode(n) }),
      given(typeName(n.type), 60),
      n.type === 'client'
        ? ''
        : seconds > 0
          ? perMinute((n.stats.total / seconds) * 60)
          : count(n.stats.total),
      n.stats.total > 0 ? duration(n.stats.mean) : '',
      bad('fault', n.stats.fault, n.stats.total),
      bad('error', n.stats.error, n.stats.total),
      bad('throttle', n.stats.throttle, n.stats.total),
      (calls.get(n.id) ?? []).map((name, i) => [i > 0 && ', ', given(name, 60)]),
    ],
  });
}
