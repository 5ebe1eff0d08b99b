// What iden3's tools, a Solidity compiler and an EVM say of our circuits, keys and proofs.
// NODE_PATH does not serve modules, so the folder that holds node_modules is the first argument; then
// come a command and its arguments. The answer is one line of JSON.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const [folder, command, ...parameters] = process.argv.slice(2);
const require = createRequire(path.join(folder, "package.json"));
const snarkjs = require("snarkjs");

const json = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const beacon = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
const said = [];
const logger = Object.fromEntries(
  ["debug", "info", "warn", "error"].map((level) => [level, (text) => said.push(`${text}`)]),
);

const commands = {
  // Whether a proof verifies under a key, for each list of public signals.
  async verify(key, proof, ...signals) {
    const answers = [];
    for (const file of signals) {
      answers.push(await snarkjs.groth16.verify(json(key), json(file), json(proof), logger));
    }
    return answers;
  },

  // A proof by snarkjs, with the key that comes in a .zkey file.
  async prove(zkey, wtns, proof, signals) {
    const made = await snarkjs.groth16.prove(zkey, wtns, logger);
    fs.writeFileSync(proof, JSON.stringify(made.proof));
    fs.writeFileSync(signals, JSON.stringify(made.publicSignals));
    const key = await snarkjs.zKey.exportVerificationKey(zkey, logger);
    return snarkjs.groth16.verify(key, made.publicSignals, made.proof, logger);
  },

  // Seconds of `runs` proofs, key and numbers read from memory each time.
  async seconds(zkey, wtns, runs) {
    const inMemory = (file) => ({ type: "mem", data: new Uint8Array(fs.readFileSync(file)) });
    const [key, numbers] = [inMemory(zkey), inMemory(wtns)];
    const times = [];
    for (let run = 0; run < Number(runs); run++) {
      const start = performance.now();
      await snarkjs.groth16.prove(key, numbers);
      times.push((performance.now() - start) / 1000);
    }
    return times;
  },

  // `snarkjs wtns check` for each file of numbers.
  async check(r1cs, ...files) {
    const answers = [];
    for (const file of files) answers.push(await snarkjs.wtns.check(r1cs, file, logger));
    return answers;
  },

  // Which changed numbers satisfy the rows, read and computed by iden3's libraries, of which
  // `wtns check` consists. A mutation is a list of [cell, decimal]; only rows that have such a cell are
  // computed anew, the unchanged numbers were checked as a whole.
  async mutations(r1cs, wtns, list) {
    if (!(await snarkjs.wtns.check(r1cs, wtns, logger))) throw new Error("the numbers are wrong");
    const { readR1cs } = require("r1csfile");
    const system = await readR1cs(r1cs, { loadConstraints: true, loadMap: false });
    const F = system.curve ? system.curve.Fr : system.F;
    const numbers = (await snarkjs.wtns.exportJson(wtns)).map((number) => F.e(number));
    const rowsOf = numbers.map(() => new Set());
    system.constraints.forEach((sides, row) =>
      sides.forEach((side) => Object.keys(side).forEach((cell) => rowsOf[cell].add(row))),
    );
    const value = (side) =>
      Object.entries(side).reduce(
        (sum, [cell, factor]) => F.add(sum, F.mul(factor, numbers[cell])),
        F.zero,
      );
    const holds = ([a, b, c]) => F.eq(F.mul(value(a), value(b)), value(c));
    let answers = "";
    for (const mutation of json(list)) {
      const before = mutation.map(([cell]) => numbers[cell]);
      mutation.forEach(([cell, number]) => (numbers[cell] = F.e(number)));
      const rows = new Set(mutation.flatMap(([cell]) => [...rowsOf[cell]]));
      answers += [...rows].every((row) => holds(system.constraints[row])) ? "1" : "0";
      mutation.forEach(([cell], place) => (numbers[cell] = before[place]));
    }
    return answers;
  },

  // Powers of tau for 2^power rows: a contribution and a beacon, verified. Minutes.
  async powers(file, power) {
    const at = (name) => `${file}.${name}`;
    const curve = await snarkjs.curves.getCurveFromName("bn128");
    await snarkjs.powersOfTau.newAccumulator(curve, Number(power), at("0"), logger);
    await snarkjs.powersOfTau.contribute(at("0"), at("1"), "first", "some chance", logger);
    await snarkjs.powersOfTau.beacon(at("1"), at("2"), "beacon", beacon, 10, logger);
    await snarkjs.powersOfTau.preparePhase2(at("2"), at("3"), logger);
    const good = await snarkjs.powersOfTau.verify(at("3"), logger);
    if (good) fs.renameSync(at("3"), file);
    ["0", "1", "2"].forEach((name) => fs.rmSync(at(name)));
    return good;
  },

  // The second phase as docs/CIRCUITS.md tells it: a key with three contributions and a beacon. Leaves
  // `unused.zkey`, to which nobody contributed, and `final.zkey`.
  async ceremony(r1cs, powers, to) {
    await commands.second(r1cs, powers, to);
    return snarkjs.zKey.verifyFromR1cs(r1cs, powers, path.join(to, "final.zkey"), logger);
  },

  // The same, for a circuit whose ceremony others verify.
  async second(r1cs, powers, to) {
    const at = (name) => path.join(to, `${name}.zkey`);
    await snarkjs.zKey.newZKey(r1cs, powers, at("unused"), logger);
    let last = "unused";
    for (const who of ["one", "two", "three"]) {
      await snarkjs.zKey.contribute(at(last), at(who), who, `chance of ${who}`, logger);
      last = who;
    }
    await snarkjs.zKey.beacon(at(last), at("final"), "beacon", beacon, 10, logger);
    return true;
  },

  // Compiles snarkjs' verifier for a key and calls it: for each call its answer and its gas, of
  // execution and of a whole transaction.
  async evm(zkey, calls) {
    const solc = require("solc");
    const { createEVM } = require("@ethereumjs/evm");
    const { Common, Mainnet, Hardfork } = require("@ethereumjs/common");
    const { hexToBytes, bytesToHex } = require("@ethereumjs/util");
    const template = path.join(folder, "node_modules", "snarkjs", "templates", "verifier_groth16.sol.ejs");
    const source = await snarkjs.zKey.exportSolidityVerifier(
      zkey, { groth16: fs.readFileSync(template, "utf8") }, logger,
    );
    const settings = {
      evmVersion: "cancun",
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { "*": { "*": ["evm.deployedBytecode.object", "evm.methodIdentifiers"] } },
    };
    const input = { language: "Solidity", sources: { v: { content: source } }, settings };
    const output = JSON.parse(solc.compile(JSON.stringify(input)));
    const errors = (output.errors ?? []).filter((error) => error.severity === "error");
    if (errors.length) throw new Error(errors[0].formattedMessage);
    const [contract] = Object.values(output.contracts.v);
    const code = hexToBytes(`0x${contract.evm.deployedBytecode.object}`);
    const [selector] = Object.values(contract.evm.methodIdentifiers);
    const evm = await createEVM({
      common: new Common({ chain: Mainnet, hardfork: Hardfork.Cancun }),
    });
    const call = async (words) => {
      const data = hexToBytes(`0x${selector}${words}`);
      return { data, result: await evm.runCode({ code, data, gasLimit: 10_000_000n }) };
    };
    // The first call in a fresh EVM pays for touching the precompiles, which no transaction does.
    await call(json(calls)[0]);
    const answers = [];
    for (const words of json(calls)) {
      const { data, result } = await call(words);
      const forData = data.reduce((sum, byte) => sum + (byte ? 16 : 4), 0);
      answers.push({
        accepted: BigInt(bytesToHex(result.returnValue)) === 1n,
        execution: Number(result.executionGasUsed),
        transaction: Number(result.executionGasUsed) + forData + 21000,
      });
    }
    return answers;
  },
};

try {
  // A long answer is not through a pipe when the call returns.
  const answer = JSON.stringify(await commands[command](...parameters));
  process.stdout.write(`${answer}\n`, () => process.exit(0));
} catch (error) {
  console.error(error.stack ?? error, said.slice(-5).join("\n"));
  process.exit(1);
}
