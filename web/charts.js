// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// When traces were and how long they took: a scatter with a shape for each state, and a histogram. Both
// are brushed; the histogram by keys too.
import { cssColor, el, prepare, replace } from './dom.js';
import { logBins, logScale, ticks } from './scale.js';
import { clock, count, day, duration, plural } from './text.js';

const PAD = { left: 56, right: 10, top: 8, bottom: 20 };

// Draws points {start, duration, state, label()} between from and to; onBrush({start, end, min, max}).
export class Scatter {
  constructor({ onBrush, onPick }) {
    this.onBrush = onBrush;
    this.onPick = onPick;
    this.canvas = el('canvas', { 'aria-hidden': 'true' });
    this.box = el('div.brush', { hidden: true });
    this.tip = el('div.tip', { hidden: true });
    this.node = el('div.scatter', { role: 'img' }, this.canvas, this.box, this.tip);
    this.points = [];
    this.node.addEventListener('pointerdown', (e) => this.press(e));
    this.node.addEventListener('pointermove', (e) => this.hover(e));
    this.node.addEventListener('pointerleave', () => (this.tip.hidden = true));
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.node);
  }
  destroy() {
    this.watch.disconnect();
  }

  set(points, from, to, brush) {
    Object.assign(this, { points, from, to, brush });
    this.node.setAttribute(
      'aria-label',
      `Scatter of ${plural(points.length, 'trace')} by start and duration; the table below has them all`,
    );
    this.draw();
  }

  scales() {
    const w = this.node.clientWidth;
    const h = this.node.clientHeight;
    let min = Infinity;
    let max = 0;
    for (const p of this.points) {
      min = Math.min(min, Math.max(p.duration, 1e-6));
      max = Math.max(max, p.duration);
    }
    const y = logScale(Number.isFinite(min) ? min : 0.001, max || 1);
    const inner = { w: Math.max(1, w - PAD.left - PAD.right), h: Math.max(1, h - PAD.top - PAD.bottom) };
    return {
      w,
      h,
      inner,
      yScale: y,
      x: (t) => PAD.left + ((t - this.from) / (this.to - this.from)) * inner.w,
      y: (d) => PAD.top + (1 - y.at(d)) * inner.h,
      time: (px) => this.from + ((px - PAD.left) / inner.w) * (this.to - this.from),
      value: (py) => y.value(1 - (py - PAD.top) / inner.h),
    };
  }

  draw() {
    const s = (this.s = this.scales());
    if (s.w === 0 || !(this.to > this.from)) return;
    const g = prepare(this.canvas, s.w, s.h);
    g.font = '11px system-ui, sans-serif';
    g.fillStyle = cssColor('faint-text');
    g.strokeStyle = cssColor('line');
    g.lineWidth = 1;
    g.textBaseline = 'middle';
    g.textAlign = 'right';
    for (const d of s.yScale.ticks()) {
      const y = Math.round(s.y(d)) + 0.5;
      if (y < PAD.top || y > s.h - PAD.bottom) continue;
      line(g, PAD.left, y, s.w - PAD.right, y);
      g.fillText(duration(d), PAD.left - 6, y);
    }
    g.textAlign = 'center';
    g.textBaseline = 'alphabetic';
    const offset = new Date(this.from * 1000).getTimezoneOffset() * 60;
    for (const t of ticks(this.from - offset, this.to - offset, Math.floor(s.inner.w / 110)).map(
      (v) => v + offset,
    )) {
      const x = Math.round(s.x(t)) + 0.5;
      line(g, x, PAD.top, x, s.h - PAD.bottom);
      g.fillText(
        this.to - this.from > 2 * 86400 ? day(t).slice(5) : clock(t, false),
        Math.min(s.w - 28, Math.max(PAD.left + 20, x)),
        s.h - 5,
      );
    }
    for (const kind of ['ok', 'running', 'throttle', 'error', 'fault']) {
      g.fillStyle = g.strokeStyle = cssColor(kind);
      g.globalAlpha = kind === 'ok' ? 0.65 : 0.95;
      for (const p of this.points) if (p.state === kind) shape(g, kind, s.x(p.start), s.y(p.duration));
    }
    g.globalAlpha = 1;
    this.showBrush(this.brush);
  }

  showBrush(b) {
    this.box.hidden = !b || b.start === undefined;
    if (this.box.hidden) return;
    const { s } = this;
    const [x0, x1, y0, y1] = [s.x(b.start), s.x(b.end), s.y(b.max), s.y(b.min)];
    Object.assign(this.box.style, {
      left: `${x0}px`,
      width: `${x1 - x0}px`,
      top: `${Math.max(0, y0)}px`,
      height: `${Math.max(2, y1 - Math.max(0, y0))}px`,
    });
  }

  nearest(x, y) {
    let best = null;
    let near = 100;
    for (const p of this.points) {
      const d = (this.s.x(p.start) - x) ** 2 + (this.s.y(p.duration) - y) ** 2;
      if (d < near) [best, near] = [p, d];
    }
    return best;
  }

  at(e) {
    const r = this.node.getBoundingClientRect();
    return [e.clientX - r.left, e.clientY - r.top];
  }

  press(e) {
    if (e.button !== 0) return;
    const [x0, y0] = this.at(e);
    this.node.setPointerCapture(e.pointerId);
    const range = (ev) => {
      const [x, y] = this.at(ev);
      return {
        start: this.s.time(Math.min(x0, x)),
        end: this.s.time(Math.max(x0, x)),
        min: this.s.value(Math.max(y0, y)),
        max: this.s.value(Math.min(y0, y)),
        far: Math.hypot(x - x0, y - y0) > 5,
      };
    };
    const move = (ev) => range(ev).far && this.showBrush(range(ev));
    const up = (ev) => {
      this.node.removeEventListener('pointermove', move);
      const b = range(ev);
      if (b.far) this.onBrush({ start: b.start, end: b.end, min: b.min, max: b.max });
      else {
        const p = this.nearest(x0, y0);
        if (p) this.onPick(p);
        else this.onBrush(null);
      }
    };
    this.node.addEventListener('pointermove', move);
    this.node.addEventListener('pointerup', up, { once: true });
  }

  hover(e) {
    if (e.buttons || !this.s) return;
    const [x, y] = this.at(e);
    const p = this.nearest(x, y);
    this.tip.hidden = !p;
    this.node.classList.toggle('over', Boolean(p));
    if (!p) return;
    this.tip.textContent = p.label();
    this.tip.style.transform = `translate(${Math.min(x + 12, this.s.w - 220)}px, ${Math.max(0, y - 30)}px)`;
  }
}

