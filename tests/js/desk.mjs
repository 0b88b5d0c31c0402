// Reads and writes files as the desk does, with what Sveltia CMS does around it: texts are trimmed,
// and what was written is not read again. Standard input: {told, cases: [{file, text, edits,
// copied}, …]}; output: for each case what was read, and what was written after each of its edits.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../feedservice/web/static/desk/", import.meta.url));
globalThis.jsyaml = require("./js-yaml.min.js");
const { fromFile, toFile, told } = require("./desk.js");

const trim = (one) => (typeof one === "string" ? one.trim() : one);
const trimmed = (values) =>
  Object.fromEntries(Object.entries(values).map(([key, one]) => [key, trim(one)]));

const { told: site, cases } = JSON.parse(readFileSync(0, "utf8"));
Object.assign(told, site, { fields: new Set(site.fields) });
const done = cases.map(({ file, text, edits, copied }) => {
  const read = text === undefined ? { _kind: "article", _key: "new" } : fromFile(text.trim(), file);
  let values = { ...read, ...(copied && { _key: "copy" }) };
  const written = edits.map((edit) => {
    values = trimmed({ ...values, ...edit });
    return toFile({ ...values });
  });
  return { read, written };
});
process.stdout.write(JSON.stringify(done));
