// Reads feed documents with three parsers of other people and prints what each made of them, as JSON.
// Arguments: files. Output: {file: {parser: [{id, url, title, published, summary, text}, …]}}.
import { readFileSync } from "node:fs";
import { parseFeed as parseRowan } from "@rowanmanning/feed-parser";
import { parseFeed as parseSmith } from "feedsmith";
import RssParser from "rss-parser";

const iso = (value) => (value ? new Date(value).toISOString() : null);

const readers = {
  "rss-parser": async (text, file) => {
    if (file.endsWith(".json")) return null;
    const feed = await new RssParser({ customFields: { item: ["description", "content:encoded", "guid", "id"] } }).parseString(text);
    return (feed.items ?? []).map((item) => ({
      id: item.guid ?? item.id,
      url: item.link,
      title: item.title,
      published: iso(item.pubDate),
      summary: file.endsWith(".rss") ? item.description : item.summary,
      text: file.endsWith(".rss") ? item["content:encoded"] : item.content,
    }));
  },
  "@rowanmanning/feed-parser": async (text, file) => {
    if (file.endsWith(".json")) return null;
    return (parseRowan(text).items ?? []).map((item) => ({
      id: item.id,
      url: item.url,
      title: item.title,
      published: iso(item.published),
      summary: item.description,
      text: item.content,
    }));
  },
  feedsmith: async (text, file) => {
    const { format, feed } = parseSmith(text);
    if (format === "rss")
      return (feed.items ?? []).map((item) => ({
        id: item.guid.value,
        url: item.link,
        title: item.title,
        published: iso(item.pubDate),
        summary: item.description,
        text: item.content?.encoded,
      }));
    if (format === "atom")
      return (feed.entries ?? []).map((entry) => ({
        id: entry.id,
        url: entry.links.find((link) => link.rel === "alternate").href,
        title: entry.title.value ?? entry.title,
        published: iso(entry.published),
        summary: entry.summary?.value ?? entry.summary,
        text: entry.content?.value ?? entry.content,
      }));
    return (feed.items ?? []).map((item) => ({
      id: item.id,
      url: item.url,
      title: item.title,
      published: iso(item.date_published),
      summary: item.summary,
      text: item.content_html,
    }));
  },
};

const found = {};
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  found[file] = {};
  for (const [name, read] of Object.entries(readers)) found[file][name] = await read(text, file);
}
console.log(JSON.stringify(found));
