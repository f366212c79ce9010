// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A table of very many rows of which only those in view are elements. The scroller is the grid: it has
// the focus, its rows have ids for aria-activedescendant, keys move the current row.
import { el, onFrame } from './dom.js';
import { extent, inView, scrollTo } from './rows.js';

let grids = 0;

export class VirtualRows {
  // make() gives a row's element, fill(element, i) writes row i into it; head is a row that stays on top.
  constructor({ label, role = 'grid', rowHeight = 28, head, make, fill, onMove, onOpen }) {
    this.id = `grid${++grids}`;
    this.rowHeight = rowHeight;
    this.make = make;
    this.fill = fill;
    this.onMove = onMove;
    this.onOpen = onOpen;
    this.count = 0;
    this.current = -1;
    this.pool = [];
    this.head = head;
    this.body = el('div.rows', { role: 'rowgroup' });
    this.node = el(
      'div.grid',
      { role, tabindex: '0', 'aria-label': label, onkeydown: (e) => this.key(e) },
      head && el('div.head', { role: 'rowgroup' }, head),
      this.body,
    );
    this.draw = onFrame(() => this.render());
    this.node.addEventListener('scroll', this.draw, { passive: true });
    this.body.addEventListener('click', (e) => {
      const row = e.target.closest('[role=row]');
      if (row?.dataset.row) this.moveTo(Number(row.dataset.row), { byMouse: true });
    });
    this.watch = new ResizeObserver(() => this.resized());
    this.watch.observe(this.node);
  }

  destroy() {
    this.watch.disconnect();
  }

  setCount(count) {
    this.count = count;
    this.node.setAttribute('aria-rowcount', count + (this.head ? 1 : 0));
    this.body.style.height = `${extent(count, this.rowHeight)}px`;
    if (this.current >= count) this.current = count - 1;
    this.refresh();
  }

  // Everything in view is written anew.
  refresh() {
    for (const row of this.pool) row.stale = true;
    this.draw();
  }

  viewHeight() {
    return this.node.clientHeight - (this.head ? this.head.offsetHeight : 0);
  }

  resized() {
    this.height = this.viewHeight();
    this.onResize?.();
    this.draw();
  }

  render() {
    const height = (this.height ??= this.viewHeight());
    if (height <= 0) return;
    const { first, last, top } = inView(this.node.scrollTop, height, this.count, this.rowHeight);
    while (this.pool.length < last - first) {
      const row = this.make();
      row.setAttribute('role', 'row');
      row.style.height = `${this.rowHeight}px`;
      row.dataset.row = '';
      this.pool.push(row);
      this.body.append(row);
    }
    const used = new Set();
    for (let i = first; i < last; i++) {
      const row = this.pool[i % this.pool.length];
      used.add(row);
      const y = `translateY(${top + (i - first) * this.rowHeight}px)`;
      if (row.style.transform !== y) row.style.transform = y;
      if (row.hidden) row.hidden = false;
      if (row.stale || row.dataset.row !== String(i)) {
        row.stale = false;
        row.dataset.row = i;
        row.id = `${this.id}-${i}`;
        row.setAttribute('aria-rowindex', i + (this.head ? 2 : 1));
        this.fill(row, i);
      }
      const now = i === this.current;
      if (row.classList.contains('current') !== now) row.classList.toggle('current', now);
      row.setAttribute('aria-selected', now);
    }
    for (const row of this.pool) if (!used.has(row) && !row.hidden) row.hidden = true;
    const active = this.current >= first && this.current < last ? `${this.id}-${this.current}` : '';
    if (active) this.node.setAttribute('aria-activedescendant', active);
    else this.node.removeAttribute('aria-activedescendant');
  }

  reveal(i, middle) {
    const height = this.viewHeight();
    if (height <= 0) return;
    const to = scrollTo(i, this.node.scrollTop, height, this.count, this.rowHeight);
    if (to === this.node.scrollTop) return;
    this.node.scrollTop = middle
      ? scrollTo(
          Math.min(this.count - 1, i + Math.floor(height / this.rowHeight / 2)),
          to,
          height,
          this.count,
          this.rowHeight,
        )
      : to;
    if (middle && to > this.node.scrollTop) this.node.scrollTop = to;
  }

  moveTo(i, { byMouse = false, quiet = false, middle = false } = {}) {
    if (this.count === 0) return;
    this.current = Math.max(0, Math.min(this.count - 1, i));
    if (!byMouse) this.reveal(this.current, middle);
    this.draw();
    if (!quiet) this.onMove?.(this.current);
  }

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const page = Math.max(1, Math.floor(this.viewHeight() / this.rowHeight) - 1);
    const to = {
      ArrowDown: this.current + 1,
      j: this.current + 1,
      ArrowUp: this.current - 1,
      k: this.current - 1,
      PageDown: this.current + page,
      PageUp: this.current - page,
      Home: 0,
      End: this.count - 1,
    }[e.key];
    if (to !== undefined) this.moveTo(to);
    else if (e.key === 'Enter' && this.current >= 0 && e.target === this.node) this.onOpen?.(this.current);
    else return;
    e.preventDefault();
  }
}

// A head of columns: [{text, class, sort}]; clicking one that sorts calls onSort(key).
export function headRow(columns, onSort) {
  return el(
    'div.cells',
    { role: 'row', 'aria-rowindex': 1 },
    columns.map((c) => {
      const cell = el(
        `div.cell.${c.class}`,
        { role: 'columnheader', 'aria-sort': c.sort ? 'none' : null },
        c.sort
          ? el('button.sort', { type: 'button', tabindex: '-1', onclick: () => onSort(c.sort) }, c.text)
          : c.text,
      );
      cell.dataset.sort = c.sort ?? '';
      return cell;
    }),
  );
}

export function showSort(head, key, down) {
  for (const cell of head.children) {
    if (cell.dataset.sort)
      cell.setAttribute(
        'aria-sort',
        cell.dataset.sort === key ? (down ? 'descending' : 'ascending') : 'none',
      );
  }
}