function line(g, x0, y0, x1, y1) {
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
}

// The same shapes as the marks of style.css.
function shape(g, kind, x, y) {
  g.beginPath();
  if (kind === 'error') {
    g.moveTo(x, y - 4.5);
    g.lineTo(x + 4.5, y + 3.5);
    g.lineTo(x - 4.5, y + 3.5);
    g.fill();
  } else if (kind === 'fault') {
    g.lineWidth = 2;
    g.moveTo(x - 3.5, y - 3.5);
    g.lineTo(x + 3.5, y + 3.5);
    g.moveTo(x + 3.5, y - 3.5);
    g.lineTo(x - 3.5, y + 3.5);
    g.stroke();
  } else if (kind === 'throttle') {
    g.moveTo(x - 4, y - 4);
    g.lineTo(x + 4, y - 4);
    g.lineTo(x - 4, y + 4);
    g.lineTo(x + 4, y + 4);
    g.fill();
  } else if (kind === 'running') {
    g.lineWidth = 1.5;
    g.arc(x, y, 3.2, 0, 7);
    g.stroke();
  } else {
    g.arc(x, y, 2.6, 0, 7);
    g.fill();
  }
}

// Bars of how many traces took how long. Arrow keys move, shift extends, Enter takes, Escape clears.
export class Histogram {
  constructor({ label, onBrush }) {
    this.onBrush = onBrush;
    this.label = label;
    this.node = el('div.histogram', {
      role: 'listbox',
      'aria-label': label,
      'aria-multiselectable': 'true',
      tabindex: '0',
      onkeydown: (e) => this.key(e),
    });
    this.axis = el('div.axis', { 'aria-hidden': 'true' });
    this.bars = [];
    this.node.addEventListener('pointerdown', (e) => this.press(e));
  }

