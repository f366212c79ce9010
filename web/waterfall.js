// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The spans of a trace as rows: name on the left, bar on the right on one axis of time. Zoom, pan,
// collapse, critical path, search, failures; all by mouse and by keys. Only rows in view are elements.
import { el, onFrame, replace, say, setGiven, setStateMark, showTicks, svg } from './dom.js';
import { Minimap } from './minimap.js';
import { ticks } from './scale.js';
import { matcher } from './search.js';
import { count, duration, plural } from './text.js';
import { NONE, failed, hasChildren, outcome, setTimes, shownRows, state } from './trace.js';
import { VirtualRows } from './virtual_rows.js';

const ROW = 24;
const STEP_LEFT = 14; // pixels of a level of depth
const ROOM = 230; // pixels of a row's names; levels that leave less are not drawn, but say their number

export class Waterfall {
  // onSelect(row) of the trace; onOpen() of what is selected; color(service) gives a colour's number.
  constructor({ color, onSelect, onOpen }) {
    this.color = color;
    this.onSelect = onSelect;
    this.collapsed = new Set();
    this.matches = null; // rows that match the search, or null
    this.onlyMatches = false;
    this.showPath = true;
    this.path = [];
    this.pathOf = new Map(); // row → [[from, to]…]
    this.selected = NONE;

    this.axis = svg('svg.ruler', { 'aria-hidden': 'true' });
    this.splitter = el('div.splitter', {
      role: 'separator',
      tabindex: '0',
      'aria-orientation': 'vertical',
      'aria-label': 'Width of the names',
      'aria-valuemin': '160',
      'aria-valuemax': '800',
      'aria-valuenow': '360',
    });
    const head = el(
      'div.cells',
      { role: 'row', 'aria-rowindex': 1 },
      el('div.cell.span', { role: 'columnheader' }, 'Span', this.splitter),
      el('div.cell.took', { role: 'columnheader' }, 'Duration'),
      el('div.cell.lane', { role: 'columnheader' }, el('span.offscreen', null, 'Timeline'), this.axis),
    );
    this.grid = new VirtualRows({
      label: 'Spans',
      role: 'treegrid',
      rowHeight: ROW,
      head,
      make: () => this.makeRow(),
      fill: (row, i) => this.fillRow(row, i),
      onMove: (i) => this.select(this.rows[i]),
      // The first row is the current one before anybody selects it.
      onOpen: (i) => {
        this.select(this.rows[i]);
        onOpen();
      },
    });
    this.grid.onResize = () => this.measure();
    this.grid.node.classList.add('waterfall');
    this.grid.node.addEventListener('keydown', (e) => this.treeKey(e));
    [this.names, this.lane] = [head.firstChild, head.lastChild];
    this.minimap = new Minimap({ onZoom: (a, b) => this.zoom(a, b) });
    this.node = el('div.waterfall-box', null, this.minimap.node, this.grid.node);
    this.splitting();
    this.wheel();
    this.dragLane();
    this.redraw = onFrame(() => {
      this.drawAxis();
      this.minimap.draw(this.trace, this.rows, this.view, this.color);
      this.grid.refresh();
    });
  }

  destroy() {
    this.grid.destroy();
    this.minimap.destroy();
  }

  set(trace, path) {
    const keep = this.trace && this.selected !== NONE ? this.trace.spans[this.selected]?.id : null;
    const closed = this.trace ? [...this.collapsed].map((r) => this.trace.spans[r].id) : [];
    const whole = !this.view || (this.view[0] === this.trace.from && this.view[1] === this.trace.to);
    this.trace = trace;
    this.collapsed = new Set(closed.map((id) => trace.row.get(id)).filter((r) => r !== undefined));
    if (whole) this.view = [trace.from, Math.max(trace.to, trace.from + 1e-6)];
    this.setPath(path);
    this.matchSet = new Set();
    this.selected = keep === null ? NONE : (trace.row.get(keep) ?? NONE);
    this.search(this.text ?? '', { quiet: true });
  }

