// How the desk reads and writes article files: the format that Sveltia CMS knows as "feedservice".
//
// Sveltia writes front matter anew, in its own order and without remarks. So the text of a file
// goes with its values, in a key that no field shows, and what is written is that text, with other
// lines only where a value is another than was read.
"use strict";

const SOURCE = "_source"; // the file as it was read
const SHAPE = /^---[ \t]*\n(?:([\s\S]*?)\n)??---[ \t]*(?:\n|$)/;
const KEY = /^(["']?)([^\s#:'"[\]{},&*!|>%@`-][^\n]*?)\1:(?:[ \t]|$)/;
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?$/;
const LISTS = ["tags", "aliases", "author", "media", "related", "corrections"];
const told = {
  authors: {},
  categories: {},
  site_id: "",
  timezone: "UTC",
  content_folder: "",
  fields: new Set(),
};
// What was written last, and what had been read before: Sveltia does not read again what it wrote.
const written = new Map();

/** The lines of front matter as blocks: one for each key, with what belongs to it. */
function blocks(head) {
  const found = [];
  for (const line of head.split("\n")) {
    const key = KEY.exec(line)?.[2].trim();
    if (key !== undefined || !found.length) found.push({ key, lines: [line] });
    else found[found.length - 1].lines.push(line);
  }
  // Remarks and empty lines before a key are not of the one above.
  for (const block of found) {
    let end = block.lines.length;
    while (end > 1 && /^\s*(#|$)/.test(block.lines[end - 1])) end -= 1;
    block.after = block.key === undefined ? [] : block.lines.splice(end);
  }
  return found;
}

/** The value of a block: what YAML says, every scalar as text; else the words as they stand. */
function value(block) {
  const text = block.lines.join("\n");
  try {
    const read = jsyaml.load(text, { schema: jsyaml.FAILSAFE_SCHEMA, listener: withoutAnchors });
    const one = read && read[block.key];
    if (one !== undefined) return one ?? "";
  } catch {
    // As the service does: a colon or a quotation mark among words is the editor's.
  }
  return block.lines.length > 1 ? undefined : text.slice(text.indexOf(":") + 1).trim();
}

/** Refuse anchors, as the service does: a few lines of them can mean a billion values. */
function withoutAnchors(_event, { anchorMap }) {
  if (Object.keys(anchorMap).length) throw new Error("anchor");
}

/** A value as its field has it; undefined where no field can show it, and it stays as it is. */
function shown(key, read) {
  if (key === "date" || key === "updated" || key === "expires") {
    const found = read === "" ? ["", "", ""] : MOMENT.exec(read);
    return found ? `${found[1]} ${found[2] ?? "00:00"}`.trim() : undefined;
  }
  if (key === "image") {
    const parts = typeof read === "string" ? { src: read } : read;
    return typeof parts.src === "string" ? { ...parts, src: address(parts.src) } : undefined;
  }
  if (key === "category") {
    const all = [read].flat();
    return all.length === 1 ? slugOf(told.categories, all[0]) : undefined;
  }
  if (LISTS.includes(key)) {
    const split = key === "tags" && typeof read === "string" ? read.split(/[,،]/) : [read].flat();
    const all = split.map((one) => (typeof one === "string" ? one.trim() : one)).filter(Boolean);
    if (key === "corrections") return all.every((one) => typeof one !== "string") ? all : undefined;
    if (all.some((one) => typeof one !== "string")) return undefined;
    if (key === "media") return all.map(address);
    if (key !== "author") return all;
    const slugs = Object.values(told.authors);
    const known = all.map((one) => slugOf(told.authors, one));
    return !slugs.length || known.every((one) => slugs.includes(one)) ? known : undefined;
  }
  return typeof read === "string" || key === "translations" ? read : undefined;
}

/** A value of a field as front matter says it; undefined where nothing is to be said. */
function said(key, held) {
  if (held === undefined || held === null || held === "") return undefined;
  if (key === "image") {
    const parts = Object.entries({ ...held, src: path(held.src ?? "") }).filter(([, one]) => one);
    if (!held.src) return undefined;
    return parts.length === 1 ? path(held.src) : Object.fromEntries(parts);
  }
  if (Array.isArray(held)) {
    const all = key === "media" ? held.map(path) : held;
    return all.length ? all : undefined;
  }
  if (typeof held === "object") return Object.keys(held).length ? held : undefined;
  return typeof held === "string" ? held : String(held);
}

const slugOf = (names, name) => (Object.hasOwn(names, name) ? names[name] : name);
const address = (src) => (src.startsWith("media/") ? `/${src}` : src);
const path = (src) => (src.startsWith("/media/") ? src.slice(1) : src);
const isSame = (one, other) => sorted(one) === sorted(other);
// Sveltia takes off what is around a text.
const sorted = (one) =>
  JSON.stringify(one, (_key, held) => {
    if (typeof held === "string") return held.trim();
    if (!held || typeof held !== "object" || Array.isArray(held)) return held;
    return Object.fromEntries(Object.keys(held).sort().map((name) => [name, held[name]]));
  }) ?? "";

/** The lines of a key and its value. */
function lines(key, held) {
  const isShort = Array.isArray(held) && held.every((one) => typeof one === "string");
  const options = { lineWidth: -1, noRefs: true, flowLevel: isShort ? 1 : -1 };
  // What others would read as a number or a date keeps its quotation marks, but for moments.
  if (typeof held === "string" && MOMENT.test(held)) return [`${key}: ${held}`];
  return jsyaml.dump({ [key]: held }, options).trimEnd().split("\n");
}

/** What the service takes a file for. */
function kindOf(folders, name) {
  const isNone = folders[0] === "media" || name.toLowerCase() === "readme";
  if (isNone || [...folders, name].some((one) => /^[._]/.test(one))) return "none";
  return folders[0] === "pages" ? "page" : "article";
}

/** A file → what the fields show. */
function fromFile(text, file = "") {
  const found = SHAPE.exec(text);
  const folders = file.slice(told.content_folder ? told.content_folder.length + 1 : 0).split("/");
  const name = folders.pop().replace(/\.md$/, "");
  const kind = kindOf(folders, name);
  const inner = { [SOURCE]: text, _file: file, _key: file, _kind: kind, _slug: name };
  if (!found) return { body: text, ...inner };
  const values = { body: text.slice(found[0].length).replace(/^\n+/, "") };
  for (const block of blocks(found[1] ?? "")) {
    if (!told.fields.has(block.key)) continue;
    const read = value(block);
    const field = read === undefined ? undefined : shown(block.key, read);
    if (field !== undefined) values[block.key] = field;
  }
  if (kind === "article" && !("category" in values)) {
    values.category = slugOf(told.categories, folders[0] ?? "");
  }
  values.status ||= "published";
  return { ...values, ...inner, _slug: values.slug || name };
}

/** The file that values were read from, or that was written of them since; empty for a new one. */
function sourceOf({ _file, _key, [SOURCE]: held = "" }) {
  const read = _key === _file ? held : ""; // else Sveltia made a copy of another's values
  const last = written.get(_key);
  return { read, source: last?.read === read ? last.text : read };
}

/** What the fields hold → the file, whose lines are what they were where no value is another. */
function toFile(content) {
  const { body = "", [SOURCE]: _, _file: file, _key, _kind: kind, _slug, ...held } = content;
  const { read, source } = sourceOf(content);
  const found = SHAPE.exec(source);
  const before = source ? fromFile(source, file) : {};
  const put = [];
  const seen = new Set();
  for (const block of found ? blocks(found[1] ?? "") : []) {
    const { key } = block;
    seen.add(key);
    const now = said(key, held[key]);
    // What no field shows, what is as it was, and what an article cannot be without.
    const isOurs = told.fields.has(key) && !(key === "date" && now === undefined);
    const stays = !isOurs || isSame(said(key, before[key]), now);
    const kept = stays ? block.lines : now === undefined ? [] : lines(key, now);
    put.push(...kept, ...block.after);
  }
  if (!found && kind === "article") {
    held.date ||= new Date().toLocaleString("sv", { timeZone: told.timezone }).slice(0, 16);
    held.id = `${told.site_id}:${crypto.randomUUID()}`;
  }
  for (const key of Object.keys(held)) {
    // A folder says a category, and nothing at all that it is published.
    const isKnown = seen.has(key) || (source && isSame(held[key], before[key]));
    const now = isKnown ? undefined : said(key, held[key]);
    if (now !== undefined) put.push(...lines(key, now));
  }
  const isBody = isSame(body, before.body) && found;
  const rest = isBody ? source.slice(found[0].length) : `\n${body}\n`;
  const text = `---\n${put.join("\n")}\n---\n${rest}`;
  if (_key) written.set(_key, { read, text });
  return text;
}

if (typeof module === "undefined") {
  window.CMS_MANUAL_INIT = true;
  // Sveltia reads this as it begins; whoever chose another language there keeps it.
  const kept = "sveltia-cms.prefs";
  const locale = document.documentElement.lang.startsWith("ar") ? "ar" : "en-US";
  const chosen = JSON.parse(localStorage.getItem(kept) ?? "{}");
  localStorage.setItem(kept, JSON.stringify({ locale, ...chosen }));
} else {
  module.exports = { fromFile, toFile, told };
}
