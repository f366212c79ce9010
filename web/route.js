// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Addresses, shaped like those of AWS's X-Ray console: #/traces?filter=…&timeRange=PT1H, #/traces/ID,
// #/traces/ID/raw, #/service-map?timeRange=PT1H. A time range is an ISO 8601 duration up to now, or
// FROM~TO. Pure.

export function parseRoute(hash) {
  const text = String(hash).replace(/^#\/?/, '');
  const at = text.indexOf('?');
  const path = (at < 0 ? text : text.slice(0, at)).split('/').filter(Boolean).map(decode);
  return {
    path: path.length === 0 ? ['traces'] : path,
    query: Object.fromEntries(new URLSearchParams(at < 0 ? '' : text.slice(at + 1))),
  };
}

function decode(s) {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}

// Empty values are left out.
export function formatRoute(path, query = {}) {
  const q = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') q.set(key, value);
  const text = q.toString().replace(/\+/g, '%20');
  return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

export const RANGES = [
  ['PT5M', 'Last 5 minutes'],
  ['PT15M', 'Last 15 minutes'],
  ['PT1H', 'Last hour'],
  ['PT6H', 'Last 6 hours'],
  ['P1D', 'Last day'],
  ['P7D', 'Last 7 days'],
  ['P30D', 'Last 30 days'],
];
export const DEFAULT_RANGE = 'PT1H';

// Seconds of an ISO 8601 duration of weeks, days, hours, minutes, seconds; NaN when it is none.
export function durationSeconds(iso) {
  const m = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(iso);
  if (!m || !/\d/.test(iso)) return NaN;
  const [w, d, h, min, s] = m.slice(1).map((x) => Number(x ?? 0));
  return w * 604800 + d * 86400 + h * 3600 + min * 60 + s;
}

// {start, end, relative, text}. What cannot be understood is the default.
export function timeRange(text, now) {
  const wanted = text || DEFAULT_RANGE;
  const [a, b] = wanted.split('~').map((s) => Date.parse(s) / 1000);
  if (wanted.includes('~') && a < b) return { start: a, end: b, relative: false, text: wanted };
  const seconds = durationSeconds(wanted);
  if (seconds > 0) return { start: now - seconds, end: now, relative: true, text: wanted };
  return timeRange(DEFAULT_RANGE, now);
}

export const absoluteRange = (start, end) =>
  `${new Date(Math.floor(start * 1000)).toISOString()}~${new Date(Math.ceil(end * 1000)).toISOString()}`;
