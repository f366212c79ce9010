// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The traces marked for comparison: two at most, the older mark goes. Kept while the tab is open.
import { say } from './dom.js';
import { formatRoute } from './route.js';

const KEY = 'marked';

export function marked() {
  try {
    const ids = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string').slice(0, 2) : [];
  } catch {
    return [];
  }
}

export function toggleMark(id) {
  const now = marked();
  const next = now.includes(id) ? now.filter((m) => m !== id) : [...now, id].slice(-2);
  sessionStorage.setItem(KEY, JSON.stringify(next));
  say(
    next.includes(id)
      ? next.length === 2
        ? 'Two traces marked: c compares them'
        : 'Marked: mark another one to compare'
      : 'No longer marked',
  );
  return next;
}

export const compareLink = (ids = marked()) => formatRoute(['compare'], { a: ids[0], b: ids[1] });
