// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A screenshot with 256 colours at most, a third of its size: for the documents. Reads what Chromium
// writes: 8 bits a channel, RGB or RGBA, not interlaced.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function chunks(png) {
  const out = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    out.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return out;
}

const TABLE = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

// The pixels, without the filters of their lines (PNG specification, 9.2).
function pixels(raw, width, height, bytes) {
  const line = width * bytes;
  const out = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    for (let i = 0; i < line; i++) {
      const a = i >= bytes ? out[y * line + i - bytes] : 0;
      const b = y > 0 ? out[(y - 1) * line + i] : 0;
      const c = i >= bytes && y > 0 ? out[(y - 1) * line + i - bytes] : 0;
      const p = a + b - c;
      const paeth =
        Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c)
          ? a
          : Math.abs(p - b) <= Math.abs(p - c)
            ? b
            : c;
      out[y * line + i] = raw[y * (line + 1) + 1 + i] + [0, a, b, (a + b) >> 1, paeth][filter];
    }
  }
  return out;
}

export function smallPng(png) {
  const parts = chunks(png);
  const head = parts[0].data;
  const [width, height, bytes] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9] === 6 ? 4 : 3];
  const data = pixels(
    inflateSync(Buffer.concat(parts.filter((c) => c.type === 'IDAT').map((c) => c.data))),
    width,
    height,
    bytes,
  );
  // Colours that differ by less than 8 in each part are one; the most frequent 256 stay.
  const seen = new Map();
  const key = (i) => ((data[i] & 0xf8) << 16) | ((data[i + 1] & 0xf8) << 8) | (data[i + 2] & 0xf8);
  for (let i = 0; i < data.length; i += bytes) {
    const k = key(i);
    const c = seen.get(k);
    if (c) c.n++;
    else seen.set(k, { n: 1, r: data[i], g: data[i + 1], b: data[i + 2] });
  }
  const palette = [...seen.values()].sort((x, y) => y.n - x.n).slice(0, 256);
  for (const c of seen.values()) {
    let best = Infinity;
    palette.forEach((p, i) => {
      const d = (p.r - c.r) ** 2 + (p.g - c.g) ** 2 + (p.b - c.b) ** 2;
      if (d < best) [best, c.index] = [d, i];
    });
  }
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      lines[y * (width + 1) + 1 + x] = seen.get(key((y * width + x) * bytes)).index;
  const ihdr = Buffer.from(head);
  ihdr[9] = 3;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', ihdr),
    chunk('PLTE', Buffer.from(palette.flatMap((c) => [c.r, c.g, c.b]))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
