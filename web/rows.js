// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Which of very many rows of one height are in view. Browsers lay out at most about 33 million pixels;
// above MOST the scroll bar's way stands for a longer one. Pure.

const MOST = 15e6;

export function extent(count, rowHeight) {
  return Math.min(count * rowHeight, MOST);
}

// Rows first..last (last excluded), and where the first is drawn within the extent.
export function inView(scrollTop, height, count, rowHeight, over = 4) {
  const full = count * rowHeight;
  const shown = extent(count, rowHeight);
  const way = Math.max(1, shown - height);
  const real =
    full > shown ? (Math.min(Math.max(0, scrollTop), way) / way) * (full - height) : Math.max(0, scrollTop);
  const first = Math.max(0, Math.min(count, Math.floor(real / rowHeight) - over));
  const last = Math.max(first, Math.min(count, Math.ceil((real + height) / rowHeight) + over));
  return { first, last, top: scrollTop - real + first * rowHeight };
}

// The scroll position that brings a row into view, moving as little as it takes.
export function scrollTo(row, scrollTop, height, count, rowHeight) {
  const full = count * rowHeight;
  const shown = extent(count, rowHeight);
  const ratio = full > shown ? (shown - height) / (full - height) : 1;
  const real = scrollTop / ratio;
  const top = row * rowHeight;
  if (top < real) return top * ratio;
  if (top + rowHeight > real + height) return Math.max(0, (top + rowHeight - height) * ratio);
  return scrollTop;
}
