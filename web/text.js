// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Text for people. What comes from traces is hostile until it went through visible(): it may be 10 MB,
// hold control characters, or turn the direction of everything after it. Pure.

// Control characters, and those that steer direction or hide text (Unicode's Cc, Bidi_Control, zero width
// but for the two that scripts and emoji need, line and paragraph separators, tags).
// eslint-disable-next-line no-control-regex
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;
const HIDDEN_BUT_LINES = new RegExp(
  HIDDEN.source.replace('\\u0000-\\u001f', '\\u0000-\\u0008\\u000b-\\u001f'),
  'g',
);

const escaped = (s) => `\\u{${s.codePointAt(0).toString(16)}}`;

// At most `max` UTF-16 units of it, never half a character; what hides is written as \u{202e}.
export function visible(text, max = 200) {
  let s = typeof text === 'string' ? text : String(text ?? '');
  if (s.length > max) s = `${whole(s.slice(0, max))}…`;
  return s.replace(HIDDEN, escaped);
}

// The same for text of several lines.
export function visibleLines(text, max = 20000) {
  let s = typeof text === 'string' ? text : String(text ?? '');
  const cut = s.length - max;
  if (cut > 0) s = `${whole(s.slice(0, max))}\n… ${count(cut)} more characters`;
  return s.replace(HIDDEN_BUT_LINES, escaped);
}

function whole(s) {
  const last = s.charCodeAt(s.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? s.slice(0, -1) : s;
}

// One that is made takes as long as a hundred numbers do.
const plain = new Intl.NumberFormat('en', { useGrouping: false, maximumFractionDigits: 6 });
const grouped = new Intl.NumberFormat('en');

const digits = (x, n) => plain.format(Number(x.toPrecision(n)));

// "1.23 s", "56.7 ms", "890 µs", "2 min 5 s", "3 h 20 min", "4 d 2 h".
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  const s = Math.abs(seconds);
  const sign = seconds < 0 ? '−' : '';
  if (s === 0) return '0 s';
  if (s < 0.9995e-3) return `${sign}${digits(s * 1e6, 3)} µs`;
  if (s < 0.9995) return `${sign}${digits(s * 1e3, 3)} ms`;
  if (s < 59.95) return `${sign}${digits(s, 3)} s`;
  const parts = (big, bigName, small, smallName) =>
    `${sign}${big} ${bigName}${small ? ` ${small} ${smallName}` : ''}`;
  const whole_ = Math.round(s);
  if (whole_ < 3600) return parts(Math.floor(whole_ / 60), 'min', whole_ % 60, 's');
  if (whole_ < 86400) return parts(Math.floor(whole_ / 3600), 'h', Math.floor((whole_ % 3600) / 60), 'min');
  return parts(Math.floor(whole_ / 86400), 'd', Math.floor((whole_ % 86400) / 3600), 'h');
}

export const count = (n) => grouped.format(Math.round(n));
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export function percent(part, all) {
  if (!(all > 0)) return '–';
  const p = (100 * part) / all;
  return p === 0 ? '0 %' : p < 0.1 ? '< 0.1 %' : p < 10 ? `${digits(p, 2)} %` : `${Math.round(p)} %`;
}

const two = (n) => String(n).padStart(2, '0');

// "14:02:05.123" of the local day.
export function clock(seconds, withMs = true) {
  const d = new Date(seconds * 1000);
  if (Number.isNaN(d.getTime())) return '–';
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  return withMs ? `${time}.${String(d.getMilliseconds()).padStart(3, '0')}` : time;
}

// "2026-11-27".
export function day(seconds) {
  const d = new Date(seconds * 1000);
  return Number.isNaN(d.getTime()) ? '–' : `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

export const stamp = (seconds, withMs = true) => `${day(seconds)} ${clock(seconds, withMs)}`;

// "just now", "12 s ago", "3 h ago".
export function ago(seconds) {
  if (seconds < 1) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

// A string within a filter expression.
export const quoted = (s) => `"${String(s).replace(/["\\]/g, '\\$&')}"`;

// 1-<8 hex>-<24 hex> of either form of a trace id; '' when it is none.
export function traceId(text) {
  const s = String(text).trim().toLowerCase();
  if (/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(s)) return s;
  if (/^[0-9a-f]{32}$/.test(s)) return `1-${s.slice(0, 8)}-${s.slice(8)}`;
  return '';
}
