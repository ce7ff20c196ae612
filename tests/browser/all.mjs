// Every browser test in one process, so that one demo shop serves them all: `node --test tests/browser/all.mjs`.
// Each file also runs by itself.

import { readdirSync } from "node:fs";

for (const file of readdirSync(new URL(".", import.meta.url)).sort()) {
  if (file.endsWith(".test.mjs")) await import(new URL(file, import.meta.url));
}
