// Begins Sveltia CMS with what the site says.
"use strict";

(async () => {
  const config = await (await fetch("desk/config.json")).json();
  const { site_id, timezone, authors, categories, content_folder, ...options } = config;
  const all = options.collections.flatMap((each) => each.fields);
  const shown = all.filter(({ widget, name }) => widget !== "hidden" && name !== "body");
  const fields = new Set(shown.map(({ name }) => name));
  Object.assign(told, { site_id, timezone, authors, categories, content_folder, fields });
  // Sveltia asks whether a folder is a Git repository. Ours need not be one, but must be content.
  const proto = globalThis.FileSystemDirectoryHandle?.prototype;
  const asked = proto?.getDirectoryHandle;
  if (asked) {
    proto.getDirectoryHandle = async function getDirectoryHandle(name, ...rest) {
      if (name !== ".git" || content_folder) return asked.call(this, name, ...rest);
      await this.getFileHandle("site.yaml");
      return this;
    };
  }
  CMS.registerCustomFormat("feedservice", "md", { fromFile, toFile });
  CMS.init({ config: options });
})();