  setPath(path) {
    this.path = path;
    this.pathOf = new Map();
    for (const { row, from, to } of path) {
      const list = this.pathOf.get(row);
      if (list) list.push([from, to]);
      else this.pathOf.set(row, [[from, to]]);
    }
  }

  // Running spans end now.
  tick(now) {
    const whole = this.view[0] === this.trace.from && this.view[1] >= this.trace.to;
    setTimes(this.trace, now);
    if (whole) this.view = [this.trace.from, this.trace.to];
    this.redraw();
  }

  layout() {
    const keep = this.onlyMatches && this.matches ? (r) => this.matchSet.has(r) : null;
    this.rows = shownRows(this.trace, this.collapsed, keep);
    this.position = new Int32Array(this.trace.n).fill(NONE); // of a row of the trace among those shown
    this.rows.forEach((r, i) => (this.position[r] = i));
    if (this.selected !== NONE) {
      let r = this.selected;
      while (r !== NONE && this.position[r] === NONE) r = this.trace.parent[r];
      this.grid.current = r === NONE ? 0 : this.position[r];
    } else this.grid.current = this.rows.length > 0 ? 0 : -1;
    this.grid.setCount(this.rows.length);
    this.redraw();
  }

  // --- rows --------------------------------------------------------------------------------------
  makeRow() {
    const row = el(
      'div.cells',
      null,
      el(
        'div.cell.span',
        { role: 'gridcell' },
        el('span.guides', { 'aria-hidden': 'true' }),
        el('button.twisty', { type: 'button', tabindex: '-1', 'aria-hidden': 'true' }),
        el('i', { role: 'img' }),
        el('span.service-name', null, el('i', { 'aria-hidden': 'true' }), el('bdi')),
        el('bdi.name'),
        el('small.more'),
      ),
      el('div.cell.took', { role: 'gridcell' }),
      el(
        'div.cell.lane',
        { role: 'gridcell' },
        svg(
          'svg.bars',
          { 'aria-hidden': 'true' },
          svg('rect.bar', { y: 6, height: 12, rx: 2 }),
          svg('path.self'),
          svg('path.path'),
          svg('path.tip'),
          svg('path.events'),
        ),
        el('bdi.outcome'),
      ),
    );
    row.refs = { cell: row.children[0], took: row.children[1], lane: row.children[2] };
    const [guides, twisty, mark, service, name, more] = row.refs.cell.children;
    const [bar, , path, tip, events] = row.refs.lane.firstChild.children;
    Object.assign(row.refs, {
      guides,
      twisty,
      mark,
      service,
      name,
      more,
      bar,
      path,
      tip,
      events,
      outcome: row.refs.lane.lastChild,
    });
    twisty.addEventListener('click', (e) => {
      e.stopPropagation();
      this.toggle(this.rows[row.dataset.row]);
    });
    row.addEventListener('dblclick', () => this.zoomTo(this.rows[row.dataset.row]));
    return row;
  }