  set(values, brush) {
    this.bins = logBins(values, 32);
    this.node.hidden = this.axis.hidden = this.bins.length === 0;
    const most = Math.max(1, ...this.bins.map((b) => b.count));
    this.bars = this.bins.map((b, i) => {
      const bar = el(
        'div.bin',
        {
          role: 'option',
          id: `bin${i}`,
          'aria-selected': 'false',
          'aria-label': `${duration(b.from)} to ${duration(b.to)}: ${count(b.count)}`,
          title: `${duration(b.from)} – ${duration(b.to)}: ${count(b.count)}`,
        },
        el('span', null),
      );
      bar.firstChild.style.height = `${b.count === 0 ? 0 : Math.max(4, (b.count / most) * 100)}%`;
      return bar;
    });
    replace(this.node, this.bars);
    if (this.bins.length > 0) {
      replace(
        this.axis,
        el('span', null, duration(this.bins[0].from)),
        el('span', null, duration(this.bins[15].to)),
        el('span', null, duration(this.bins[31].to)),
      );
    }
    this.show(brush);
  }

  show(brush) {
    this.bins.forEach((b, i) => {
      const on = Boolean(brush) && b.to > brush.min && b.from < brush.max;
      this.bars[i].setAttribute('aria-selected', on);
      this.bars[i].classList.toggle('off', Boolean(brush) && !on);
    });
  }

  choose(a, b) {
    const [first, last] = [Math.min(a, b), Math.max(a, b)];
    this.onBrush({ min: this.bins[first].from, max: this.bins[last].to });
  }

  index(e) {
    const r = this.node.getBoundingClientRect();
    return Math.max(
      0,
      Math.min(this.bins.length - 1, Math.floor(((e.clientX - r.left) / r.width) * this.bins.length)),
    );
  }

  press(e) {
    if (e.button !== 0 || this.bins.length === 0) return;
    const from = this.index(e);
    this.node.setPointerCapture(e.pointerId);
    const move = (ev) =>
      this.show({
        min: this.bins[Math.min(from, this.index(ev))].from * 1.0001,
        max: this.bins[Math.max(from, this.index(ev))].to * 0.9999,
      });
    move(e);
    this.node.addEventListener('pointermove', move);
    this.node.addEventListener(
      'pointerup',
      (ev) => {
        this.node.removeEventListener('pointermove', move);
        this.choose(from, this.index(ev));
      },
      { once: true },
    );
  }

  key(e) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (step) {
      this.at = Math.max(
        0,
        Math.min(this.bins.length - 1, (this.at ?? (step > 0 ? -1 : this.bins.length)) + step),
      );
      if (!e.shiftKey) this.anchor = this.at;
      this.bars.forEach((b, i) =>
        b.classList.toggle('at', i >= Math.min(this.at, this.anchor) && i <= Math.max(this.at, this.anchor)),
      );
      this.node.setAttribute('aria-activedescendant', `bin${this.at}`);
    } else if (e.key === 'Enter' && this.at !== undefined) this.choose(this.anchor ?? this.at, this.at);
    else if (e.key === 'Escape') this.onBrush(null);
    else return;
    e.preventDefault();
    e.stopPropagation();
  }
}
