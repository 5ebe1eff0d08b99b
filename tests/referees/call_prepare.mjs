// Calls what the example guest `prepare` exports, in an engine that is not ours and without WASI: every
// import ends the program. Each line of input is a case; each line of output what came of it. Then it
// calls everything with anything for a while, and says how far that went.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));

function fresh() {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      throw new Error(`it asked for ${name}`);
    };
  }
  return new WebAssembly.Instance(module, imports).exports;
}

const guest = fresh();
const told = (from) => [0, 1, 2, 3].map((what) => from.told(what));

function prepared({ values, columns, low, high, instead, alpha, scale, bits }) {
  const bytes = Buffer.from(values, "hex");
  const at = guest.alloc_bytes(bytes.length);
  new Uint8Array(guest.memory.buffer, at, bytes.length).set(bytes);
  const code = guest.prepare(at, bytes.length, columns, low, high, instead ?? NaN, alpha, scale, bits);
  const packed = Buffer.from(new Uint8Array(guest.memory.buffer, at, Math.max(code, 0)));
  const freed = guest.free_bytes(at);
  return { code, freed, told: told(guest), packed: packed.toString("hex") };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(prepared(JSON.parse(line))));
}

// Marsaglia's xorshift, from a seed that is always the same.
let state = 2463534242;
function next() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}
const one = (list) => list[next() % list.length];

const wild = fresh();
const [MOST, PIECES] = [64 << 20, 16];
const held = new Map();
const counts = { calls: 0, given: 0, refused: 0, prepared: 0, largest: 0, faults: [] };
const fault = (why) => counts.faults.push(`call ${counts.calls}: ${why}`);
for (; counts.calls < 20_000; counts.calls += 1) {
  const used = [...held.values()].reduce((sum, length) => sum + length, 0);
  const at = next() % 4 ? (one([...held.keys()]) ?? next()) : next();
  const small = one([0, 1, next() % 4096, 4 * (next() % 2000)]);
  const length = next() % 30 ? small : one([next(), MOST, MOST - used, MOST - used + 1]);
  switch (next() % 4) {
    case 0: {
      const given = wild.alloc_bytes(length) >>> 0;
      const fits = length > 0 && length <= MOST - used && held.size < PIECES;
      if ((given !== 0) !== fits) fault(`${length} bytes beside ${used} in ${held.size}: ${given}`);
      if (given !== 0) held.set(given, length);
      counts[given === 0 ? "refused" : "given"] += 1;
      break;
    }
    case 1:
      if (wild.free_bytes(at) !== (held.delete(at) ? 1 : 0)) fault("free_bytes");
      break;
    default: {
      const most = Math.min(held.get(at) ?? 0, 1 << 16);
      const size = next() % 3 ? most - (most % 4) : length;
      if (size > 0 && size <= most) {
        const view = new Uint32Array(wild.memory.buffer, at & ~3, size >> 2);
        for (let i = 0; i < Math.min(view.length, 64); i += 1) view[i] = next();
      }
      const columns = one([1, 1, 2, 3, size >> 2, size >> 2, next(), 0]);
      const [low, high] = [one([-1, 0, -9, -1e30, NaN]), one([1, 9, 100, Infinity, 1e30])];
      const [alpha, scale] = [one([0, 0, 1, 40000, 65536, next()]), one([0, 4, 7, -64, 64, next() | 0])];
      const code = wild.prepare(at, size, columns, low, high, one([0, NaN]), alpha, scale, one([8, 16, 8, 16, 9]));
      if (code < -3 || code > size / 2) fault(`prepare: ${code} of ${size}`);
      counts.prepared += code > 0 ? 1 : 0;
    }
  }
  wild.told(next());
}
counts.largest = wild.memory.buffer.byteLength;
console.log(JSON.stringify(counts));