  fillRow(row, i) {
    const { trace: t } = this;
    const { refs } = row;
    const r = this.rows[i];
    const span = t.spans[r];
    const p = t.parent[r];
    const is = state(span);
    const deepest = (this.deepest ||= Math.max(2, Math.floor((this.names.clientWidth - ROOM) / STEP_LEFT)));
    const depth = Math.min(t.depth[r], deepest);
    const parent = p === NONE ? null : t.spans[p];
    const children = hasChildren(t, r);
    const open = children && !this.collapsed.has(r);
    row.setAttribute('aria-level', t.depth[r] + 1);
    if (children) row.setAttribute('aria-expanded', open);
    else row.removeAttribute('aria-expanded');
    row.className = `cells c${this.color(span.service ?? '')} ${is}${failed(span) ? ' failed' : ''}${this.matches && this.matchSet.has(r) ? ' match' : ''}${this.matches && !this.matchSet.has(r) ? ' dim' : ''}`;
    refs.guides.style.width = `${depth * STEP_LEFT}px`;
    refs.twisty.className = `twisty${children ? (open ? ' open' : ' closed') : ' leaf'}`;
    setStateMark(refs.mark, is);
    refs.service.hidden = parent !== null && parent.service === span.service;
    if (!refs.service.hidden) setGiven(refs.service.lastChild, span.service ?? '', 60);
    setGiven(refs.name, span.name || '(no name)', 160);
    const parts = [];
    if (t.missing[r]) parts.push('parent missing');
    if (t.cut[r]) parts.push('circle');
    if (span.attempts > 1) parts.push(`${span.attempts} attempts`);
    if (children && !open) parts.push(`+${count(t.last[r] - r - 1)}`);
    if (t.depth[r] > deepest) parts.push(`level ${t.depth[r] + 1}`);
    refs.more.textContent = parts.join(' · ');
    refs.took.textContent =
      is === 'running' || span.end == null
        ? `${duration(t.end[r] - t.start[r])}…`
        : duration(t.end[r] - t.start[r]);
    this.fillBar(refs, r, span);
  }

  x(time) {
    return ((time - this.view[0]) / (this.view[1] - this.view[0])) * this.laneWidth;
  }

  fillBar(refs, r, span) {
    const { trace: t } = this;
    const w = (this.laneWidth ||= this.lane.clientWidth);
    const clip = (x) => Math.max(-20, Math.min(w + 20, x));
    const a = clip(this.x(t.start[r]));
    const b = Math.max(a + 2, clip(this.x(t.end[r])));
    const out = a > w || b < 0;
    refs.bar.setAttribute('x', a.toFixed(1));
    refs.bar.setAttribute('width', (out ? 0 : b - a).toFixed(1));
    set(refs.path, this.showPath && !out ? this.pathShape(r, a, b) : '');
    const tip = Math.min(b, w - 7);
    set(refs.tip, span.end == null && !out && b <= w + 1 ? `M${tip.toFixed(1)},4l6,8l-6,8z` : '');
    let events = '';
    for (const e of span.events ?? []) {
      const x = this.x(e.time);
      if (x >= -4 && x <= w + 4) events += `M${x.toFixed(1)},2.5l3.2,3.2l-3.2,3.2l-3.2,-3.2z`;
      if (events.length > 4000) break;
    }
    set(refs.events, events);
    const text = out ? '' : outcome(span);
    refs.outcome.hidden = text === '';
    if (text !== '') {
      setGiven(refs.outcome, text, 120);
      const right = w - b > 20 + 7 * text.length || w - b > a;
      refs.outcome.style.left = right ? `${b + (span.end == null ? 12 : 6)}px` : '0';
      refs.outcome.style.width = right ? `${Math.max(0, w - b - 12)}px` : `${Math.max(0, a - 6)}px`;
      refs.outcome.classList.toggle('left', !right);
    }
  }

  // The parts of the critical path on this row, joined where they are nearer than a pixel.
  pathShape(r, a, b) {
    const parts = this.pathOf.get(r);
    if (!parts) return '';
    let d = '';
    let [from, to] = [NaN, NaN];
    const put = () => {
      if (to >= from) d += `M${from.toFixed(1)},20.5H${Math.max(to, from + 1).toFixed(1)}`;
    };
    for (const part of parts) {
      const x0 = Math.max(a, this.x(part[0]));
      const x1 = Math.min(b, this.x(part[1]));
      if (x1 < x0) continue;
      if (x0 - to < 1) to = Math.max(to, x1);
      else {
        put();
        [from, to] = [x0, x1];
      }
    }
    put();
    return d;
  }

  measure() {
    const w = this.lane.clientWidth;
    if (w === 0 || w === this.laneWidth) return;
    this.laneWidth = w;
    this.deepest = 0; // the names have another width, too
    if (this.trace) this.redraw();
  }

