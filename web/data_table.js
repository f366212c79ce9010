// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A table of data in a box that scrolls, by mouse and by keys.
import { button, el, replace } from './dom.js';

// A column is a text, or {text, value, up}: value(row) is what it is sorted by on a click, the greatest
// first, or with `up` the least. `by` is the column that it is sorted by at first, by position. cells(row)
// are a row's, the first its head; a td stays the td it is. At most `most` rows are shown.
export function dataTable({ label, caption, columns, rows, cells, by = -1, most = Infinity, note = null }) {
  const body = el('tbody');
  let [sorted, down] = [by, true];
  const heads = columns.map((column, i) => {
    const sort = () => {
      [down, sorted] = [sorted === i ? !down : !column.up, i];
      paint();
    };
    const text = column.text ?? column;
    return el('th', { scope: 'col' }, column.value ? button(text, { class: 'sort', onclick: sort }) : text);
  });

  function inOrder() {
    if (sorted < 0) return rows;
    const { value } = columns[sorted];
    return [...rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    });
  }

  function paint() {
    heads.forEach((head, i) => {
      if (columns[i].value)
        head.setAttribute('aria-sort', i !== sorted ? 'none' : down ? 'descending' : 'ascending');
    });
    replace(body, inOrder().slice(0, most).map(rowOf));
  }

  function rowOf(row) {
    const [head, ...others] = cells(row);
    return el(
      'tr',
      null,
      el('th', { scope: 'row' }, head),
      others.map((cell) => (cell?.tagName === 'TD' ? cell : el('td', null, cell))),
    );
  }

  paint();
  return el(
    'div.table-box',
    { tabindex: '0', role: 'region', 'aria-label': label },
    el(
      'table.data',
      null,
      el('caption.offscreen', null, caption),
      el('thead', null, el('tr', null, heads)),
      body,
    ),
    note,
  );
}
