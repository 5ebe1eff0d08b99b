// Reads YAML as the npm packages `yaml` and `js-yaml` do, writes it with `canonicalize`, and says
// where they differ from us. Lines in and out as in read_yaml.py. NODE_PATH does not serve modules,
// so the folder that holds node_modules is the first argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import path from "node:path";

const require = createRequire(path.join(process.argv[2], "package.json"));
const [yaml, jsYaml] = [require("yaml"), require("js-yaml")];
const canonicalize = require("canonicalize");

const readers = {
  yaml: (text) => yaml.parse(text, { strict: true, uniqueKeys: true }),
  "js-yaml": (text) => jsYaml.load(text),
};

let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { yaml: text, canonical } = JSON.parse(line);
  for (const [by, reader] of Object.entries(readers)) {
    let read;
    try {
      read = canonicalize(reader(text));
    } catch (error) {
      read = String(error);
    }
    if (read !== canonical) console.log(JSON.stringify({ differs: count, by, read }));
  }
  count += 1;
}
console.log(JSON.stringify({ read: count }));