  drawAxis() {
    const [from, to] = this.view;
    this.laneWidth ||= this.lane.clientWidth;
    const at = ticks(
      from - this.trace.from,
      to - this.trace.from,
      Math.max(2, Math.floor(this.laneWidth / 90)),
    );
    replace(
      this.axis,
      at.map((v) => {
        const x = this.x(v + this.trace.from);
        return [
          svg('path', { d: `M${x.toFixed(1)},0V40` }),
          svg('text', { x: (x + 4).toFixed(1), y: 15 }, duration(v)),
        ];
      }),
    );
    showTicks(this.grid.node, at, (v) => this.x(v + this.trace.from));
  }

  // --- choosing ----------------------------------------------------------------------------------
  select(r, { focus = false, reveal = false } = {}) {
    // A row that was looked for stands in the middle, not at the edge.
    if (r === undefined || r === NONE) return;
    this.selected = r;
    if (reveal) {
      // What is collapsed above it is opened.
      let hidden = false;
      for (let a = this.trace.parent[r]; a !== NONE; a = this.trace.parent[a])
        hidden = this.collapsed.delete(a) || hidden;
      if (hidden || this.position[r] === NONE) {
        if (!hidden) this.onlyMatches = false;
        this.layout();
      }
      const i = this.position[r];
      if (i !== NONE) {
        this.grid.moveTo(i, { quiet: true, middle: true });
        const [a, b] = [this.trace.start[r], this.trace.end[r]];
        if (b < this.view[0] || a > this.view[1]) this.zoomTo(r);
      }
    }
    if (focus) this.grid.node.focus();
    this.onSelect(r);
  }

  toggle(r) {
    if (!hasChildren(this.trace, r)) return;
    if (!this.collapsed.delete(r)) this.collapsed.add(r);
    this.layout();
  }

  // All, or those of a depth and more.
  collapse(all) {
    this.collapsed.clear();
    if (all) for (let r = 0; r < this.trace.n; r++) if (hasChildren(this.trace, r)) this.collapsed.add(r);
    this.level = all ? 0 : Infinity;
    this.layout();
  }

  levels(step) {
    let deepest = 0;
    for (let r = 0; r < this.trace.n; r++) deepest = Math.max(deepest, this.trace.depth[r]);
    this.level = Math.max(0, Math.min(deepest, (Number.isFinite(this.level) ? this.level : deepest) + step));
    this.collapsed.clear();
    for (let r = 0; r < this.trace.n; r++)
      if (this.trace.depth[r] >= this.level && hasChildren(this.trace, r)) this.collapsed.add(r);
    this.layout();
    say(`${plural(this.level + 1, 'level')} shown`);
  }

  jump(list, step, what, { focus = true } = {}) {
    if (list.length === 0) return say(`No ${what} in this trace`);
    let at = list.findIndex((r) => (step > 0 ? r > this.selected : r >= this.selected));
    if (step < 0) at = (at < 0 ? list.length : at) - 1;
    else if (at < 0) at = 0;
    at = (at + list.length) % list.length;
    this.select(list[at], { reveal: true, focus });
    say(`${what} ${count(at + 1)} of ${count(list.length)}`);
  }

  // Marks rows with the text in name, service, values; `>10ms` keeps what took longer.
  search(text, { quiet = false } = {}) {
    this.text = text;
    const test = matcher(text, this.trace);
    this.matches = test ? [] : null;
    if (test) for (let r = 0; r < this.trace.n; r++) if (test(r)) this.matches.push(r);
    this.matchSet = new Set(this.matches ?? []);
    this.layout();
    if (!quiet && this.matches?.length > 0)
      this.select(this.matches.find((r) => r >= this.selected) ?? this.matches[0], { reveal: true });
    return this.matches?.length ?? null;
  }

