// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The whole trace in a strip: every shown row a line, failures on top, the part in view framed. Drag to
// look at a part, double click for all.
import { cssColor, el, prepare } from './dom.js';
import { NONE, failed } from './trace.js';

const HEIGHT = 48;

export class Minimap {
  constructor({ onZoom }) {
    this.onZoom = onZoom;
    this.canvas = el('canvas', { 'aria-hidden': 'true' });
    this.left = el('div.shade');
    this.right = el('div.shade');
    this.frame = el('div.frame');
    this.node = el('div.minimap', { 'aria-hidden': 'true' }, this.canvas, this.left, this.right, this.frame);
    this.node.addEventListener('pointerdown', (e) => this.press(e));
    this.node.addEventListener('dblclick', () => this.trace && onZoom(this.trace.from, this.trace.to));
    this.watch = new ResizeObserver(
      () => this.trace && this.draw(this.trace, this.rows, this.view, this.color),
    );
    this.watch.observe(this.node);
  }
  destroy() {
    this.watch.disconnect();
  }

  draw(trace, rows, view, color) {
    const w = this.node.clientWidth;
    if (w === 0) return;
    const key = `${w} ${trace.to} ${document.documentElement.dataset.theme}`;
    if (trace !== this.trace || rows !== this.rows || key !== this.key) this.paint(trace, rows, w, color);
    Object.assign(this, { trace, rows, view, color, key });
    const x = (time) => ((time - trace.from) / (trace.to - trace.from || 1)) * w;
    const [a, b] = [Math.max(0, x(view[0])), Math.min(w, x(view[1]))];
    this.left.style.width = `${a}px`;
    this.right.style.left = `${b}px`;
    this.frame.style.left = `${a}px`;
    this.frame.style.width = `${Math.max(2, b - a)}px`;
    this.node.classList.toggle('whole', a <= 0 && b >= w);
  }

  paint(trace, rows, w, color) {
    const g = prepare(this.canvas, w, HEIGHT);
    const scale = w / (trace.to - trace.from || 1);
    const line = Math.max(1, Math.min(3, HEIGHT / Math.max(1, rows.length)));
    const palette = Array.from({ length: 10 }, (_, i) => cssColor(`service-${i}`));
    // More rows than lines: each line of pixels once for what reaches over it.
    const step = Math.max(1, Math.floor(rows.length / (HEIGHT * 40)));
    for (let i = 0; i < rows.length; i += step) {
      const r = rows[i];
      g.fillStyle = palette[color(trace.spans[r].service ?? '')];
      g.fillRect(
        (trace.start[r] - trace.from) * scale,
        (i / rows.length) * (HEIGHT - 2) + 1,
        Math.max(1, (trace.end[r] - trace.start[r]) * scale),
        line,
      );
    }
    g.fillStyle = cssColor('fault');
    const position = rows.length === trace.n ? null : new Set(rows);
    for (const r of trace.failures) {
      if (r === NONE || !failed(trace.spans[r]) || (position && !position.has(r))) continue;
      g.fillRect(
        (trace.start[r] - trace.from) * scale - 1,
        HEIGHT - 5,
        Math.max(2, (trace.end[r] - trace.start[r]) * scale),
        4,
      );
    }
  }

  press(e) {
    if (!this.trace || e.button !== 0) return;
    const r = this.node.getBoundingClientRect();
    const time = (ev) =>
      this.trace.from +
      Math.max(0, Math.min(1, (ev.clientX - r.left) / r.width)) * (this.trace.to - this.trace.from);
    const from = time(e);
    const x0 = e.clientX;
    this.node.setPointerCapture(e.pointerId);
    const move = (ev) =>
      Math.abs(ev.clientX - x0) > 3 && this.onZoom(Math.min(from, time(ev)), Math.max(from, time(ev)));
    this.node.addEventListener('pointermove', move);
    this.node.addEventListener(
      'pointerup',
      (ev) => {
        this.node.removeEventListener('pointermove', move);
        if (Math.abs(ev.clientX - x0) > 3) return;
        const half = (this.view[1] - this.view[0]) / 2;
        this.onZoom(from - half, from + half);
      },
      { once: true },
    );
  }
}