  // --- zoom --------------------------------------------------------------------------------------
  zoom(from, to) {
    const t = this.trace;
    const least = Math.max(1e-6, (t.to - t.from) * 1e-7);
    let width = Math.max(least, Math.min(to - from, t.to - t.from));
    if (!(width > 0)) width = 1e-6;
    const a = Math.max(t.from, Math.min(from, t.to - width));
    this.view = [a, a + width];
    this.redraw();
  }
  zoomBy(factor, around = 0.5) {
    const [a, b] = this.view;
    const middle = a + (b - a) * around;
    const width = (b - a) * factor;
    this.zoom(middle - width * around, middle + width * (1 - around));
  }
  pan(part) {
    const d = (this.view[1] - this.view[0]) * part;
    this.zoom(this.view[0] + d, this.view[1] + d);
  }
  zoomTo(r) {
    if (r === undefined || r === NONE) return;
    const length = Math.max(this.trace.end[r] - this.trace.start[r], 1e-6);
    this.zoom(this.trace.start[r] - length * 0.1, this.trace.end[r] + length * 0.1);
  }

  wheel() {
    this.node.addEventListener(
      'wheel',
      (e) => {
        if (e.ctrlKey || e.metaKey) {
          const r = this.lane.getBoundingClientRect();
          this.zoomBy(Math.exp(e.deltaY * 0.002), Math.max(0, Math.min(1, (e.clientX - r.left) / r.width)));
          e.preventDefault();
        } else if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
          this.pan(e.deltaX / this.laneWidth);
          e.preventDefault();
        }
      },
      { passive: false },
    );
  }

  // Dragging over the ruler zooms to that part.
  dragLane() {
    this.lane.addEventListener('pointerdown', (e) => {
      const r = this.lane.getBoundingClientRect();
      const time = (ev) =>
        this.view[0] +
        Math.max(0, Math.min(1, (ev.clientX - r.left) / r.width)) * (this.view[1] - this.view[0]);
      const from = time(e);
      const x0 = e.clientX;
      this.lane.setPointerCapture(e.pointerId);
      this.lane.addEventListener(
        'pointerup',
        (ev) => {
          if (Math.abs(ev.clientX - x0) > 5) this.zoom(Math.min(from, time(ev)), Math.max(from, time(ev)));
        },
        { once: true },
      );
    });
    this.lane.addEventListener('dblclick', () => this.zoom(this.trace.from, this.trace.to));
  }

  splitting() {
    const set = (width) => {
      const w = Math.max(160, Math.min(800, width));
      this.node.style.setProperty('--span-width', `${w}px`);
      this.splitter.setAttribute('aria-valuenow', Math.round(w));
      this.measure();
    };
    const now = () => Number(this.splitter.getAttribute('aria-valuenow'));
    this.splitter.addEventListener('pointerdown', (e) => {
      e.stopPropagation();
      const [x, w] = [e.clientX, now()];
      this.splitter.setPointerCapture(e.pointerId);
      const move = (ev) => set(w + ev.clientX - x);
      this.splitter.addEventListener('pointermove', move);
      this.splitter.addEventListener(
        'pointerup',
        () => this.splitter.removeEventListener('pointermove', move),
        { once: true },
      );
    });
    this.splitter.addEventListener('keydown', (e) => {
      const step = { ArrowLeft: -20, ArrowRight: 20 }[e.key];
      if (!step) return;
      set(now() + step);
      e.preventDefault();
      e.stopPropagation();
    });
  }

  treeKey(e) {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.target !== this.grid.node) return;
    const r = this.rows?.[this.grid.current];
    if (r === undefined) return;
    if (e.key === 'ArrowRight') {
      if (this.collapsed.has(r)) this.toggle(r);
      else if (hasChildren(this.trace, r)) this.grid.moveTo(this.grid.current + 1);
    } else if (e.key === 'ArrowLeft') {
      if (hasChildren(this.trace, r) && !this.collapsed.has(r)) this.toggle(r);
      else if (this.trace.parent[r] !== NONE)
        this.grid.moveTo(Math.max(0, this.position[this.trace.parent[r]]));
    } else return;
    e.preventDefault();
  }
}

const set = (node, d) => {
  if (node.getAttribute('d') !== d) node.setAttribute('d', d);
};
